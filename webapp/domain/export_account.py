"""What an archive has of the listener's own choices: the profile, the collection, the blends."""

from webapp.domain.blends import State
from webapp.domain.export_fields import (
    LONGEST_CODE,
    Part,
    address,
    alphanumeric,
    boolean,
    day,
    digest,
    identity,
    items,
    moment,
    one_of,
    text,
)
from webapp.domain.profiles import Level, Section
from webapp.domain.trends import Kind

ACCOUNT = (
    Part(
        name="profile",
        doc="Who may see what; one line, none where the listener never chose.",
        fields={
            "shown": boolean("Whether there is a profile at all."),
            **{
                section.value: one_of(f"Who may see this section: {section.value}.", *Level)
                for section in Section
            },
            "changed_at": moment("When this was chosen."),
        },
        since=2,
    ),
    Part(
        name="collection",
        doc="What was taken out of the charts into the listener's own collection, oldest first.",
        fields={
            "kind": one_of("What it is.", *Kind),
            "name": text("Name."),
            "artist_names": text("Artists as shown; empty for an artist."),
            "released": day("When it came out.", null=True),
            "image_url": address("Picture.", null=True),
            "spotify_id": alphanumeric("Spotify's id.", null=True),
            "deezer_id": alphanumeric("Deezer's id.", null=True),
            "mbid": digest("MusicBrainz' id: release group, artist or recording.", null=True),
            "upc": text("Barcode.", LONGEST_CODE, null=True),
            "isrc": text("ISRC.", LONGEST_CODE, null=True),
            "genres": items("Genres.", text("Genre.")),
            "added_at": moment("When it was taken in."),
        },
        since=2,
    ),
    Part(
        name="blends",
        doc="With whom the listener compares their music, and invitations that are open. A record"
        " to read: bringing it back makes no blend, for the other one must agree too.",
        fields={
            "state": one_of(
                "agreed: both did. invited: waits, or nobody was told of an answer. declined: by"
                " this listener.",
                *(State.AGREED, State.INVITED, State.DECLINED),
            ),
            "mine": boolean("Whether the invitation was this listener's."),
            "name": identity(
                "The other one's name; of an own invitation, as it was typed; null: by link.",
                null=True,
            ),
            "display_name": text("How the other one is called, where that is known.", null=True),
            "invited_at": moment("When the invitation was made."),
            "since": moment("Since when both agree.", null=True),
            "expires_at": moment("Until when an open link could be taken up.", null=True),
        },
        since=2,
    ),
)
