"""What an archive has of the library: its log, and the catalogue that all else refers to too."""

from webapp.domain.export_fields import (
    LONGEST_CODE,
    LONGEST_TEXT,
    SEEN,
    Part,
    boolean,
    document,
    entries,
    identities,
    identity,
    integer,
    items,
    moment,
    one_of,
    text,
)

RAW = document("As Spotify told it; empty where only a file told of it.")
ORIGIN = one_of(
    "Who told: Spotify, or a file of account data, dated or not.",
    *("spotify", "file", "undated_file"),
)

CATALOGUE = (
    Part(
        name="artists",
        doc="Artists that anything here is about.",
        fields={
            "id": identity("Spotify's id, or name: and the MD5 of the normalised name."),
            "name": text("Name."),
            "image_url": text("Picture.", LONGEST_TEXT, null=True),
            "genres": items("Genres.", text("Genre.")),
            "popularity": integer("As Spotify told it.", null=True),
            "followers": integer("As Spotify told it.", null=True),
            "is_full": boolean("Whether all fields were told, or only the name."),
            "raw": RAW,
        },
    ),
    Part(
        name="albums",
        doc="Albums that anything here is about.",
        fields={
            "id": identity("Spotify's id, or name: and the MD5 of the normalised names."),
            "name": text("Title."),
            "artist_names": text("Artists as shown."),
            "album_type": text("album, single, compilation.", LONGEST_CODE),
            "release_date": text("YYYY, YYYY-MM or YYYY-MM-DD.", LONGEST_CODE, null=True),
            "release_precision": text("year, month or day.", LONGEST_CODE, null=True),
            "release_year": integer("The year.", null=True),
            "total_tracks": integer("How many tracks.", null=True),
            "image_url": text("Cover.", LONGEST_TEXT, null=True),
            "upc": text("Barcode.", LONGEST_CODE, null=True),
            "label": text("Label.", null=True),
            "popularity": integer("As Spotify told it.", null=True),
            "is_full": boolean("Whether all fields were told."),
            "artists": identities("Artists in order of credit."),
            "raw": RAW,
        },
    ),
    Part(
        name="tracks",
        doc="Tracks, episodes and local files that anything here is about.",
        fields={
            "id": identity(
                "Spotify's id; local: and a hash of a local file's URI; name: and the MD5 of the"
                " normalised names where no id is known."
            ),
            "name": text("Title."),
            "artist_names": text("Artists as shown."),
            "kind": one_of("What it is.", "track", "episode", "local"),
            "album_id": identity("Its album.", null=True),
            "duration_ms": integer("Length.", null=True),
            "explicit": boolean("As Spotify told it."),
            "disc_number": integer("Disc.", null=True),
            "track_number": integer("Place on the disc.", null=True),
            "isrc": text("ISRC.", LONGEST_CODE, null=True),
            "popularity": integer("As Spotify told it.", null=True),
            "artists": identities("Artists in order of credit."),
            "raw": RAW,
        },
    ),
)

LIBRARY = (
    Part(
        name="library_events",
        doc="What was saved, followed, or taken out, in the order it was seen.",
        fields={
            "kind": one_of("Of what.", "saved_track", "saved_album", "followed_artist"),
            "item_id": identity("Which one."),
            "event": one_of("What happened.", "added", "removed"),
            "item_added_at": moment("When it was added, as Spotify tells it.", null=True),
            "seen_at": SEEN,
            "origin": ORIGIN,
        },
    ),
    Part(
        name="playlist_versions",
        doc="Every version of every playlist, whole.",
        fields={
            "playlist_id": identity("Which playlist."),
            "event": one_of("gone: it had disappeared.", "seen", "gone"),
            "snapshot_id": text("Spotify's name of the version.", LONGEST_TEXT),
            "name": text("Name."),
            "description": text("Description.", LONGEST_TEXT),
            "owner_id": text("Owner."),
            "owner_name": text("Owner's name."),
            "public": boolean("Whether it was public.", null=True),
            "collaborative": boolean("Whether others could change it."),
            "image_url": text("Cover.", LONGEST_TEXT, null=True),
            "total": integer("Entries as counted by Spotify.", null=True),
            "entries": entries("What is in it, in order; null where it can't be read.", null=True),
            "content_hash": text("Hash of all of this.", LONGEST_CODE),
            "seen_at": SEEN,
            "origin": ORIGIN,
        },
    ),
    Part(
        name="top_lists",
        doc="Spotify's top lists, whenever one differed from the last.",
        fields={
            "kind": one_of("Of what.", "tracks", "artists"),
            "time_range": text("Over which time.", LONGEST_CODE),
            "item_ids": identities("Ids, best first."),
            "seen_at": SEEN,
        },
    ),
    Part(
        name="collection_checks",
        doc="Every look at a part of the library, and what came of it.",
        fields={
            "collection": text("Which part.", LONGEST_CODE),
            "result": one_of("What came of it.", "changed", "unchanged", "failed"),
            "swept": boolean("Whether it was read whole."),
            "total": integer("How many things Spotify counted.", null=True),
            "detail": text("Why it failed.", LONGEST_TEXT, null=True),
            "checked_at": moment("When."),
        },
    ),
    Part(
        name="top_songs_marks",
        doc="Playlists that were marked by hand as the Top Songs of a year, or as none.",
        fields={
            "playlist_id": identity("Which playlist."),
            "year": integer("Of which year; null: it is none.", null=True),
            "marked_at": moment("When."),
        },
    ),
)
