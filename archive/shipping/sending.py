"""Ships a site's store after a turn: WARCs and parts first, then its journal, then what names them.

Until the catalog names the shipment readers see the one before; a worker that is killed on the way
leaves objects that nothing names. Doing it again sends what is missing.
"""

import gzip
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from archive.bucket import Bucket
from archive.dataset.writer import sha256_of
from archive.errors import StoreError
from archive.instant import from_micros, to_micros
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.layout import Layout
from archive.publication import object_name, sound_part
from archive.shipping.catalog import name_shipment
from archive.shipping.shipment import Shipment, ShippedWarc, packed
from archive.snapshots import part_file

_OPEN: Final = "SELECT id FROM run WHERE coalesce(outcome, '') != 'finished' LIMIT 1"
_WARCS: Final = "SELECT * FROM warc ORDER BY filename"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A site's store as a turn left it, and what is known of the turn."""

    site: str
    word: str
    layout: Layout
    before: Shipment | None
    """What the turn began with; None at the first."""
    worker: str
    next_due: datetime


def ship(bucket: Bucket, leaving: Leaving, *, now: datetime) -> Shipment:
    """Send what is not there and let it count; return the shipment.

    The store is at rest: every run has ended. Raises LeaseLostError when another worker shipped the
    site meanwhile, CorruptArchiveError for a file that is not what was committed.
    """
    parts = _send_parts(bucket, leaving)
    warcs = _send_warcs(bucket, leaving)
    with _packed_journal(leaving.layout, warcs) as (path, digest):
        shipment = Shipment(
            site=leaving.site,
            word=leaving.word,
            round=leaving.before.round + 1 if leaving.before else 1,
            worker=leaving.worker,
            shipped_at=now,
            next_due=leaving.next_due,
            journal_sha256=digest,
            journal_before=leaving.before.journal if leaving.before else None,
            warcs=warcs,
            parts=parts,
        )
        _send(bucket, shipment.journal, path)
    bucket.put_new(shipment.name, packed(shipment))
    before = leaving.before.name if leaving.before else None
    name_shipment(bucket, leaving.site, shipment.name, replacing=before, now=now)
    _remove_old_journal(bucket, leaving.before)
    return shipment


def _remove_old_journal(bucket: Bucket, before: Shipment | None) -> None:
    """Take away the journal that two shipments have followed; the last one may be being read."""
    if before is not None and before.journal_before not in {None, before.journal}:
        bucket.remove([str(before.journal_before)])


def _send_parts(bucket: Bucket, leaving: Leaving) -> tuple[PublishedPart, ...]:
    known = frozenset(leaving.before.parts if leaving.before else ())
    with closing(Journal.read(leaving.layout.journal)) as journal:
        if journal.query(_OPEN):
            raise StoreError(f"{leaving.layout.root} is not at rest: a run of it has not ended")
        current, parts = journal.snapshots.current(), journal.parts.all()
    for part in parts:
        if part not in known:
            with sound_part(part_file(leaving.layout, current, part.path), part) as file:
                bucket.send(object_name(part), file)
    return parts


def _send_warcs(bucket: Bucket, leaving: Leaving) -> tuple[ShippedWarc, ...]:
    sent = {warc.filename: warc for warc in (leaving.before.warcs if leaving.before else ())}
    with closing(Journal.read(leaving.layout.journal)) as journal:
        rows = journal.query(_WARCS)
    for row in rows:
        if row["filename"] in sent:
            continue
        path = leaving.layout.warc(row["filename"])
        warc = ShippedWarc(
            filename=row["filename"],
            run_id=row["run_id"],
            opened_at=from_micros(row["opened_at"]),
            sealed_at=from_micros(row["sealed_at"]),
            committed_length=row["committed_length"],
            sha256=sha256_of(path),
        )
        _send(bucket, f"warc/{leaving.site}/{warc.sha256}/{warc.filename}", path)
        sent[warc.filename] = warc
    return tuple(sent[name] for name in sorted(sent))


def _send(bucket: Bucket, name: str, path: Path) -> None:
    with path.open("rb") as file:
        bucket.send(name, file)


@contextmanager
def _packed_journal(layout: Layout, warcs: tuple[ShippedWarc, ...]) -> Iterator[tuple[Path, str]]:
    """Copy the journal as one compressed file that names all WARCs, also those not here."""
    with tempfile.TemporaryDirectory(dir=layout.staging) as folder:
        copy = Path(folder, "journal.db")
        with (
            closing(
                sqlite3.connect(f"{layout.journal.absolute().as_uri()}?mode=ro", uri=True)
            ) as own,
            closing(sqlite3.connect(copy)) as target,
        ):
            own.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
            with target:
                target.executemany(
                    "INSERT OR IGNORE INTO warc VALUES (?, ?, ?, ?, ?)", map(_row, warcs)
                )
            target.execute("VACUUM")
        path = Path(folder, "journal.db.gz")
        with (
            copy.open("rb") as plain,
            path.open("wb") as packed_file,
            # The same journal gives the same bytes: no name and no time in the head.
            gzip.GzipFile(filename="", mode="wb", fileobj=packed_file, mtime=0) as packing,
        ):
            shutil.copyfileobj(plain, packing)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        yield path, digest


def _row(warc: ShippedWarc) -> tuple[str, str, int, int, int]:
    return (
        warc.filename,
        warc.run_id,
        to_micros(warc.opened_at),
        warc.committed_length,
        to_micros(warc.sealed_at),
    )
