"""What names a shipment says all of it, and a berth holds a site whole or as it was."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import StoreError, StoreFormatError
from archive.journal.parts import PublishedPart
from archive.shipping.berth import Berth
from archive.shipping.shipment import Shipment, ShippedWarc, packed, unpacked

NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
SHIPMENT = Shipment(
    site="x",
    word="http://x.example/",
    round=3,
    worker="one",
    shipped_at=NOON,
    next_due=NOON + timedelta(hours=6),
    journal_sha256="ab" * 32,
    journal_before=None,
    warcs=(
        ShippedWarc(
            filename="newsreel-20260518T120000Z-9c41-00001.warc.gz",
            run_id="20260518T120000Z-9c41",
            opened_at=NOON,
            sealed_at=NOON,
            committed_length=1234,
            sha256="cd" * 32,
        ),
    ),
    parts=(
        PublishedPart(
            dataset="articles",
            path="articles/site=x/month=2026-05/part-1.parquet",
            rows=2,
            size_bytes=99,
            sha256="ef" * 32,
            schema_version=2,
            run_id="20260518T120000Z-9c41",
        ),
    ),
)


def test_it_comes_out_as_it_went_in() -> None:
    assert unpacked(packed(SHIPMENT), where="here") == SHIPMENT


def test_what_differs_has_another_name() -> None:
    names = {SHIPMENT.name, replace(SHIPMENT, worker="two").name, replace(SHIPMENT, round=4).name}

    assert len(names) == 3
    assert replace(SHIPMENT).name == SHIPMENT.name


def test_one_that_is_cut_anywhere_is_none() -> None:
    whole = packed(SHIPMENT)

    for length in range(len(whole)):
        with pytest.raises(StoreError, match="is no shipment"):
            unpacked(whole[:length], where="here")


def test_one_of_a_newer_newsreel_is_refused() -> None:
    told = json.loads(gzip.decompress(packed(SHIPMENT))) | {"shipment_version": 99}

    with pytest.raises(StoreFormatError, match="upgrade"):
        unpacked(gzip.compress(json.dumps(told).encode()), where="here")


def test_a_site_that_was_brought_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    berth = Berth(tmp_path, "x")
    berth.layout.root.mkdir(parents=True)
    (berth.layout.root / "old").touch()

    with berth.replaced(SHIPMENT) as layout:
        layout.root.mkdir()
        (layout.root / "new").touch()

    assert [path.name for path in berth.layout.root.iterdir()] == ["new"]
    assert berth.shipment() == SHIPMENT


def test_a_site_that_could_not_be_brought_leaves_what_was_there(tmp_path: Path) -> None:
    berth = Berth(tmp_path, "x")
    berth.layout.root.mkdir(parents=True)

    with pytest.raises(StoreError), berth.replaced(SHIPMENT):
        raise StoreError("an object is not there")

    assert berth.layout.root.is_dir()
    assert berth.shipment() is None
