"""The people who can sign in, by numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A listener by numbers; `odd` brings the hard items, `foreign` other people's playlists."""

    key: str
    name: str | None
    blurb: str
    tracks: int = 0
    playlists: int = 0
    entries: int = 0
    albums: int = 0
    artists: int = 0
    top_songs: tuple[int, ...] = ()
    odd: bool = False
    foreign: bool = False
    utc_offset: int = 1

    @property
    def listed_playlists(self) -> int:
        """How many entries GET /me/playlists has: own ones, a null, a followed and a gone one."""
        return self.playlists + (3 if self.foreign else 0)


PROFILES = (
    Profile(
        key="nova",
        name="Nova Lind",
        blurb="evenings, years of Top Songs, the one to show around",
        tracks=1200,
        playlists=25,
        entries=1900,
        albums=120,
        artists=80,
        top_songs=(2020, 2021, 2022, 2023, 2024, 2025),
        odd=True,
        foreign=True,
    ),
    Profile(
        key="tiny",
        name="Ida Moe",
        blurb="synchronised while you wait",
        tracks=60,
        playlists=2,
        entries=30,
        albums=5,
        artists=8,
        utc_offset=0,
    ),
    Profile(
        key="medium",
        name="Zoë <b>“Zed”</b> O'Hara",
        blurb="a name and items that are hard to bear",
        tracks=600,
        playlists=12,
        entries=700,
        albums=60,
        artists=50,
        top_songs=(2024,),
        odd=True,
        foreign=True,
        utc_offset=-5,
    ),
    Profile(
        key="large",
        name="Layla Okafor",
        blurb="a long sync",
        tracks=3000,
        playlists=40,
        entries=5000,
        albums=300,
        artists=200,
        odd=True,
        utc_offset=9,
    ),
    Profile(key="empty", name=None, blurb="nothing saved, nothing played, no name"),
)
