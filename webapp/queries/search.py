r"""Finding names as people type them: word by word, without capitals and without most accents.

PostgreSQL does this without extensions: NFKD takes letters and their accents apart (`normalize`,
since version 13), the accents are dropped, and `lower` does the rest. `fold` is the same in
Python, for what was typed. Letters that have no parts (ø, ł) are named one by one.
"""

import re
import unicodedata

ACCENTS = r"[\u0300-\u036f]"
ALONE = "øłđðħıςæœþ\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
PLAIN = "olddhi\N{GREEK SMALL LETTER SIGMA}aot''"

ONE_BY_ONE = str.maketrans(ALONE, PLAIN)
WILD = re.compile(r"[\\%_]")


def folded(column: str) -> str:
    """Write the SQL that folds a text column as `fold` does."""
    bare = f"regexp_replace(normalize({column}, NFKD), '{ACCENTS}', '', 'g')"
    plain = PLAIN.replace("'", "''")
    return f"translate(lower({bare}), '{ALONE}', '{plain}')"


def fold(text: str) -> str:
    """Write a text without capitals and accents."""
    bare = re.sub(ACCENTS, "", unicodedata.normalize("NFKD", text))
    return bare.lower().translate(ONE_BY_ONE)


def patterns(typed: str) -> list[str]:
    """Make a LIKE pattern of each word typed; all of them must match."""
    return [f"%{escape(word)}%" for word in fold(typed).split()]


def escape(text: str) -> str:
    r"""Take the meaning from what LIKE reads as wildcards: `%`, `_` and `\`."""
    return WILD.sub(r"\\\g<0>", text)


def condition(typed: str, *columns: str) -> tuple[str, list[list[str]]]:
    """Write a WHERE condition on columns taken together, and the values it needs."""
    wanted = patterns(typed)
    if not wanted:
        return "true", []
    together = "concat_ws(' ', " + ", ".join(map(_folded_fast, columns)) + ")"
    return f"{together} LIKE ALL(%s)", [wanted]


def _folded_fast(column: str) -> str:
    """Write the same as `folded`; taking letters apart is left out where there is nothing to it."""
    is_ascii = f"octet_length({column}) = char_length({column})"
    return f'CASE WHEN {is_ascii} THEN lower({column} COLLATE "C") ELSE {folded(column)} END'
