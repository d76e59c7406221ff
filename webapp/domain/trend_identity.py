"""When two places in charts are the same thing: by their ids first, else by their names.

Services know one thing under several ids (an album in two editions has two of Spotify's), and
different things under one name (self-titled albums, artists of the same name). An id decides; names
alone do only where nothing that is known speaks against it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from webapp.domain.trends import Entry, Kind

SERVICES = ("spotify_id", "deezer_id", "mbid")
Ids = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A thing that was met before; `root` is the id it was merged into, or its own."""

    id: int
    root: int
    kind: Kind
    match_key: str
    ids: Ids
    released: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to write so that every entry has its thing.

    `roots` has the id for each entry, in their order. Ids that are not in the database yet are
    those that were handed in as `free`: `added` are the entries to write under them. `merged` are
    pairs (from, into); `gained` are entries that may teach a thing what it lacks.
    """

    roots: tuple[int, ...]
    added: tuple[tuple[int, Entry], ...]
    merged: tuple[tuple[int, int], ...]
    gained: tuple[tuple[int, Entry], ...]


def settle(entries: Sequence[Entry], known: Iterable[Known], free: Sequence[int]) -> Plan:
    """Decide what each entry is; `free` are as many unused ids as there are entries, ascending."""
    room = _Room()
    for thing in known:
        room.take_in(thing)
    unused = iter(free)
    for entry in entries:
        room.seat(entry, unused)
    return Plan(
        roots=tuple(room.root_of(thing_id) for thing_id in room.seats),
        added=tuple(room.added),
        merged=tuple(room.merged),
        gained=tuple((room.root_of(thing_id), entry) for thing_id, entry in room.gained),
    )


def ids_of(entry: Entry) -> Ids:
    """Give the ids that an entry carries, by service."""
    told = {service: getattr(entry, service) for service in SERVICES}
    return {service: value for service, value in told.items() if value}


@dataclass(slots=True)
class _Thing:
    """A thing with all ids it goes by."""

    id: int
    kind: Kind
    released: date | None
    ids: dict[str, set[str]]

    def differs(self, entry: Entry, ids: Ids) -> bool:
        """Say whether something tells it apart from an entry of the same name."""
        telling = {
            Kind.ALBUM: ("mbid",),
            # An artist has one page at a service; two pages are two people of one name.
            Kind.ARTIST: SERVICES,
            Kind.TRACK: (),
        }[self.kind]
        if any(
            self.ids.get(key) and ids.get(key, "") not in {"", *self.ids[key]} for key in telling
        ):
            return True
        if self.kind is not Kind.ALBUM or self.released is None or entry.released is None:
            return False
        return abs(self.released.year - entry.released.year) > 1


@dataclass(slots=True)
class _Room:
    """Who is there, while entries find their seats."""

    things: dict[int, _Thing] = field(default_factory=dict)
    into: dict[int, int] = field(default_factory=dict)
    by_id: dict[tuple[str, str], int] = field(default_factory=dict)
    by_key: dict[str, list[int]] = field(default_factory=dict)
    seats: list[int] = field(default_factory=list)
    added: list[tuple[int, Entry]] = field(default_factory=list)
    merged: list[tuple[int, int]] = field(default_factory=list)
    gained: list[tuple[int, Entry]] = field(default_factory=list)

    def root_of(self, thing_id: int) -> int:
        while thing_id in self.into:
            thing_id = self.into[thing_id]
        return thing_id

    def take_in(self, known: Known) -> None:
        if known.root != known.id:
            self.into[known.id] = known.root
        self._enter(known.id, known.kind, known.match_key, known.ids, known.released)

    def seat(self, entry: Entry, unused: Iterable[int]) -> None:
        ids = ids_of(entry)
        met = {self.root_of(self.by_id[pair]) for pair in ids.items() if pair in self.by_id}
        if not met:
            met = set(self._namesakes(entry, ids)[:1])
        if not met:
            self.seats.append(self._add(entry, ids, unused))
            return
        root = min(met)
        for other in sorted(met - {root}):
            self._merge(other, root)
        self._teach(root, entry, ids, unused)
        self.seats.append(root)

    def _namesakes(self, entry: Entry, ids: Ids) -> list[int]:
        """Find the things of the same name that nothing tells apart, the oldest first."""
        roots = sorted({self.root_of(one) for one in self.by_key.get(entry.match_key, ())})
        return [root for root in roots if not self.things[root].differs(entry, ids)]

    def _teach(self, root: int, entry: Entry, ids: Ids, unused: Iterable[int]) -> None:
        """Let a thing have what it lacks; an id beside one it has is a thing merged into it."""
        thing = self.things[root]
        strange = {s: v for s, v in ids.items() if thing.ids.get(s) and v not in thing.ids[s]}
        if strange:
            alias = self._add(entry, strange, unused)
            self._merge(alias, root)
        lacking = {s: v for s, v in ids.items() if (s, v) not in self.by_id}
        self.gained.append((root, _with(entry, lacking)))
        for service, value in lacking.items():
            self._note(root, service, value)
        thing.released = thing.released or entry.released

    def _add(self, entry: Entry, ids: Ids, unused: Iterable[int]) -> int:
        thing_id = next(iter(unused))
        self.added.append((thing_id, _with(entry, ids)))
        self._enter(thing_id, entry.kind, entry.match_key, ids, entry.released)
        return thing_id

    def _merge(self, younger: int, root: int) -> None:
        self.merged.append((younger, root))
        self.into[younger] = root
        for service, values in self.things[younger].ids.items():
            for value in values:
                self._note(root, service, value)

    def _enter(self, thing_id: int, kind: Kind, key: str, ids: Ids, released: date | None) -> None:
        self.things.setdefault(thing_id, _Thing(thing_id, kind, released, {}))
        self.by_key.setdefault(key, []).append(thing_id)
        for service, value in ids.items():
            self._note(thing_id, service, value)

    def _note(self, thing_id: int, service: str, value: str) -> None:
        self.by_id.setdefault((service, value), thing_id)
        for one in {thing_id, self.root_of(thing_id)} & self.things.keys():
            self.things[one].ids.setdefault(service, set()).add(value)


def _with(entry: Entry, ids: Ids) -> Entry:
    """Copy an entry with these of its ids alone."""
    spotify, deezer, mbid = (ids.get(service) for service in SERVICES)
    return replace(entry, spotify_id=spotify, deezer_id=deezer, mbid=mbid)
