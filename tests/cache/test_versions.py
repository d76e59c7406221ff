"""What is kept of made bodies, and that nothing depends on it."""

from redis import Redis

from demo.embedded import free_port
from webapp.cache import versions
from webapp.cache.versions import Kept
from webapp.services.wiring import Wiring

BODY = Kept(stamp="a1", body=b"first line\nsecond\0line")


def test_a_body_comes_back_with_its_stamp_for_an_hour(wiring: Wiring) -> None:
    versions.keep(wiring.redis, 7, "page", BODY)
    assert versions.find(wiring.redis, 7, "page") == BODY
    assert versions.find(wiring.redis, 7, "other") is None
    assert versions.find(wiring.redis, 77, "page") is None
    (key,) = wiring.redis.keys("*")
    assert 3590 < wiring.redis.ttl(key) <= 3600


def test_one_may_make_a_body_anew_and_the_next_one_another(wiring: Wiring) -> None:
    claims = [versions.claim(wiring.redis, 7, "page", "a2") for _ in range(3)]
    assert claims == [True, False, False]
    assert versions.claim(wiring.redis, 7, "page", "a3")
    assert versions.claim(wiring.redis, 8, "page", "a2")
    assert all(0 < wiring.redis.ttl(key) <= 30 for key in wiring.redis.keys("*"))


def test_what_is_forgotten_is_one_listeners(wiring: Wiring) -> None:
    for user_id in (7, 8, 77):
        versions.keep(wiring.redis, user_id, "page", BODY)
        versions.keep(wiring.redis, user_id, "card", BODY)
    versions.forget(wiring.redis, 7, 8)
    for gone in (7, 8):
        assert versions.find(wiring.redis, gone, "page") is None
        assert versions.find(wiring.redis, gone, "card") is None
    assert versions.find(wiring.redis, 77, "page") == BODY


def test_without_redis_nothing_is_kept_and_nothing_fails() -> None:
    away = Redis(port=free_port(), socket_connect_timeout=1)
    versions.keep(away, 7, "page", BODY)
    assert versions.find(away, 7, "page") is None
    assert not versions.claim(away, 7, "page", "a2")
    versions.forget(away, 7)


def test_a_stamp_tells_parts_apart() -> None:
    assert versions.stamp("a", 1) == versions.stamp("a", "1")
    assert versions.stamp("a", 1) != versions.stamp("a1")
    assert versions.stamp("a", None) != versions.stamp("a")
