"""What the tests of streaming share."""

from collections.abc import Iterator

import pytest

from webapp.providers.exports import stream


@pytest.fixture(scope="module")
def narrow_window() -> Iterator[None]:
    """Let the window grow by single characters, so that small files are cut at every place."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "WINDOW", 1)
        yield
