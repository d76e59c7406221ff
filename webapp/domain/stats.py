"""What is counted: kinds of things, and by what they are ranked."""

from enum import StrEnum


class Item(StrEnum):
    """A kind of thing that is listened to; a play counts for one of each."""

    TRACK = "track"
    ARTIST = "artist"
    ALBUM = "album"


class By(StrEnum):
    """What puts one thing before another."""

    PLAYS = "plays"
    MS = "ms"


class Grain(StrEnum):
    """How long the periods of a roll-up are."""

    MONTH = "month"
    YEAR = "year"
    EVER = "ever"
