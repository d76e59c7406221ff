"""What lies in Redis holds no token, whatever a sync goes through."""

from demo.standin.faults import Fault
from tests.browsing import Browsing

SECRETS = (b"standin-access", b"standin-refresh", b"standin-code", b"Bearer", b"gAAAA")


def test_no_token_is_in_redis(browsing: Browsing) -> None:
    redis = browsing.wiring.redis
    browsing.sign_in("tiny")
    browsing.sign_in("medium")
    keys = list(redis.scan_iter())
    assert any(b"rq:job:" in key for key in keys), "a sync waits in the queue"
    browsing.standin.world.faults.add(Fault(kind="rate_limit", match="/me/albums", seconds=600))
    browsing.work()
    dumped = b" ".join(redis.dump(key) or b"" for key in redis.scan_iter())
    assert dumped
    assert not [secret for secret in SECRETS if secret in dumped]
