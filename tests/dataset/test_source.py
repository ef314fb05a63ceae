"""A row leads back to its record, and to no other."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from archive import open_store
from archive.digest import labelled_sha1
from archive.errors import ConfigError, CorruptArchiveError
from archive.layout import Layout

NAME = "newsreel-run-1-00001.warc.gz"
RECORD_ID = "<urn:uuid:00000000-0000-4000-8000-000000000001>"
OTHER_ID = "<urn:uuid:00000000-0000-4000-8000-000000000002>"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"

Make = Callable[..., Any]


def member(kind: str, block: bytes, digest: str | None = None) -> bytes:
    """Return a record as a gzip member."""
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {RECORD_ID}\r\n"
        "WARC-Date: 2026-06-01T00:00:00Z\r\nWARC-Target-URI: https://x.example/\r\n"
        f"WARC-Block-Digest: {digest or labelled_sha1(block)}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


def archived(layout: Layout, record: bytes, ending: str = "") -> dict[str, Any]:
    """Write a file of two records, and return the columns that point at the second."""
    before = member("request", b"GET / HTTP/1.1\r\n\r\n")
    layout.warc(NAME + ending).write_bytes(before + record)
    return {
        "warc_filename": NAME,
        "warc_record_offset": len(before),
        "warc_record_length": len(record),
        "warc_record_id": RECORD_ID,
        "content_digest": labelled_sha1(b"page"),
    }


ANSWERS = {
    "plain": ("response", PLAIN),
    "chunked": ("response", CHUNKED),
    "revisit": ("revisit", NOT_MODIFIED),
}


@pytest.mark.parametrize(("kind", "raw"), ANSWERS.values(), ids=ANSWERS.keys())
@pytest.mark.parametrize("ending", ["", ".open"], ids=["sealed", "growing"])
@pytest.mark.parametrize("dataset", ["articles", "captures"])
def test_a_row_gives_back_the_bytes_of_the_wire(
    layout: Layout, record: Make, dataset: str, ending: str, kind: str, raw: bytes
) -> None:
    row = record(dataset, **archived(layout, member(kind, raw), ending))

    assert open_store(layout.root).record(row) == raw


def test_a_row_out_of_a_table_will_do(
    layout: Layout, record: Make, put: Callable[..., Any]
) -> None:
    put("articles", [record("articles", **archived(layout, member("response", PLAIN)))])
    store = open_store(layout.root)

    (row,) = store.sql("SELECT * FROM articles_latest").to_pylist()

    assert store.record(row) == PLAIN


WRONG = {
    "record": ({"warc_record_id": OTHER_ID}, "WARC-Record-ID"),
    "digest": ({"content_digest": labelled_sha1(b"other")}, "payload digest"),
    "offset": ({"warc_record_offset": 1}, "at byte 1"),
    "length": ({"warc_record_length": 20}, NAME),
    "file": ({"warc_filename": "newsreel-run-9-00001.warc.gz"}, "newsreel-run-9"),
}


@pytest.mark.parametrize(("change", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_row_that_points_wrong_is_told(
    layout: Layout, record: Make, change: dict[str, Any], told: str
) -> None:
    place = archived(layout, member("response", PLAIN))
    row = record("articles", **(place | change))

    with pytest.raises(CorruptArchiveError, match=told):
        open_store(layout.root).record(row)


def test_a_block_that_is_not_what_its_record_says_is_told(layout: Layout, record: Make) -> None:
    forged = member("response", PLAIN, digest=labelled_sha1(b"other"))
    row = record("articles", **archived(layout, forged))

    with pytest.raises(CorruptArchiveError, match="WARC-Block-Digest"):
        open_store(layout.root).record(row)


def test_a_row_without_a_place_is_refused(layout: Layout, record: Make) -> None:
    with pytest.raises(ConfigError, match="warc_filename"):
        open_store(layout.root).record(record("articles"))


def test_a_row_cannot_lead_out_of_the_archive(layout: Layout, record: Make) -> None:
    place = archived(layout, member("response", PLAIN))
    row = record("articles", **(place | {"warc_filename": f"../warc/{NAME}"}))

    with pytest.raises(ConfigError, match="bare name"):
        open_store(layout.root).record(row)
