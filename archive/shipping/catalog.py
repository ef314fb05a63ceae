"""The catalog: which shipment of each site counts, and the one step by which another does.

It is the newest of the manifests that publications are named by, so what one store published and
what many workers shipped opens the same way. A manifest of workers names one shipment a site. The
next one is put under the next number by a PUT that fails when another worker took that number (RFC
9110, 13.1.2); then we look again: as long as our site is where our turn began, only the number was
taken. Where it is not, another worker has had the site since, and nothing of ours may count. No
clock and no ledger plays a part in this.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from archive.bucket import Bucket
from archive.columns import plain
from archive.errors import ConfigError, LeaseLostError, StoreError, StoreFormatError
from archive.publication import SHIPPED_VERSION, manifest_name, publication_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What one manifest of workers says."""

    number: int = 0
    """0: nothing was shipped yet."""
    shipments: Mapping[str, str] = field(default_factory=dict)
    """Site and the name of its newest shipment."""


_EMPTY: Final = Catalog()


def read_catalog(bucket: Bucket) -> Catalog:
    """Return the newest catalog.

    Raises ConfigError where a single store was published, ObjectStoreError when the object store
    cannot be asked.
    """
    numbers = publication_numbers(bucket)
    if not numbers:
        return _EMPTY
    name = manifest_name(numbers[-1])
    try:
        told = json.loads(bucket.read(name))
        if told["manifest_version"] > SHIPPED_VERSION:
            raise StoreFormatError(
                f"{bucket.url}/{name} was written by a newer Newsreel; upgrade to read it"
            )
        if told["manifest_version"] < SHIPPED_VERSION:
            raise ConfigError(
                f"a store was published to {bucket.url}, and nothing was shipped there by workers: "
                "give them a prefix of their own"
            )
        return Catalog(number=told["publication"], shipments=told["shipments"])
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{bucket.url}/{name} is no manifest: {error}") from error


def name_shipment(
    bucket: Bucket, site: str, name: str, *, replacing: str | None, now: datetime
) -> int:
    """Let a shipment count in the place of the one its turn began with; return the number.

    To do so twice is to do it once. Raises LeaseLostError when another shipment of the site came
    first: of two workers that began with the same one, only one gets here.
    """
    while True:
        catalog = read_catalog(bucket)
        newest = catalog.shipments.get(site)
        if newest == name:
            return catalog.number
        if newest != replacing:
            raise LeaseLostError(
                f"{site} was shipped by another worker meanwhile; what this one fetched of it is "
                "dropped, and not seen by readers"
            )
        number = catalog.number + 1
        manifest = {
            "manifest_version": SHIPPED_VERSION,
            "publication": number,
            "published_at": plain(now),
            "shipments": {**catalog.shipments, site: name},
        }
        if bucket.put_new(manifest_name(number), json.dumps(manifest, indent=1).encode()):
            return number
