"""Which lines of the Procfile the demo runs, and when."""

from dataclasses import dataclass

from honcho.environ import parse_procfile  # type: ignore[import-untyped]  # it has no types

RELEASE = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The release command, run first and once, and the processes that then stay."""

    release: str | None
    processes: dict[str, str]


def plan(text: str) -> Plan:
    """Read a Procfile's text; every line but `release` is a process, in the file's order."""
    lines = dict(parse_procfile(text).processes)
    return Plan(release=lines.pop(RELEASE, None), processes=lines)
