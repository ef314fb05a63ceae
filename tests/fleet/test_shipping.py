"""A site is shipped whole or not at all, once a round, and comes back as it was."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import polars as pl
import pytest
from typer.testing import CliRunner
from typing_extensions import override

from archive import open_published, open_store
from archive.bucket import Bucket
from archive.errors import ConfigError, CorruptArchiveError, LeaseLostError, StoreError
from archive.layout import Layout
from archive.publication import publish
from archive.shipping.berth import Berth
from archive.shipping.bringing import bring_for_a_turn, bring_whole
from archive.shipping.catalog import read_catalog
from archive.shipping.sending import Leaving, ship
from archive.shipping.shipment import Shipment
from archive.verify.store import verify
from crawler.cli import app
from crawler.newsroom.server import Newsroom
from tests.fleet.shipped_store import BEGAN, SITE, WORD, crawl_once, newsroom

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def opened() -> Iterator[Newsroom]:
    with newsroom() as opened:
        yield opened


@pytest.fixture(scope="module")
def crawled(opened: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a worker's folder in which one site was crawled."""
    worker = tmp_path_factory.mktemp("worker")
    crawl_once(Berth(worker, SITE).layout.root, opened)
    return worker


@pytest.fixture
def worker(crawled: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder."""
    return Path(shutil.copytree(crawled, tmp_path / "worker", symlinks=True))


def leaving(place: Path, **known: Any) -> Leaving:
    berth = Berth(place, SITE)
    told: dict[str, Any] = {
        "site": SITE,
        "word": WORD,
        "layout": berth.layout,
        "before": berth.shipment(),
        "worker": "one",
        "next_due": BEGAN + timedelta(hours=1),
    }
    return Leaving(**(told | known))


def shipped(bucket: Bucket, place: Path, **known: Any) -> Shipment:
    shipment = ship(bucket, leaving(place, **known), now=BEGAN)
    Berth(place, SITE).note(shipment)
    return shipment


def test_a_site_comes_back_sound_and_with_every_row(
    bucket: Bucket, worker: Path, tmp_path: Path
) -> None:
    shipment = shipped(bucket, worker)

    bring_whole(bucket, shipment, Layout(tmp_path / "back"), now=BEGAN)

    found = verify(tmp_path / "back", is_strict=True)
    assert (found.is_sound, found.is_at_rest, found.dataset.rows["articles"]) == (True, True, 12)
    here, there = (open_store(path) for path in (leaving(worker).layout.root, tmp_path / "back"))
    ask = "SELECT url, version, warc_filename, warc_record_offset FROM articles ORDER BY 1, 2"
    assert here.sql(ask).to_pylist() == there.sql(ask).to_pylist()


def test_what_was_shipped_reads_like_a_publication(bucket: Bucket, worker: Path) -> None:
    shipped(bucket, worker)

    news = open_published(bucket.url)

    assert news.articles.scan().count_rows() == 12
    frame = pl.scan_parquet(list(news.articles.files()), hive_partitioning=True)
    assert frame.select("site").unique().collect()["site"].cast(str).to_list() == [SITE]


def test_shipping_twice_is_shipping_once(bucket: Bucket, worker: Path) -> None:
    first = ship(bucket, leaving(worker), now=BEGAN)
    there = bucket.sizes("")

    again = ship(bucket, leaving(worker), now=BEGAN)

    assert (again, bucket.sizes("")) == (first, there)
    assert read_catalog(bucket).number == 1


class StopHereError(Exception):
    """What ends a shipping in its midst."""


class Breaking(Bucket):
    """A bucket whose worker is gone behind so many objects."""

    def __init__(self, url: str, *, objects: int) -> None:
        super().__init__(url)
        self._left = objects

    @override
    def send(self, name: str, file: BinaryIO) -> None:
        self._count()
        super().send(name, file)

    @override
    def put_new(self, name: str, content: bytes) -> bool:
        self._count()
        return super().put_new(name, content)

    def _count(self) -> None:
        if not self._left:
            raise StopHereError
        self._left -= 1


def test_one_that_breaks_off_anywhere_shows_nothing_and_is_done_again(
    bucket: Bucket, worker: Path, tmp_path: Path
) -> None:
    ship(bucket, leaving(worker), now=BEGAN)
    objects = len(bucket.sizes(""))

    for sent in range(objects):
        place = Bucket(f"{bucket.url}/broken-{sent}")
        with pytest.raises(StopHereError):
            ship(Breaking(place.url, objects=sent), leaving(worker), now=BEGAN)
        assert read_catalog(place).shipments == {}
        with pytest.raises(ConfigError, match="nothing is published"):
            open_published(place.url)

        shipment = ship(place, leaving(worker), now=BEGAN)

        assert len(place.sizes("")) == objects
        bring_whole(place, shipment, Layout(tmp_path / f"back-{sent}"), now=BEGAN)
        assert verify(tmp_path / f"back-{sent}").is_sound


def test_of_two_workers_that_began_with_the_same_only_one_ships(
    bucket: Bucket, worker: Path
) -> None:
    first = ship(bucket, leaving(worker), now=BEGAN)

    with pytest.raises(LeaseLostError, match="shipped by another worker"):
        ship(bucket, leaving(worker, worker="two"), now=BEGAN)

    assert read_catalog(bucket).shipments == {SITE: first.name}
    assert open_published(bucket.url).articles.scan().count_rows() == 12


def test_another_worker_goes_on_with_versions_and_validators(
    bucket: Bucket, worker: Path, opened: Newsroom, tmp_path: Path
) -> None:
    first = shipped(bucket, worker)
    berth = Berth(tmp_path / "other", SITE)
    with berth.replaced(first) as layout:
        bring_for_a_turn(bucket, first, layout, with_pages=False)
    _make_due(berth.layout)
    edited = next(iter(opened.edit()))  # on the first site, which is ours
    asked_before = len(opened.requests)

    crawl_once(berth.layout.root, opened)
    second = shipped(bucket, berth.worker, worker="other")

    answered = [each.status for each in opened.requests[asked_before:]]
    assert (second.round, len(second.warcs)) == (2, 2)
    assert answered.count(304) > len(answered) / 2
    versions = open_published(bucket.url).sql("SELECT url, version FROM articles WHERE version > 1")
    path = urlsplit(edited.url).path
    assert versions.to_pylist() == [{"url": WORD.rstrip("/") + path, "version": 2}]
    bring_whole(bucket, second, Layout(tmp_path / "back"), now=BEGAN)
    assert verify(tmp_path / "back").is_sound


def _make_due(layout: Layout) -> None:
    """Let every page and listing have been looked at a day ago."""
    with closing(sqlite3.connect(layout.journal)) as db, db:
        db.execute("UPDATE look SET looked_at = looked_at - 86400000000")


def test_a_store_that_is_not_at_rest_is_not_shipped(bucket: Bucket, worker: Path) -> None:
    with closing(sqlite3.connect(Berth(worker, SITE).layout.journal)) as db, db:
        db.execute("UPDATE run SET outcome = 'stopped'")

    with pytest.raises(StoreError, match="not at rest"):
        ship(bucket, leaving(worker), now=BEGAN)

    assert bucket.sizes("") == {}


def test_an_object_that_was_changed_is_found_out(
    bucket: Bucket, worker: Path, tmp_path: Path
) -> None:
    shipment = shipped(bucket, worker)
    name = shipment.warc(shipment.warcs[0])
    changed = tmp_path / "changed"
    changed.write_bytes(bucket.read(name)[:-1] + b"\1")
    with changed.open("rb") as file:
        bucket.send(name, file)

    with pytest.raises(CorruptArchiveError, match="not what was shipped"):
        bring_whole(bucket, shipment, Layout(tmp_path / "back"), now=BEGAN)

    told = CliRunner().invoke(app, ["verify", "--store", bucket.url])
    assert (told.exit_code, "Damaged: 1 site." in told.stdout) == (5, True)


def test_the_commands_gather_and_verify(bucket: Bucket, worker: Path, tmp_path: Path) -> None:
    shipped(bucket, worker)
    gather = ["gather", bucket.url, "--store", str(tmp_path / "all"), "--json"]

    told = CliRunner().invoke(app, ["verify", "--store", bucket.url])
    first, again = (CliRunner().invoke(app, gather) for _ in range(2))

    assert (told.exit_code, "Sound." in told.stdout) == (0, True), told.output
    assert json.loads(first.stdout)["brought"] == [SITE]
    assert json.loads(again.stdout)["brought"] == []
    assert verify(tmp_path / "all" / SITE).is_sound


def test_a_store_and_workers_do_not_share_a_prefix(bucket: Bucket, worker: Path) -> None:
    layout = Berth(worker, SITE).layout
    publish(layout, bucket, now=BEGAN)

    with pytest.raises(ConfigError, match="prefix of their own"):
        ship(bucket, leaving(worker), now=BEGAN)
    other = Bucket(f"{bucket.url}/other")
    ship(other, leaving(worker), now=BEGAN)
    with pytest.raises(ConfigError, match="another prefix"):
        publish(layout, other, now=BEGAN)
