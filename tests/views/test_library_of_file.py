"""What a file of account data told, on the library's pages."""

from datetime import UTC, datetime

from tests.browsing import Browsing
from tests.exporting import account_data
from tests.importing import bring_in
from webapp.domain.playlist_files import file_id
from webapp.services.wiring import Wiring

THEN = datetime(2024, 5, 1, 12, tzinfo=UTC)
ROAD = {"playlists": [{"name": "Road", "items": [], "description": "<by car>"}]}


def test_a_playlist_that_a_file_told_says_so(
    browsing: Browsing, wiring: Wiring, database: None
) -> None:
    pages = browsing.sign_in("tiny")
    bring_in(wiring, browsing.account("tiny").id, account_data(THEN, Playlist1=ROAD))
    sheet = f"/library/playlists/{file_id('Road', 1)}"
    assert f'href="{sheet}?at=2025-01-01"' in pages.page("/library/playlists?at=2025-01-01")
    assert "Road" not in pages.page("/library/playlists")
    then = pages.page(f"{sheet}?at=2025-01-01")
    assert "account data tells of this playlist as it was on" in then
    assert "&lt;by car&gt;" in then
    now = pages.page(sheet)
    assert "This playlist left your library" in now
    assert "account data" not in now
