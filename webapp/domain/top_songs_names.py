# ruff: noqa: RUF001 - letters of many scripts look alike, and are meant
"""Recognise "Your Top Songs 2023" by its name, in many languages, and listeners' own copies of it.

Spotify translates the name, so its words are matched, never its owner alone. What is left of a
name without its year and those words may only be small words ("your", "of", "copy"): "Summer Top
Songs 2023" is something else. What is missed can be marked by hand.
"""

import re
import unicodedata

FIRST_YEAR = 2015
SPOTIFY = "spotify"
WRAPPED_COVERS = "wrapped-images.spotifycdn.com"
"""The host of the covers of yearly lists (seen in public lists, 2021 to 2025)."""

CORES = (
    # Germanic
    ("top songs", "top tracks", "most played songs", "most listened songs", "top 100 songs"),
    ("top song", "top titel", "top lieder", "meistgehorte songs", "meistgehorten songs"),
    ("topnummers", "top nummers", "toplied", "topliedjes", "meest beluisterde nummers"),
    ("toppsanger", "topplatar", "toppsangerna", "mest spelade latar", "topplatarna"),
    ("topsange", "topnumre", "mest spillede sange", "mest afspillede sange", "mest hørte sange"),
    ("topplater", "topplatene", "toppsangene", "mest spilte sanger", "mest spilte later"),
    ("topplogin", "vinsælustu login", "mest spiluðu login"),
    # Romance
    ("top titres", "tops titres", "titres les plus ecoutes", "chansons les plus ecoutees"),
    ("top chansons", "morceaux les plus ecoutes", "top morceaux"),
    ("canciones mas escuchadas", "top canciones", "canciones top", "temas mas escuchados"),
    ("mejores canciones", "canciones que mas escuchaste"),
    ("musicas mais tocadas", "musicas mais ouvidas", "mais tocadas", "mais ouvidas"),
    ("top musicas", "melhores musicas", "cancoes mais ouvidas", "top cancoes"),
    ("brani piu ascoltati", "canzoni piu ascoltate", "top brani", "brani top", "top canzoni"),
    ("cançons mes escoltades", "top cançons"),
    ("melodii de top", "melodiile de top", "melodiile tale de top", "top melodii"),
    ("cele mai ascultate melodii", "cele mai ascultate piese"),
    # Slavic and Baltic
    ("najlepsze utwory", "top utwory", "najczesciej sluchane utwory", "top utwor"),
    ("nejlepsi skladby", "top skladby", "nejposlouchanejsi skladby", "nejhranejsi skladby"),
    ("najlepsie skladby", "najpocuvanejsie skladby", "najlepsie piesne"),
    ("top pjesme", "najslusanije pjesme", "najbolje pjesme", "top pesme", "najslusanije pesme"),
    ("лучшие треки", "лучшие песни", "топ треки", "топ треков", "топ песни", "топ песен"),
    ("самые популярные треки", "самые прослушиваемые треки"),
    ("найкращі треки", "найкращі пісні", "топ пісень", "топ треків", "топ пісні", "топ треки"),
    ("найпопулярніші треки", "найпопулярніші пісні"),
    ("топ песни", "най слушани песни", "любимите ти хитове"),
    ("populiariausios dainos", "populārākās dziesmas", "top dainos", "top dziesmas"),
    # Other languages of Europe
    ("suosituimmat kappaleesi", "huippukappaleesi", "soitetuimmat kappaleesi", "top kappaleesi"),
    ("suosituimmat kappaleet", "kuunnelluimmat kappaleesi", "kuunnelluimmat kappaleet"),
    ("legjobb dalaid", "top dalaid", "legtobbet hallgatott dalaid", "legnepszerubb dalaid"),
    ("enim kuulatud lood", "popimad lood", "tipplood"),
    ("κορυφαία τραγούδια", "κορυφαία κομμάτια", "τοπ τραγούδια"),
    # Turkish, Semitic, Asian with spaces
    ("en iyi sarkilarin", "en iyi şarkıların", "en çok dinlediğin şarkılar", "top şarkıların"),
    ("en çok dinlenen şarkılarım", "en çok dinlediğim şarkılar", "en sevdiğin şarkılar"),
    ("أهم أغانيك", "أفضل أغانيك", "أغانيك الأكثر استماعا", "أكثر الأغاني استماعا"),
    ("השירים המובילים", "השירים המושמעים ביותר", "להיטי השנה שלך"),
    ("lagu teratas", "lagu teratasmu", "lagu terpopuler", "lagu terpopulermu"),
    ("lagu paling sering diputar", "mga nangungunang kanta", "top kanta"),
    ("bài hát hàng đầu", "bài hát nghe nhiều nhất", "bài hát bạn nghe nhiều nhất"),
    ("आपके टॉप गाने", "टॉप गाने", "sumusikat na kanta"),
)

UNSPACED = (
    *("トップソング", "トップ・ソング", "トップトラック", "最も聴いた曲", "よく聴いた曲"),
    *("한 해 최고의 곡", "최고의 노래", "가장 많이 들은 곡", "가장 많이 들은 노래", "인기곡"),
    *("탑송", "톱송", "탑 트랙", "톱 트랙", "나의 인기 노래"),
    *("年度歌曲", "最常听的歌曲", "最常聽的歌曲", "热门歌曲", "熱門歌曲", "最爱歌曲", "最愛歌曲"),
    *("年度熱門歌曲", "最常播放的歌曲", "เพลงยอดนิยม", "เพลงฮิต", "เพลงโปรด"),
)
"""Names in scripts that put no space between words; matched within them."""

