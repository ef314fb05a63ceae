"""Publishes a store's datasets to an object store: parts first, then one manifest that names them.

    manifests/000002.json                          which parts a publication consists of
    parts/articles/site=x/month=2026-06/<sha256>.parquet

An object is named by its digest, so none is ever written over, and one that is there is not sent
again. The manifest comes last, by a PUT that fails when another publication took the number: until
then readers see the one before. Nothing is taken away, so older publications can be read, and a
reader who lists `parts/` instead of asking the manifest counts what a compaction replaced twice.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from archive.bucket import Bucket
from archive.columns import plain
from archive.errors import (
    ConfigError,
    CorruptArchiveError,
    StoreError,
    StoreFormatError,
    StoreInUseError,
)
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.layout import Layout
from archive.shipping.shipment import read_shipments
from archive.snapshots import part_file

MANIFEST_VERSION: Final = 1
SHIPPED_VERSION: Final = 2
"""Of a manifest that names shipments."""
MANIFESTS: Final = "manifests"
PARTS: Final = "parts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What one manifest says."""

    number: int
    published_at: datetime
    snapshot: int | None
    """Of the store that was published."""
    parts: tuple[PublishedPart, ...]
    shipments: Mapping[str, str] = field(default_factory=dict)
    """Site and the name of its newest shipment; empty where one store was published."""

    def parts_of(self, dataset: str) -> tuple[PublishedPart, ...]:
        """Return the parts of one dataset."""
        return tuple(part for part in self.parts if part.dataset == dataset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publication did, or would do."""

    number: int
    """The one that readers see now; that of the one before when nothing had changed."""
    is_new: bool
    parts: int
    rows: int
    sent: int
    """Parts that were not there."""
    sent_bytes: int


def object_name(part: PublishedPart) -> str:
    """Return what a part is called in the object store: its folder is the one it has here."""
    return str(PurePosixPath(PARTS, part.path).with_name(f"{part.sha256}.parquet"))


def publish(
    layout: Layout,
    bucket: Bucket,
    *,
    now: datetime,
    is_rehearsal: bool = False,
    report: Callable[[PublishedPart], None] = lambda _: None,
) -> Published:
    """Send what is not there and name it all; with `is_rehearsal`, only say what there is to do.

    A crawl or a compaction may run beside it. Raises CorruptArchiveError for a part that is not
    what was published, StoreInUseError when another publication came first, ObjectStoreError when
    the object store refuses.
    """
    snapshot, parts, files = _current(layout)
    numbers = publication_numbers(bucket)
    before = read_publication(bucket, numbers[-1]) if numbers else None
    if before is not None and before.shipments:
        raise ConfigError(f"workers ship to {bucket.url}: publish a store to another prefix")
    there = bucket.sizes(PARTS)
    missing = [part for part in parts if there.get(object_name(part)) != part.size_bytes]
    is_new = before is None or set(before.parts) != set(parts)
    number = (before.number if before else 0) + is_new
    if is_new and not is_rehearsal:
        for part in missing:
            report(part)
            with sound_part(files[part.path], part) as file:
                bucket.send(object_name(part), file)
        told = Publication(number=number, published_at=now, snapshot=snapshot, parts=parts)
        if not bucket.put_new(manifest_name(number), _written(told)):
            raise StoreInUseError(
                f"{bucket.url}: another publication took number {number} first; "
                "run the same command again"
            )
    return Published(
        number=number,
        is_new=is_new,
        parts=len(parts),
        rows=sum(part.rows for part in parts),
        sent=len(missing),
        sent_bytes=sum(part.size_bytes for part in missing),
    )


def _current(layout: Layout) -> tuple[int | None, tuple[PublishedPart, ...], dict[str, Path]]:
    """Return the store's snapshot, its parts, and where they lie for at least a day."""
    journal = Journal.read(layout.journal)
    try:
        with journal.snapshot():
            current = journal.snapshots.current()
            parts = journal.parts.all()
    finally:
        journal.close()
    files = {part.path: part_file(layout, current, part.path) for part in parts}
    return None if current is None else current.number, parts, files


@contextmanager
def sound_part(path: Path, part: PublishedPart) -> Iterator[BinaryIO]:
    """Open a part that is what the journal says; another must not get its name."""
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != part.sha256:
                why = "it is not what was published: see `newsreel verify`"
                raise CorruptArchiveError(path, 0, why)
            file.seek(0)
            yield file
    except FileNotFoundError as error:
        raise CorruptArchiveError(path, 0, "it is not there") from error


def publication_numbers(bucket: Bucket) -> list[int]:
    """Return which publications there are, the newest last."""
    stems = [PurePosixPath(name).stem for name in bucket.sizes(MANIFESTS)]
    return sorted(int(stem) for stem in stems if stem.isdecimal())


def read_publication(bucket: Bucket, number: int) -> Publication:
    """Return what a manifest says; StoreFormatError when a newer Newsreel wrote it."""
    name = manifest_name(number)
    try:
        told = json.loads(bucket.read(name))
        if told["manifest_version"] > SHIPPED_VERSION:
            raise StoreFormatError(
                f"{bucket.url}/{name} was written by a newer Newsreel; upgrade to read it"
            )
        shipments = told.get("shipments", {})
        parts = tuple(PublishedPart(**_without_object(part)) for part in told.get("parts", ()))
        shipped = (part for each in read_shipments(bucket, shipments) for part in each.parts)
        return Publication(
            number=told["publication"],
            published_at=datetime.fromisoformat(told["published_at"]),
            snapshot=told.get("snapshot"),
            parts=(*parts, *shipped),
            shipments=shipments,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{bucket.url}/{name} is no manifest: {error}") from error


def manifest_name(number: int) -> str:
    """Return what the manifest of a publication is called."""
    return f"{MANIFESTS}/{number:06d}.json"


def _written(told: Publication) -> bytes:
    parts = [{"object": object_name(part), **asdict(part)} for part in told.parts]
    manifest = {
        "manifest_version": MANIFEST_VERSION,
        "publication": told.number,
        "published_at": plain(told.published_at),
        "snapshot": told.snapshot,
        "parts": parts,
    }
    return json.dumps(manifest, indent=1).encode()


def _without_object(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != "object"}
