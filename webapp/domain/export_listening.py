"""What an archive has of the listening: who told of which play, the imports, the gaps."""

from webapp.domain.export_fields import (
    LARGEST_BYTES,
    LONGEST_CODE,
    LONGEST_TEXT,
    SEEN,
    Part,
    boolean,
    counts,
    digest,
    document,
    identity,
    integer,
    items,
    moment,
    one_of,
    record,
    text,
)
from webapp.domain.reports import Source

IMPORT = integer("Number of the import, as in imports.jsonl.", least=1)
FILE = integer("Number of the file within the import.")
FILES = record(
    {
        "file": FILE,
        "upload": integer("Number of what was sent."),
        "name": text("Name as shown.", LONGEST_TEXT),
        "kind": text("What it was recognised as.", LONGEST_CODE),
        "bytes": integer("Size.", LARGEST_BYTES),
        "rows": integer("Rows it had.", null=True),
        "refusal": text("Why it was not read.", LONGEST_CODE, null=True),
    }
)

LISTENING = (
    Part(
        name="imports",
        doc="Imports that are over, with their receipts. Bringing back an archive is none.",
        fields={
            "number": IMPORT,
            "status": one_of("How it ended.", "COMPLETED", "FAILED", "CANCELLED"),
            "origin": one_of("Where the rows came from.", "upload", "lastfm", "listenbrainz"),
            "account": text("Whose, at a service.", LONGEST_TEXT, null=True),
            "phase": one_of("How far it came.", "reading", "merging"),
            "rows_done": integer("Rows read."),
            "bytes_total": integer("Size of what was to be read.", LARGEST_BYTES),
            "bytes_done": integer("How much was read.", LARGEST_BYTES),
            "receipt": counts("Rows by what became of them.", null=True),
            "error": text("Why it failed.", LONGEST_CODE, null=True),
            "error_detail": text("Where it failed.", LONGEST_TEXT, null=True),
            "created_at": moment("When the files came."),
            "started_at": moment("When it began.", null=True),
            "read_at": moment("When all was read.", null=True),
            "updated_at": moment("When anything changed last."),
            "completed_at": moment("When it ended.", null=True),
            "files": items("The files it had.", FILES),
        },
    ),
    Part(
        name="import_rows",
        doc="Rows of imports as they were told, some thousands to a line.",
        fields={
            "import": IMPORT,
            "file": FILE,
            "first_number": integer("Number of the first row within its file."),
            "last_number": integer("Number of the last one."),
            "rows": items("The rows.", document("A row.")),
        },
    ),
    Part(
        name="import_left_out",
        doc="Rows of imports that are no reports of plays: from number to number, and why.",
        fields={
            "import": IMPORT,
            "file": FILE,
            "first_number": integer("From this row."),
            "last_number": integer("To this row."),
            "outcome": one_of("What became of them.", "had", "podcast", "unreadable"),
            "reason": text("Why.", LONGEST_CODE),
        },
    ),
    Part(
        name="play_reports",
        doc="Who told of which play. What is counted as a play follows from these.",
        fields={
            "hash": digest("The report's name: reports with the same are copies."),
            "import": integer("The import that told it; null: not by import.", least=1, null=True),
            "file": integer("File within the import.", null=True),
            "number": integer("Row within the file.", null=True),
            "source": one_of("Who told.", *Source),
            "at": moment("The time as told: some sources tell the start, some the end."),
            "ended_at": moment("The end of the play that this means."),
            "track_id": identity("Which track was told."),
            "context_uri": text("From where it was played.", LONGEST_TEXT, null=True),
            "ms_played": integer("How long it was heard.", null=True),
            "done": boolean("Whether it was played to its end."),
            "skipped": boolean("Whether it was skipped.", null=True),
            "raw": document("As told, where it came alone.", null=True),
            "seen_at": SEEN,
            "verdict": one_of(
                "new or merged: it supports the play below. short: too short to count. set_aside:"
                " the listener said so.",
                *("new", "merged", "short", "set_aside"),
            ),
            "play_ended_at": moment("The play it supports.", null=True),
            "play_track_id": identity("The track of that play.", null=True),
        },
    ),
    Part(
        name="play_decisions",
        doc="What the listener said about reports; the last word on each counts.",
        fields={
            "report": digest("The report's hash."),
            "wish": one_of("own: a play. none: no play. rules: as before.", "own", "none", "rules"),
            "decided_at": moment("When."),
        },
    ),
    Part(
        name="adoptions",
        doc="Which track of Spotify's a song without an id turned out to be.",
        fields={
            "name_id": identity("The song, by its names."),
            "track_id": identity("The track."),
        },
    ),
    Part(
        name="listening_gaps",
        doc="Times in which plays may be missing.",
        fields={
            "after_at": moment("From here."),
            "before_at": moment("To here."),
            "found_at": moment("When it was noticed."),
            "closed_at": moment("When something filled it.", null=True),
            "closed_by": text("What filled it.", LONGEST_CODE, null=True),
        },
    ),
    Part(
        name="archive_state",
        doc="How Spotify was asked for plays; one line.",
        fields={
            "every_minutes": integer("How often.", 60, least=15),
            "polled_at": moment("When Spotify last answered.", null=True),
            "last_new": integer("How many plays that brought."),
            "last_gap_at": moment("When a gap was last noticed.", null=True),
        },
    ),
)