GENERIC = """
top tracks, top song, mejores canciones, melhores músicas, mais tocadas, mais ouvidas,
najlepsze utwory, nejlepší skladby, najlepšie skladby, najlepšie piesne, najbolje pjesme,
лучшие треки, лучшие песни, самые популярные треки, найкращі треки, найкращі пісні,
найпопулярніші треки, найпопулярніші пісні, lagu terpopuler, популярные треки, 热门歌曲, 熱門歌曲,
인기곡, 최고의 노래, เพลงยอดนิยม, เพลงฮิต, เพลงโปรด, 最爱歌曲, 最愛歌曲
"""
"""Words that could be anybody's best of a year: they count only beside a "your" or "my"."""

OWN = """
your yours my mine our deine dein eure meine mein ihre vos votre tes ton mes mon nos tus tu mis
mi sus suas seus minhas minha tuas teus as os tuoi tue miei mie i le tuo mio jouw je mijn dina
din mina dine dit mit sinun minun twoje moje tvoje tvojí vase moja tvoja vaše твои твоё мои ваши
твої мої ваші твоите моите senin benim kamu anda kau saya ku mu bạn của tôi những các σου μου
σας τα ти ми te a az les teves meves tale mele tău tavs tavo mano jūsu sinu minu שלך שלי ang
iyong aking あなたの 私の 僕の 你的 我的 您的 나의 내 당신의 회원님의 ของคุณ ของฉัน आपके मेरे por você
"""
SMALL = """
of in from the for by de del des du do da das dos d em no na en les el los las am aus im von van
vom uit fran fra från vuoden vuonna z ze za roku rok r v l lui din anul ur год года рік року г
за у στου το του έτους yılı yilinin yil nin nın ın un den dan pada tahun năm nam و עבור של ה の
年の 年 年度 年間 년 년의 的 ปี แห่งปี ki के का साल
"""
COPIED = """
copy copied copies copie copia cópia kopie kopia kopio kopi kopya kopija másolat masolat salinan
bản sao копия копія копие αντίγραφο نسخة העתק コピー 복사 복사본 副本 複製 拷贝 คัดลอก
backup wrapped spotify playlist
"""

YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
DOTLESS_I = "\N{LATIN SMALL LETTER DOTLESS I}"
NUMBER_OF_COPY = re.compile(r"\d")


def detect(
    name: str, *, owner_id: str, description: str, image_url: str | None, latest: int
) -> int | None:
    """Tell the year (2015 to `latest`) whose Top Songs a playlist is by its name; None if none.

    The year is the only one in the name, or else in the description. The words must be there,
    except on Spotify's own lists with a cover of the yearly kind, whose language may be new to us.
    """
    year = _year(name, latest)
    if year is None and not YEAR.search(_plain(name)):
        year = _year(description, latest)
    if year is None:
        return None
    if owner_id == SPOTIFY and WRAPPED_COVERS in (image_url or ""):
        return year
    return year if _is_ours(_folded(YEAR.sub(" ", _plain(name))), owner_id) else None


def _year(text: str, latest: int) -> int | None:
    years = {int(found) for found in YEAR.findall(_plain(text))}
    year = years.pop() if len(years) == 1 else 0
    return year if FIRST_YEAR <= year <= latest else None


def _is_ours(name: str, owner_id: str) -> bool:
    """Tell whether a folded name says Top Songs, and nothing that makes it something else."""
    found = WORDS.search(f" {name} ")
    if found is None:
        return False
    left = f" {name} "[: found.start()] + " " + f" {name} "[found.end() :]
    rest = {word for word in left.split() if not NUMBER_OF_COPY.fullmatch(word)}
    # Spotify's charts of everybody are "Top Songs of 2023"; a listener's own say whose they are.
    vague = owner_id == SPOTIFY or found.group().replace(" ", "") in VAGUE
    return rest <= ALLOWED and (not vague or bool(rest & POSSESSIVES))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _folded(text: str) -> str:
    """Drop accents, case and punctuation; what remains are words with single spaces."""
    apart = unicodedata.normalize("NFKD", text.casefold()).replace(DOTLESS_I, "i")
    bare = "".join(char for char in apart if unicodedata.category(char) != "Mn")
    return " ".join("".join(char if char.isalnum() else " " for char in bare).split())


def _pattern() -> re.Pattern[str]:
    """Look for the longest words first; a space within them may be missing ("Topsongs")."""
    spaced = {_folded(core) for group in CORES for core in group}
    unspaced = {_folded(core) for core in UNSPACED}
    longest = sorted(spaced, key=len, reverse=True)
    words = "|".join(core.replace(" ", " ?") for core in longest)
    inner = "|".join(core.replace(" ", " ?") for core in sorted(unspaced, key=len, reverse=True))
    return re.compile(f"(?<= )(?:{words})(?= )|(?:{inner})")


def _words(*lists: str) -> frozenset[str]:
    return frozenset(word for text in lists for word in _folded(text).split())


WORDS = _pattern()
VAGUE = frozenset(_folded(words).replace(" ", "") for words in GENERIC.split(","))
POSSESSIVES = _words(OWN)
ALLOWED = _words(OWN, SMALL, COPIED)
