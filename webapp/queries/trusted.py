"""Whom a name may mean: rows of the catalogue that Spotify told of, or that are the listener's own.

The catalogue is everybody's, and what is in a file anybody may have written. A row that only a
file told of stands for its id, and for its name only to those who play it or keep it themselves.
Pieces of statements: `{row}` is the row that is asked about, `{user}` the listener.
"""

SPOTIFYS = "{row}.fetched_at > '-infinity'"

TRACK = f"""({SPOTIFYS} OR EXISTS (SELECT FROM plays own
    WHERE own.user_id = {{user}} AND own.track_id = {{row}}.id)
  OR EXISTS (SELECT FROM library_items kept WHERE kept.user_id = {{user}}
    AND kept.kind = 'saved_track' AND kept.item_id = {{row}}.id))
"""  # noqa: S608 - our own text

# What is named after itself can only be so: its id is made from its name.
NAMED = "{row}.id LIKE 'name:%%'"

ARTIST = f"""({SPOTIFYS} OR {NAMED} OR EXISTS (SELECT FROM listening_items own
    WHERE own.user_id = {{user}} AND own.kind = 'artist' AND own.grain = 'ever'
    AND own.item_id = {{row}}.id)
  OR EXISTS (SELECT FROM library_items kept WHERE kept.user_id = {{user}}
    AND kept.kind = 'followed_artist' AND kept.item_id = {{row}}.id))
"""  # noqa: S608 - our own text

ALBUM = f"""({SPOTIFYS} OR {NAMED} OR EXISTS (SELECT FROM listening_items own
    WHERE own.user_id = {{user}} AND own.kind = 'album' AND own.grain = 'ever'
    AND own.item_id = {{row}}.id)
  OR EXISTS (SELECT FROM library_items kept WHERE kept.user_id = {{user}}
    AND kept.kind = 'saved_album' AND kept.item_id = {{row}}.id))
"""  # noqa: S608 - our own text
