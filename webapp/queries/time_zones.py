"""Who waits for their days to be counted in another time zone, and how long that may take."""

from webapp import db


def waiting() -> list[int]:
    """List whose wish is not fulfilled yet."""
    rows = db.query("SELECT id FROM users WHERE wanted_time_zone IS NOT NULL ORDER BY id")
    return [row[0] for row in rows]


def lock(user_id: int) -> bool:
    """Let nobody else write this listener's plays until the transaction ends; False if gone."""
    return bool(db.query("SELECT id FROM users WHERE id = %s FOR NO KEY UPDATE", user_id))


def has_more_plays(user_id: int, count: int) -> bool:
    """Tell whether a listener has more plays than that, without counting all of them."""
    sql = "SELECT count(*) > %s FROM (SELECT FROM plays WHERE user_id = %s LIMIT %s) found"
    return bool(db.query(sql, count, user_id, count + 1)[0][0])
