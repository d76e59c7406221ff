"""Which language a reader gets."""

import pytest

from webapp.domain.languages import choose


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ([], "en"),
        ([("de", 1.0)], "de"),
        ([("de-AT", 1.0), ("en", 0.9)], "de"),
        ([("de_CH", 1.0)], "de"),
        ([("DE-de", 1.0)], "de"),
        ([("en-GB", 1.0), ("de", 0.9)], "en"),
        ([("en", 0.8), ("de", 0.9)], "de"),
        ([("fr", 1.0), ("de", 0.5)], "de"),
        ([("fr", 1.0), ("tlh", 0.5)], "en"),
        ([("de", 0.0), ("en", 0.1)], "en"),
        ([("de", 0.0)], "en"),
        ([("fr", 1.0), ("*", 0.5), ("de", 0.3)], "en"),
        ([("en", 1.0), ("de", 1.0)], "en"),
        ([("de", 1.0), ("en", 1.0)], "de"),
        ([("den", 1.0)], "en"),
    ],
)
def test_the_browsers_best_language_that_is_there(
    accepted: list[tuple[str, float]], language: str
) -> None:
    assert choose(None, accepted) == language


@pytest.mark.parametrize(("setting", "language"), [("en", "en"), ("de", "de"), ("tlh", "de")])
def test_the_setting_beats_the_browser_while_it_names_a_language(
    setting: str, language: str
) -> None:
    assert choose(setting, [("de", 1.0)]) == language
