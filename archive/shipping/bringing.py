"""Brings a site from the object store: whole, to be read, or what a next turn needs to go on.

Every file is compared with the digest that its shipment gives.
"""

import gzip
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from archive.bucket import Bucket
from archive.durable import publish
from archive.errors import CorruptArchiveError
from archive.index.build import index_after_sealing
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.publication import object_name
from archive.shipping.shipment import Shipment
from archive.snapshots import placed
from archive.store import open_for_writing

# A page that did not change is not read again; a listing may be, out of the answer before.
_NEEDED: Final = (
    "SELECT DISTINCT c.warc_filename FROM address a JOIN capture c ON c.id = a.payload_id "
    "WHERE c.warc_filename IS NOT NULL AND (?1 OR a.kind NOT IN ('page', 'requisite'))"
)


def bring_whole(bucket: Bucket, shipment: Shipment, layout: Layout, *, now: datetime) -> None:
    """Make the site's whole store in an empty folder: all that was ever shipped of it."""
    _bring_journal(bucket, shipment, layout)
    _bring_warcs(bucket, shipment, layout, {warc.filename for warc in shipment.warcs})
    with closing(Journal.read(layout.journal)) as journal:
        current = journal.snapshots.current()
    number = current.number if current else 1
    for part in shipment.parts:
        target = placed(layout, number, part.path)
        if ".." in target.parts:
            raise CorruptArchiveError(shipment.name, 0, f"{part.path} is no part's path")
        _fetch(bucket, object_name(part), part.sha256, layout, target)
    with open_for_writing(layout.root, now=now) as store:
        index_after_sealing(store.layout)


def bring_for_a_turn(
    bucket: Bucket, shipment: Shipment, layout: Layout, *, with_pages: bool
) -> None:
    """Make a store in an empty folder that a crawl goes on with: the journal, and few WARCs.

    `with_pages`: also the WARCs that hold pages as they stand, for whose requisites they are read.
    """
    _bring_journal(bucket, shipment, layout)
    with closing(sqlite3.connect(layout.journal)) as db, db:
        needed = {row[0] for row in db.execute(_NEEDED, (with_pages,))}
        gone = [(warc.filename,) for warc in shipment.warcs if warc.filename not in needed]
        db.executemany("DELETE FROM warc WHERE filename = ?", gone)
    _bring_warcs(bucket, shipment, layout, needed)


def _bring_journal(bucket: Bucket, shipment: Shipment, layout: Layout) -> None:
    layout.staging.mkdir(parents=True)
    packed = layout.staged("journal.db.gz")
    _checked(bucket, shipment.journal, shipment.journal_sha256, packed)
    unpacked = layout.staged("journal.db")
    with gzip.open(packed, "rb") as source, unpacked.open("wb") as target:
        shutil.copyfileobj(source, target)
    packed.unlink()
    publish(unpacked, layout.journal)


def _bring_warcs(
    bucket: Bucket, shipment: Shipment, layout: Layout, filenames: Iterable[str]
) -> None:
    wanted = frozenset(filenames)
    layout.warcs.mkdir()
    for warc in shipment.warcs:
        if warc.filename in wanted:
            _fetch(bucket, shipment.warc(warc), warc.sha256, layout, layout.warc(warc.filename))


def _fetch(bucket: Bucket, name: str, sha256: str, layout: Layout, target: Path) -> None:
    staged = layout.staged(target.name)
    _checked(bucket, name, sha256, staged)
    publish(staged, target)


def _checked(bucket: Bucket, name: str, sha256: str, target: Path) -> None:
    target.unlink(missing_ok=True)
    if bucket.fetch(name, target) != sha256:
        raise CorruptArchiveError(f"{bucket.url}/{name}", 0, "it is not what was shipped")
