"""The words for what the program only names: errors, collections, states."""

from flask_babel import format_decimal as written
from flask_babel import gettext, lazy_gettext, ngettext

from webapp.domain.syncs import OVER, Collection, Status, Waiting
from webapp.queries.syncs import CollectionRow, SyncRow
from webapp.views.formats import moment

ERRORS = {
    "outage": lazy_gettext("Spotify did not answer properly. It usually recovers by itself."),
    "malformed": lazy_gettext("Spotify answered in a way we do not understand."),
    "token_stale": lazy_gettext("Spotify did not accept our key, not even a new one."),
    "consent_over": lazy_gettext("Spotify's permission has ended. Please reconnect."),
    "not_found": lazy_gettext("Spotify says this does not exist."),
    "endpoint_gone": lazy_gettext("Spotify does not give this to apps like ours any more."),
    "not_allowlisted": lazy_gettext("Spotify does not know you as a user of this app yet."),
    "premium_lapsed": lazy_gettext("The Premium subscription of this app's owner has lapsed."),
    "missing_scope": lazy_gettext("Spotify's permission lacks something we need."),
    "rate_limited": lazy_gettext("Spotify asks us to slow down for a moment."),
    "quota_exceeded": lazy_gettext("Today's calls to Spotify are used up."),
    "paused": lazy_gettext("Our own budget of calls to Spotify is used up for now."),
    "queue_down": lazy_gettext("The job queue cannot be reached."),
    "misconfigured": lazy_gettext(
        "Spotify does not accept this app. The operator must look at its client id and secret."
    ),
    "crashed": lazy_gettext("It broke several times in a row. The operator can see why."),
    "disconnected": lazy_gettext("You disconnected Backspin from Spotify."),
}

COLLECTIONS = {
    Collection.TOP_TRACKS: lazy_gettext("Top tracks"),
    Collection.TOP_ARTISTS: lazy_gettext("Top artists"),
    Collection.RECENTLY_PLAYED: lazy_gettext("Recently played"),
    Collection.PLAYLISTS: lazy_gettext("Playlists"),
    Collection.SAVED_TRACKS: lazy_gettext("Saved tracks"),
    Collection.SAVED_ALBUMS: lazy_gettext("Saved albums"),
    Collection.FOLLOWED_ARTISTS: lazy_gettext("Followed artists"),
}

STATES = {
    Status.PENDING: "pending",
    Status.PROCESSING: "running",
    Status.COMPLETED: "done",
    Status.FAILED: "failed",
}


STANDING = {
    Status.PENDING: lazy_gettext("Waiting for its turn. It starts in a moment."),
    Status.PROCESSING: lazy_gettext("Bringing your library home."),
    Status.COMPLETED: lazy_gettext("Done. Your library is up to date."),
}

WAITING = {
    Waiting.RECONNECT: lazy_gettext("Paused until you reconnect with Spotify. Nothing is lost."),
    Waiting.QUEUE: lazy_gettext(
        "The job queue cannot be reached. This sync is kept and starts by itself."
    ),
    Waiting.BUDGET: lazy_gettext("Paused for a moment. It goes on by itself."),
}


def error_sentence(kind: str | None) -> str:
    """Say an error to a listener."""
    return str(ERRORS.get(kind or "", gettext("Something unexpected happened.")))


def pause_sentence(why: str, until: str) -> str:
    """Say to a listener why nobody may call Spotify now: both kinds of 429 end by themselves."""
    if why == "quota_exceeded":
        return str(
            gettext(
                "Today's calls to Spotify are used up. Work goes on by itself at %(time)s; what is"
                " stored stays.",
                time=until,
            )
        )
    if why == "premium_lapsed":
        return str(
            gettext(
                "Spotify answers nothing: the Premium subscription of this app's owner has"
                " lapsed. The operator has to renew it; what is stored stays."
            )
        )
    return str(
        gettext("Spotify asks us to pause until %(time)s. Work goes on by itself then.", time=until)
    )


def collection_name(name: Collection) -> str:
    """Name a collection."""
    return str(COLLECTIONS[name])


def collection_state(sync: SyncRow, part: CollectionRow) -> str:
    """Name the state of a collection for its icon: what is not over stands as the sync does."""
    if part.status in OVER or sync.status is Status.PROCESSING:
        return STATES[part.status]
    return sync_state(sync)


def sync_state(sync: SyncRow) -> str:
    """Name the state of a whole sync."""
    if sync.status is Status.PENDING and sync.waiting is not None:
        return "paused"
    return STATES[sync.status]


def collection_note(part: CollectionRow) -> str:
    """Say what is being fetched, or what came of it."""
    if part.status is Status.PROCESSING and part.current:
        return str(gettext("reading “%(name)s”", name=part.current))
    if part.status is not Status.COMPLETED:
        return ""
    if part.unchanged:
        return str(gettext("nothing new"))
    counts = (part.added, part.removed, part.skipped)
    return ", ".join(say(count) for say, count in zip(NEWS, counts, strict=True) if count)


def _say_new(count: int) -> str:
    return str(ngettext("%(n)s new", "%(n)s new", count, n=written(count)))


def _say_gone(count: int) -> str:
    return str(ngettext("%(n)s gone", "%(n)s gone", count, n=written(count)))


def _say_skipped(count: int) -> str:
    text = ngettext(
        "%(n)s could not be read this time",
        "%(n)s could not be read this time",
        count,
        n=written(count),
    )
    return str(text)


NEWS = (_say_new, _say_gone, _say_skipped)


def sync_sentence(sync: SyncRow) -> str:
    """Say in one sentence where a sync stands."""
    if sync.waiting is Waiting.BUDGET and sync.resume_at:
        until = moment(sync.resume_at)
        return str(
            gettext(
                "Paused until %(time)s, to stay within the calls that Spotify allows. It goes on"
                " by itself.",
                time=until,
            )
        )
    if sync.waiting is not None:
        return str(WAITING[sync.waiting])
    if sync.status is Status.FAILED:
        return str(gettext("Nothing came home this time. %(why)s", why=error_sentence(sync.error)))
    if sync.status is Status.COMPLETED and sync.partly_failed:
        return str(gettext("Done, with what there was. Some parts failed and can be tried again."))
    return str(STANDING[sync.status])
