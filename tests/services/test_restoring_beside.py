"""What lies beside an archive in its zip: it is read like any file, and none goes unmentioned."""

import json
from itertools import islice
from zipfile import ZipFile

from tests.exporting import PLAIN, extended, history
from tests.importing import bring_in
from tests.services.listening import Listening
from tests.taking import manifest, members, pack, tables_of, take
from webapp.domain.export_format import MANIFEST
from webapp.queries import imports as queries


def test_every_file_beside_an_archive_is_read_or_named(listening: Listening, newcomer: int) -> None:
    wiring, user_id = listening.wiring, listening.join("empty")
    rows = list(history(40, mixture=PLAIN))
    bring_in(wiring, user_id, extended(islice(rows, 20)))
    archive = take(wiring, user_id)
    beside = {
        "Streaming_History_Audio_2016_0.json": json.dumps(rows[10:]).encode(),
        f"other/{MANIFEST}": json.dumps(manifest(archive)).encode(),
        "other/notes.bin": b"\0\1",
    }
    packed = pack(members(archive), manifest(archive))
    with ZipFile(packed, "a") as package:
        for name, body in beside.items():
            package.writestr(name, body)
    done = bring_in(wiring, newcomer, packed)
    found = [(one.name, one.kind, one.refusal) for one in queries.files(done.id)]
    assert found == [
        ("file 1", "backspin", None),
        ("Streaming_History_Audio_2016_0.json", "extended", None),
        (f"other/{MANIFEST}", "backspin", "backspin"),
        ("other/notes.bin", "unknown", "unknown"),
    ]
    assert len(tables_of(newcomer)["plays"]) == len(rows)
