"""Who may do what about a blend, and what an invitation by name may tell."""

from itertools import product

import pytest

from webapp.domain.blends import Actor, Circumstances, State, Wish, actor_of, after, reaches

ALLOWED = {
    (State.INVITED, Actor.INVITED, Wish.ACCEPT): State.AGREED,
    (State.INVITED, Actor.INVITED, Wish.DECLINE): State.DECLINED,
    (State.INVITED, Actor.INVITER, Wish.REVOKE): State.REVOKED,
    (State.AGREED, Actor.INVITED, Wish.REVOKE): State.REVOKED,
    (State.AGREED, Actor.INVITER, Wish.REVOKE): State.REVOKED,
    (State.DECLINED, Actor.INVITED, Wish.ACCEPT): State.AGREED,
    (State.DECLINED, Actor.INVITER, Wish.REVOKE): State.REVOKED,
}
WILLING = Circumstances(known=True, willing=True, open_pair=False, declined_before=False)


@pytest.mark.parametrize(("state", "actor", "wish"), list(product(State, Actor, Wish)))
def test_nothing_else_is_anybodys_to_decide(state: State, actor: Actor, wish: Wish) -> None:
    assert after(state, actor, wish) is ALLOWED.get((state, actor, wish))


def test_both_must_agree_and_either_may_leave() -> None:
    agreements = [key for key in product(State, Actor, Wish) if after(*key) is State.AGREED]
    assert {actor for _, actor, _ in agreements} == {Actor.INVITED}
    leaving = {actor for actor in Actor if after(State.AGREED, actor, Wish.REVOKE)}
    assert leaving == {Actor.INVITER, Actor.INVITED}
    assert not any(after(State.REVOKED, *rest) for rest in product(Actor, Wish))


def test_the_inviter_can_do_the_same_about_what_waits_and_what_was_declined() -> None:
    for wish in Wish:
        waiting = after(State.INVITED, Actor.INVITER, wish)
        assert waiting is after(State.DECLINED, Actor.INVITER, wish)


def test_parts_are_told_apart() -> None:
    parts = [actor_of(user, 1, 2) for user in (1, 2, 3)]
    assert parts == [Actor.INVITER, Actor.INVITED, Actor.OTHER]
    assert actor_of(3, 1, None) is Actor.OTHER


def test_an_invitation_reaches_only_who_is_there_and_wants_it() -> None:
    assert reaches(WILLING)
    for known, willing, open_pair, declined in product((True, False), repeat=4):
        found = Circumstances(
            known=known, willing=willing, open_pair=open_pair, declined_before=declined
        )
        assert reaches(found) is (found == WILLING)
