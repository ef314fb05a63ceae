"""A publication to an object store is seen whole or not at all, and reads like the store."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import polars as pl
import pytest
from typer.testing import CliRunner
from typing_extensions import override

from archive import open_published, open_store
from archive.bucket import Bucket
from archive.dataset.compaction import compact
from archive.errors import ConfigError, CorruptArchiveError, ObjectStoreError, StoreInUseError
from archive.publication import Published, publish
from archive.store import open_for_writing
from crawler.cli import app
from tests.dataset.small_parts import JULY, JUNE, add_part, at_once, begin_run

pytestmark = pytest.mark.s3

Make = Callable[..., Any]


@pytest.fixture
def root(tmp_path: Path, record: Make) -> Path:
    """Return a store with articles of two sites and a capture: five rows in four parts."""
    root = tmp_path / "store"
    begin_run(root)
    with open_for_writing(root, now=JUNE) as store:
        for serial, site in enumerate(["x", "x", "2024"]):
            add_part(
                store, "articles", [record("articles", serial)], part_id=f"{serial}", site=site
            )
        rows = [record("captures", serial) for serial in range(2)]
        add_part(store, "captures", rows, part_id="c")
    return root


def published(root: Path, bucket: Bucket, **options: Any) -> Published:
    return publish(open_store(root).layout, bucket, **({"now": JULY} | options))


def test_what_was_published_reads_like_the_store(root: Path, bucket: Bucket) -> None:
    told = published(root, bucket)

    there, here = open_published(bucket.url), open_store(root)
    assert (told.number, told.parts, told.rows, told.sent) == (1, 4, 5, 4)
    for name in ("articles", "captures", "coverage"):
        ours, theirs = (getattr(each, name).to_arrow().sort_by("url") for each in (here, there))
        assert ours.equals(theirs)
    ask = "SELECT site, month, count(*) AS n FROM articles_latest GROUP BY ALL ORDER BY 1"
    assert there.sql(ask).to_pylist() == here.sql(ask).to_pylist()


def test_other_tools_read_the_files_of_a_publication(
    root: Path, bucket: Bucket, object_store: str
) -> None:
    published(root, bucket)

    files = list(open_published(bucket.url).articles.files())

    frame = pl.scan_parquet(
        files, hive_partitioning=True, storage_options={"endpoint_url": object_store}
    )
    assert sorted(frame.select("site").collect()["site"].cast(str)) == ["2024", "x", "x"]


def test_what_is_there_is_not_sent_again(root: Path, bucket: Bucket, record: Make) -> None:
    published(root, bucket)
    with open_for_writing(root, now=JUNE) as store:
        add_part(store, "articles", [record("articles", 9)], part_id="9")

    again = published(root, bucket)

    assert (again.number, again.sent, again.rows) == (2, 1, 6)
    assert published(root, bucket).is_new is False
    assert len(bucket.sizes("manifests")) == 2


def test_after_a_compaction_no_row_is_there_twice(root: Path, bucket: Bucket) -> None:
    published(root, bucket)
    with open_for_writing(root, now=JULY) as store:
        compact(store, pause=at_once, now=JULY)

    told = published(root, bucket, now=JULY + timedelta(hours=1))

    assert (told.number, told.parts, told.rows, told.sent) == (2, 3, 5, 1)
    assert open_published(bucket.url).articles.scan().count_rows() == 3


def test_older_publications_can_be_asked_for(root: Path, bucket: Bucket, record: Make) -> None:
    published(root, bucket)
    with open_for_writing(root, now=JUNE) as store:
        add_part(store, "articles", [record("articles", 9)], part_id="9")
    published(root, bucket, now=JULY + timedelta(days=1))

    def rows(**at: Any) -> int:
        return open_published(bucket.url, **at).articles.scan().count_rows()

    assert [rows(), rows(at=1), rows(at=2), rows(at=JULY)] == [4, 3, 4, 3]
    with pytest.raises(ConfigError, match="nothing is published"):
        rows(at=JUNE)


def test_a_rehearsal_sends_nothing(root: Path, bucket: Bucket) -> None:
    told = published(root, bucket, is_rehearsal=True)

    assert (told.number, told.sent) == (1, 4)
    assert bucket.sizes("") == {}


class StopHereError(Exception):
    """What ends a publication in its midst."""


def test_a_publication_that_breaks_off_shows_nothing_and_goes_on(
    root: Path, bucket: Bucket
) -> None:
    def stop(part: Any) -> None:
        if part.dataset == "captures":
            raise StopHereError

    with pytest.raises(StopHereError):
        published(root, bucket, report=stop)

    with pytest.raises(ConfigError, match="nothing is published"):
        open_published(bucket.url)
    assert published(root, bucket).sent == 1


def test_the_second_publication_of_a_number_is_refused(root: Path, bucket: Bucket) -> None:
    def overtake(_: Any) -> None:
        bucket.put_new("manifests/000001.json", b"{}")

    with pytest.raises(StoreInUseError, match="took number 1 first"):
        published(root, bucket, report=overtake)

    assert bucket.read("manifests/000001.json") == b"{}"


def test_a_part_that_was_changed_is_not_sent(root: Path, bucket: Bucket) -> None:
    part = next((root / "captures").rglob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-1] + b"\0")

    with pytest.raises(CorruptArchiveError, match=part.name):
        published(root, bucket)

    assert bucket.sizes("manifests") == {}
    assert not [name for name in bucket.sizes("parts") if "captures" in name]


class Breaking(io.BytesIO):
    """Megabytes that cannot be read to their end."""

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        """Return what is asked for, the first three times."""
        if self.tell() > 20_000_000:
            raise OSError("the disk is gone")
        return super().read(size)


def test_a_file_whose_reading_fails_midway_leaves_no_object(bucket: Bucket) -> None:
    with pytest.raises(ObjectStoreError):
        bucket.send("parts/x.parquet", cast("BinaryIO", Breaking(bytes(30_000_000))))

    assert bucket.sizes("") == {}


def test_a_part_that_is_gone_is_said_so(root: Path, bucket: Bucket) -> None:
    published(root, bucket)
    opened = open_published(bucket.url)
    part = replace(opened.publication.parts[0], sha256="0" * 64)
    gone = replace(opened, publication=replace(opened.publication, parts=(part,)))

    with pytest.raises(ObjectStoreError, match="cannot be read"):
        gone.articles.to_arrow()


WRONG = {
    "no_bucket": ("s3:///news", ConfigError, "give s3://bucket/prefix"),
    "another_scheme": ("gs://news", ConfigError, "give s3://bucket/prefix"),
    "no_such_bucket": ("s3://elsewhere/news", ObjectStoreError, "s3://elsewhere/news"),
}


@pytest.mark.parametrize(("url", "error", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_place_that_is_none_is_told_in_one_sentence(
    object_store: str, url: str, error: type[Exception], words: str
) -> None:
    assert object_store
    with pytest.raises(error, match=words):
        open_published(url)


def said(*arguments: str) -> str:
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_the_commands_publish_and_ask(root: Path, bucket: Bucket) -> None:
    where = ("--store", str(root))

    foreseen = said("publish", bucket.url, *where, "--dry-run")
    told = json.loads(said("publish", bucket.url, *where, "--json"))
    again = said("publish", bucket.url, *where)
    asked = said("sql", "select count(*) n from articles", "--store", bucket.url, "--format", "csv")

    assert "would hold 5 rows in 4 parts" in foreseen
    assert (told["number"], told["sent"], told["url"]) == (1, 4, bucket.url)
    assert "publication 1" in again
    assert asked.split() == ["n", "3"]
