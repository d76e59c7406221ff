"""Consent: how two come to agree, what nobody is told, and how it ends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.queries.shelving import make_listener
from webapp import db
from webapp.domain.blends import LINK_LASTS, MOST_BLENDS, MOST_OPEN, State, Wish
from webapp.domain.profiles import CLOSED, Level, Privacy, Section
from webapp.queries import accounts, blends, profiles
from webapp.queries.blends import Sent
from webapp.services import blends as service
from webapp.services.blends import Answered, Asked
from webapp.services.wiring import Wiring

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def at(wiring: Wiring, database: None) -> Callable[[datetime], Wiring]:
    """Give the parts of a process whose clock stands still."""
    return lambda moment: replace(wiring, clock=lambda: moment)


@pytest.fixture
def now(at: Callable[[datetime], Wiring]) -> Wiring:
    return at(NOW)


@pytest.fixture
def mira(now: Wiring) -> int:
    return make_listener("mira")


@pytest.fixture
def bo(now: Wiring) -> int:
    """Give somebody who takes invitations."""
    user_id = make_listener("bo")
    take_invitations(user_id)
    return user_id


def take_invitations(user_id: int, level: Level = Level.SIGNED_IN, *, shown: bool = True) -> None:
    privacy = Privacy(shown=shown, chosen={**CLOSED, Section.COMPARE: level})
    profiles.save_privacy(user_id, privacy, NOW)


def received(user_id: int) -> list[tuple[int, State]]:
    return [(row.id, row.state) for row in blends.received(user_id, 50)]


def sent(user_id: int) -> list[Sent]:
    return blends.sent(user_id, NOW, 50)


def nothing(user_id: int) -> bool:
    return not (blends.agreed(user_id, 9) or received(user_id) or sent(user_id))


def agree(now: Wiring, inviter: int, invited: int) -> int:
    blends.open_link(inviter, NOW + LINK_LASTS, NOW)
    offer = service.find_offer(now, service.link_token(now, sent(inviter)[0].id))
    assert offer is not None
    assert service.take(now, invited, offer) is Answered.DONE
    return offer.id


def test_two_agree_and_one_leaves(now: Wiring, mira: int, bo: int) -> None:
    assert service.invite(now, mira, "Bo") is Asked.SENT
    assert blends.agreed(mira, 9) == blends.agreed(bo, 9) == []
    ((blend_id, state),) = received(bo)
    assert state is State.INVITED
    assert service.answer(now, bo, blend_id, Wish.ACCEPT) is Answered.DONE
    assert [(b.id, b.mine, b.other.id) for b in blends.agreed(mira, 9)] == [(blend_id, True, bo)]
    assert [(b.id, b.mine, b.other.id) for b in blends.agreed(bo, 9)] == [(blend_id, False, mira)]
    assert sent(mira) == [], "what was agreed to waits no more"
    assert service.answer(now, bo, blend_id, Wish.REVOKE) is Answered.DONE
    assert blends.find_agreed(blend_id, mira) is None
    assert blends.find_agreed(blend_id, bo) is None
    assert service.answer(now, mira, blend_id, Wish.ACCEPT) is Answered.GONE


@pytest.mark.parametrize("wish", list(Wish))
@pytest.mark.parametrize("agreed", [True, False])
def test_a_third_finds_nothing(now: Wiring, mira: int, bo: int, wish: Wish, agreed: bool) -> None:
    zed = make_listener("zed")
    service.invite(now, mira, "bo")
    ((blend_id, _),) = received(bo)
    if agreed:
        service.answer(now, bo, blend_id, Wish.ACCEPT)
    before = blends.find(blend_id, mira)
    assert blends.find(blend_id, zed) is None
    assert blends.find_agreed(blend_id, zed) is None
    assert service.answer(now, zed, blend_id, wish) is Answered.GONE
    assert blends.find(blend_id, mira) == before
    assert nothing(zed)


def test_an_invitation_looks_the_same_whomever_it_reached(now: Wiring, mira: int, bo: int) -> None:
    for name in ("closed", "hidden", "declining"):
        make_listener(name)
    take_invitations(accounts_id("hidden"), shown=False)
    take_invitations(accounts_id("declining"))
    names = ["bo", "closed", "hidden", "declining", "nobody"]
    assert {service.invite(now, mira, name) for name in names} == {Asked.SENT}
    ((declined, _),) = received(accounts_id("declining"))
    assert service.answer(now, accounts_id("declining"), declined, Wish.DECLINE) is Answered.DONE
    rows = sent(mira)
    assert [row.name for row in rows] == names[::-1]
    assert {(row.created_at, row.expires_at) for row in rows} == {(NOW, None)}
    assert {service.invite(now, mira, name.upper()) for name in names} == {Asked.ALREADY}
    assert [len(received(accounts_id(name))) for name in ("bo", "closed", "hidden")] == [1, 0, 0]
    for row in rows:
        assert service.answer(now, mira, row.id, Wish.ACCEPT) is Answered.GONE
        assert service.answer(now, mira, row.id, Wish.REVOKE) is Answered.DONE
    assert sent(mira) == []
    assert received(bo) == [], "taken back is gone for the other one as well"


def test_who_declined_is_not_asked_again_and_may_agree_after_all(
    now: Wiring, mira: int, bo: int
) -> None:
    service.invite(now, mira, "bo")
    ((first, _),) = received(bo)
    service.answer(now, bo, first, Wish.DECLINE)
    assert received(bo) == [(first, State.DECLINED)]
    service.answer(now, mira, first, Wish.REVOKE)
    assert service.invite(now, mira, "bo") is Asked.SENT
    assert received(bo) == []
    service.answer(now, mira, sent(mira)[0].id, Wish.REVOKE)
    take_invitations(mira)
    assert service.invite(now, bo, "mira") is Asked.SENT
    ((back, _),) = received(mira)
    assert service.answer(now, mira, back, Wish.DECLINE) is Answered.DONE
    assert service.answer(now, mira, back, Wish.ACCEPT) is Answered.DONE
    assert blends.agreed(bo, 9)[0].id == back


def test_an_inviter_is_told_what_they_know(now: Wiring, mira: int, bo: int) -> None:
    take_invitations(mira)
    assert service.invite(now, mira, "mira") is Asked.YOURSELF
    service.invite(now, mira, "bo")
    assert service.invite(now, bo, "mira") is Asked.THEY_ASKED
    service.answer(now, bo, received(bo)[0][0], Wish.ACCEPT)
    assert service.invite(now, mira, "bo") is Asked.BLENDED
    assert service.invite(now, bo, "mira") is Asked.BLENDED


def test_a_link_works_once_and_for_whoever_holds_it(now: Wiring, mira: int) -> None:
    closed, zed = make_listener("closed"), make_listener("zed")
    assert service.open_link(now, mira)
    link = sent(mira)[0]
    token = service.link_token(now, link.id)
    offer = service.find_offer(now, token)
    assert offer is not None
    assert (offer.inviter.id, offer.expires_at) == (mira, NOW + LINK_LASTS)
    assert service.take(now, mira, offer) is Answered.GONE, "nobody blends with themselves"
    assert service.take(now, closed, offer) is Answered.DONE
    assert blends.agreed(closed, 9)[0].other.id == mira
    assert service.find_offer(now, token) is None
    assert service.take(now, zed, offer) is Answered.GONE
    assert blends.agreed(zed, 9) == []
    assert sent(mira) == []


def test_a_link_ends(at: Callable[[datetime], Wiring], now: Wiring, mira: int, bo: int) -> None:
    service.open_link(now, mira)
    token = service.link_token(now, sent(mira)[0].id)
    offer = service.find_offer(now, token)
    assert offer is not None
    late = at(NOW + LINK_LASTS + timedelta(seconds=1))
    assert service.find_offer(late, token) is None
    assert service.take(late, bo, offer) is Answered.GONE
    assert service.answer(now, mira, offer.id, Wish.REVOKE) is Answered.DONE
    assert service.find_offer(now, token) is None
    assert service.take(now, bo, offer) is Answered.GONE


@pytest.mark.parametrize("token", ["", "1", "MQ.forged", "\N{SNOWMAN}", "a" * 5000])
def test_a_made_up_link_is_none(now: Wiring, mira: int, token: str) -> None:
    service.open_link(now, mira)
    assert service.find_offer(now, token) is None


def test_a_link_takes_the_place_of_invitations_between_the_two(
    now: Wiring, mira: int, bo: int
) -> None:
    service.invite(now, mira, "bo")
    blend_id = agree(now, mira, bo)
    assert not received(bo)
    assert not sent(mira)
    assert [blend.id for blend in blends.agreed(bo, 9)] == [blend_id]
    service.open_link(now, bo)
    offer = service.find_offer(now, service.link_token(now, sent(bo)[0].id))
    assert offer is not None
    assert service.take(now, mira, offer) is Answered.GONE, "they have a blend already"
    assert [blend.id for blend in blends.agreed(bo, 9)] == [blend_id]


def test_blends_and_invitations_have_an_end(now: Wiring, mira: int, bo: int) -> None:
    for number in range(MOST_OPEN):
        assert service.invite(now, mira, f"nobody-{number}") is Asked.SENT
    assert service.invite(now, mira, "bo") is Asked.TOO_MANY
    assert service.open_link(now, mira) is False
    for number in range(MOST_BLENDS):
        db.query(
            "INSERT INTO blends (inviter_id, invited_id, invited_name, state, created_at,"
            " changed_at) VALUES (%s, %s, %s, 'agreed', now(), now())",
            bo,
            make_listener(f"friend-{number}"),
            f"friend-{number}",
        )
    zed = make_listener("zed")
    take_invitations(zed)
    service.invite(now, bo, "zed")
    assert service.answer(now, zed, received(zed)[0][0], Wish.ACCEPT) is Answered.TOO_MANY


@pytest.mark.parametrize("leaver", ["mira", "bo"])
def test_everything_goes_with_either_account(now: Wiring, mira: int, bo: int, leaver: str) -> None:
    agree(now, mira, bo)
    with db.transaction():
        accounts.erase(accounts_id(leaver))
    stays = {"mira": bo, "bo": mira}[leaver]
    assert nothing(stays)
    assert db.query("SELECT count(*) FROM blends") == [(0,)]


def accounts_id(name: str) -> int:
    found = accounts.find_by_username(name)
    assert found is not None
    return found.id
