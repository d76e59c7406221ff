"""Ask Spotify for listeners' recent plays: tokens just in time, one call each, side by side."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from webapp.domain.archive import ask_after
from webapp.domain.budget import Priority
from webapp.domain.errors import BackspinError, TokenStaleError, UnexpectedError
from webapp.domain.provider import Page, Played
from webapp.queries.archive import Standing
from webapp.services import tokens
from webapp.services.wiring import Wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What asking for one listener brought: a page, or why there is none."""

    standing: Standing
    token: str = ""
    page: Page[Played] | None = None
    error: BackspinError | None = None


def ask_all(wiring: Wiring, standings: Sequence[Standing], priority: Priority) -> list[Answer]:
    """Ask for every listener; whatever happens to one stays with that one.

    Call it outside of a transaction: refreshed tokens are committed as they come.
    """
    good = tokens.good_tokens(wiring, [standing.user_id for standing in standings])
    ready = [_with_token(wiring, standing, good) for standing in standings]
    workers = max(1, min(len(ready), wiring.settings.spotify_concurrency))
    with ThreadPoolExecutor(workers) as pool:
        answers = list(pool.map(lambda answer: _ask(wiring, answer, priority), ready))
    return [_ask_again_if_stale(wiring, answer, priority) for answer in answers]


def _with_token(wiring: Wiring, standing: Standing, good: Mapping[int, str]) -> Answer:
    try:
        token = good.get(standing.user_id) or tokens.access_token(wiring, standing.user_id)
    except BackspinError as error:
        return Answer(standing=standing, error=error)
    return Answer(standing=standing, token=token)


def _ask(wiring: Wiring, answer: Answer, priority: Priority) -> Answer:
    if answer.error is not None:
        return answer
    after = ask_after(answer.standing.newest, wiring.clock())
    try:
        page = wiring.music(answer.token, priority).recently_played(after)
    except BackspinError as error:
        return replace(answer, error=error)
    except Exception as error:
        # An answer that breaks us must not take nine others along. A job's time-out is raised in
        # the main thread, so it is not caught here.
        wiring.log.exception("an answer could not be read", user=answer.standing.user_id)
        return replace(answer, error=UnexpectedError(type(error).__name__))
    return replace(answer, page=page)


def _ask_again_if_stale(wiring: Wiring, answer: Answer, priority: Priority) -> Answer:
    """Refresh a token that was refused, once, and ask once more."""
    if not isinstance(answer.error, TokenStaleError):
        return answer
    try:
        fresh = tokens.refresh_after_401(wiring, answer.standing.user_id, answer.token)
    except BackspinError as error:
        return replace(answer, error=error)
    return _ask(wiring, replace(answer, token=fresh, error=None), priority)
