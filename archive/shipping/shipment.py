"""A site as it was shipped after a turn: its journal, its WARCs and its parts, by name and digest.

    shipments/x/000003-5d41402abc4b.json.gz       this: everything of the site, not what was added
    journals/x/<sha256>.db.gz                     the site's journal as the turn left it
    warc/x/<sha256>/newsreel-<run>-00001.warc.gz
    parts/articles/site=x/month=2026-06/<sha256>.parquet

Names carry digests, so nothing is ever written over and what is there need not be sent again. What
was sent counts once a manifest names the shipment (archive/shipping/catalog.py).
"""

import gzip
import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from archive.bucket import Bucket
from archive.columns import plain
from archive.errors import StoreError, StoreFormatError
from archive.journal.parts import PublishedPart

SHIPMENT_VERSION: Final = 1
_AT_ONCE: Final = 16
"""Requests to an object store, which answers each in some 20 ms and many at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedWarc:
    """A sealed WARC, as the journal has it, and the digest of the file."""

    filename: str
    run_id: str
    opened_at: datetime
    sealed_at: datetime
    committed_length: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Everything of one site after one turn."""

    site: str
    word: str
    """The target, as the operator gave it."""
    round: int
    """Counted from 1: the next one of this site follows this one, and only one may."""
    worker: str
    shipped_at: datetime
    next_due: datetime
    journal_sha256: str
    """Of the journal as it was sent, compressed."""
    journal_before: str | None
    """What the journal of the shipment before is called; None at the first."""
    warcs: tuple[ShippedWarc, ...]
    parts: tuple[PublishedPart, ...]

    @property
    def journal(self) -> str:
        """What its journal is called."""
        return f"journals/{self.site}/{self.journal_sha256}.db.gz"

    @property
    def name(self) -> str:
        """What it is called itself: two that differ have two names."""
        digest = hashlib.sha256(packed(self)).hexdigest()
        return f"shipments/{self.site}/{self.round:06d}-{digest[:16]}.json.gz"

    def warc(self, warc: ShippedWarc) -> str:
        """Return what one of its WARCs is called."""
        return f"warc/{self.site}/{warc.sha256}/{warc.filename}"


def packed(shipment: Shipment) -> bytes:
    """Return a shipment as it is sent; the same one gives the same bytes."""
    told = {"shipment_version": SHIPMENT_VERSION, **plain(asdict(shipment))}
    return gzip.compress(json.dumps(told, indent=0).encode(), mtime=0)


def unpacked(data: bytes, *, where: str) -> Shipment:
    """Return the shipment that was sent; StoreFormatError when a newer Newsreel wrote it."""
    try:
        told = json.loads(gzip.decompress(data))
        if told.pop("shipment_version") > SHIPMENT_VERSION:
            raise StoreFormatError(f"{where} was written by a newer Newsreel; upgrade to read it")
        return Shipment(
            **{
                **_dated(told, "shipped_at", "next_due"),
                "warcs": tuple(
                    ShippedWarc(**_dated(each, "opened_at", "sealed_at")) for each in told["warcs"]
                ),
                "parts": tuple(PublishedPart(**each) for each in told["parts"]),
            }
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{where} is no shipment: {error}") from error


def _dated(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**told, **{name: datetime.fromisoformat(told[name]) for name in names}}


def read_shipment(bucket: Bucket, name: str) -> Shipment:
    """Return a shipment by its name."""
    return unpacked(bucket.read(name), where=f"{bucket.url}/{name}")


def read_shipments(bucket: Bucket, names: Mapping[str, str]) -> tuple[Shipment, ...]:
    """Return the shipments of a catalog, in the order of their sites."""
    if not names:
        return ()
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return tuple(threads.map(lambda site: read_shipment(bucket, names[site]), sorted(names)))
