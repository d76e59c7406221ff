"""What the person at the terminal sees: one line at a time, each with its speaker."""

import sys
import threading
from collections.abc import Mapping
from typing import TextIO

COLOURS = (36, 32, 35, 34, 33, 96, 92, 95)  # SGR codes that can be read on light and dark
OURSELVES = "demo"


class Terminal:
    """Prints lines of several processes without mixing them."""

    def __init__(self, output: TextIO = sys.stdout, *, colour: bool = False) -> None:
        """`colour` asks for ANSI colours."""
        self._output = output
        self._colour = colour
        self._lock = threading.Lock()
        self._speakers: list[str] = [OURSELVES]

    def say(self, text: str, speaker: str = OURSELVES) -> None:
        """Print the text, its speaker before every line. Never fails: the terminal may be gone."""
        with self._lock:
            if speaker not in self._speakers:
                self._speakers.append(speaker)
            prefix = self._prefix(speaker)
            try:
                self._output.write(
                    "".join(f"{prefix}{line}\n" for line in text.splitlines() or [""])
                )
                self._output.flush()
            except (OSError, ValueError):
                return

    def _prefix(self, speaker: str) -> str:
        label = f"{speaker:<10} | "
        if not self._colour:
            return label
        colour = COLOURS[self._speakers.index(speaker) % len(COLOURS)]
        return f"\x1b[{colour}m{label}\x1b[0m"


def wants_colour(output: TextIO, environment: Mapping[str, str]) -> bool:
    """Colour for people only, and not against their wish (https://no-color.org)."""
    return output.isatty() and not environment.get("NO_COLOR")
