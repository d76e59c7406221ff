"""An import from an account at Last.fm or ListenBrainz: page by page into staging, then as others.

Where the walk is gets written with what each page brought, so that a run that broke off goes on
there. When the service wants to be left alone, the import goes back to the queue until then.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from webapp import db
from webapp.domain.errors import OutageError, ProviderError, RateLimitedError
from webapp.domain.import_accounts import (
    AccountReader,
    Leaf,
    Service,
    Walk,
    fresh_walk,
    progress,
    wait_after,
)
from webapp.domain.imports import Phase
from webapp.domain.reports import Source
from webapp.providers.exports import Kind
from webapp.providers.lastfm import LastFm
from webapp.providers.listenbrainz import ListenBrainz
from webapp.providers.transport import Transport
from webapp.queries import import_walks, imports
from webapp.queries.imports import FileRow, ImportRow
from webapp.services.import_staging import Staging
from webapp.services.wiring import Wiring

FILE = 0
KINDS: Mapping[Service, Kind] = {
    Service.LASTFM: Kind.LASTFM_API,
    Service.LISTENBRAINZ: Kind.LISTENBRAINZ,
}


def offered(wiring: Wiring) -> list[Service]:
    """List the services whose accounts can be read here: Last.fm wants a key."""
    without = set() if wiring.settings.lastfm_api_key else {Service.LASTFM}
    return [service for service in Service if service not in without]


def open_account(wiring: Wiring, user_id: int, service: Service, account: str) -> int:
    """Open an import of an account; return its id. Nobody is called yet."""
    with db.transaction():
        import_id = imports.add(user_id, service, account, wiring.clock())
        shown = FileRow(
            file=FILE,
            upload=0,
            name=account,
            kind=KINDS[service],
            bytes=0,
            rows=None,
            refusal=None,
        )
        imports.add_files(import_id, [shown])
    return import_id


def fetch(wiring: Wiring, row: ImportRow, account: str, pen: Staging) -> ImportRow:
    """Stage what of an account is not staged yet; give the import as it is then.

    Raises ProviderError: `wait_for` tells whether that passes.
    """
    service = Service(row.origin)
    with _reader(wiring, service) as reader:
        walk = _begin(wiring, row, account, pen, reader)
        while not walk.over:
            leaf = reader.read(account, walk)
            total = _keep(row, pen, Source(service), leaf)
            row, walk = replace(row, bytes_total=total), leaf.walk
            if leaf.wait and not walk.over:
                raise RateLimitedError(retry_after=leaf.wait, quota=False, detail="pace")
    return row


def wait_for(wiring: Wiring, row: ImportRow, claim: UUID, error: ProviderError) -> datetime | None:
    """Let go of an import until its service can be asked again, and tell when; None: it can't."""
    walk = import_walks.find(row.id) or fresh_walk(None, wiring.clock())
    if isinstance(error, RateLimitedError):
        wait: timedelta | None = timedelta(seconds=error.retry_after)
    elif isinstance(error, OutageError):
        walk = replace(walk, stumbles=walk.stumbles + 1)
        wait = wait_after(walk.stumbles)
    else:
        wait = None
    wiring.log.info("account not read", imported=row.id, error=error.kind, detail=error.detail)
    if wait is None:
        return None
    now = wiring.clock()
    with db.transaction():
        import_walks.keep(row.id, walk, progress(walk, row.rows_done)[1])
        import_walks.pause(row.id, claim, now + wait, now)
    return now + wait


def _begin(
    wiring: Wiring, row: ImportRow, account: str, pen: Staging, reader: AccountReader
) -> Walk:
    """Go on where an earlier run was, unless what it staged is gone: then all begins anew."""
    staged, walk = pen.resume(), import_walks.find(row.id)
    if walk is not None and walk.place is not None and staged:
        return walk
    reached = import_walks.reached(row.user_id, row.origin, account)
    fresh = fresh_walk(reached, wiring.clock(), walk.stumbles if walk else 0)
    walk = replace(reader.begin(account, fresh), stumbles=0)
    _write(row, pen, walk)
    return walk


def _keep(row: ImportRow, pen: Staging, source: Source, leaf: Leaf) -> int:
    """Stage a page and where the walk is then, together; tell how much there is in all."""
    first = pen.rows_done + 1
    rows = (told._replace(number=first + n) for n, told in enumerate(leaf.rows))
    done, _ = progress(leaf.walk, pen.rows_done + len(leaf.rows))
    with db.transaction():
        pen.take(FILE, source, rows, lambda: done)
        return _write(row, pen, leaf.walk)


def _write(row: ImportRow, pen: Staging, walk: Walk) -> int:
    done, total = progress(walk, pen.rows_done)
    with db.transaction():
        pen.beat(Phase.READING, done)
        import_walks.keep(row.id, walk, total)
    return total


@contextmanager
def _reader(wiring: Wiring, service: Service) -> Iterator[AccountReader]:
    """Connect to a service as the settings say."""
    settings, clock = wiring.settings, wiring.clock
    contact = settings.operator_contact
    if service is Service.LASTFM:
        with Transport(settings.lastfm_url, contact=contact) as transport:
            yield LastFm(transport, settings.lastfm_api_key, clock)
    else:
        token = settings.listenbrainz_token
        authorization = f"Token {token}" if token else ""
        with Transport(
            settings.listenbrainz_url, contact=contact, authorization=authorization
        ) as transport:
            yield ListenBrainz(transport, clock)
