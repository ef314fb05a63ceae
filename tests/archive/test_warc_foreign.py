"""Lenient reading: other people's files, as they are written and as they break."""

import gzip
import random
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.digest import labelled_sha1
from archive.errors import ConfigError
from archive.warc.foreign import Damage, ForeignRecord, looks_like_warc, read_any
from tests.archive.warc_samples import small_file

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HTML = b"<!doctype html><p>lorem ipsum</p>"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML
URL = "http://x.example/a"


def record(
    block: bytes = PAGE,
    url: str = URL,
    kind: str = "response",
    *,
    extra: str = "",
    length: object = None,
    version: str = "1.0",
) -> bytes:
    """Return a record as another tool might write it."""
    head = (
        f"WARC/{version}\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2024-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n{extra}"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def packed(records: Iterable[bytes]) -> bytes:
    """Return the records as one gzip member each."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "other.warc.gz"


def read(path: Path, data: bytes, **limits: Any) -> list[ForeignRecord]:
    path.write_bytes(data)
    return list(read_any(path, **limits))


def test_a_page_comes_with_all_that_is_known_of_it(path: Path) -> None:
    before = packed([record(kind="request")])
    data = before + packed([record()]) + packed([record(kind="metadata")])

    pages = read(path, data)

    assert pages == [
        ForeignRecord(
            url=URL,
            date=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
            status=200,
            content_type="text/html",
            fields=(("Content-Type", "text/html"),),
            payload=HTML,
            problem=None,
            payload_digest=labelled_sha1(HTML),
            record_id="<urn:uuid:1>",
            filename="other.warc.gz",
            offset=len(before),
            length=len(packed([record()])),
        )
    ]


def test_our_own_files_are_read_too(path: Path) -> None:
    small_file(path)

    assert [page.payload for page in read_any(path)] == [b"hello", b"hello"]


GZIPPED = gzip.compress(HTML, mtime=0)
AS_WRITTEN_BY = {
    "wget_brackets": record(url=f"<{URL}>"),
    "space_in_address": record(url="http://x.example/a b"),
    "a_later_version": record(version="1.1"),
    "lf_only_answer": record(b"HTTP/1.0 200 OK\nContent-Type: text/html\n\n" + HTML),
    "gzip": record(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + GZIPPED),
    "gzip_in_chunks": record(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n%b\r\n0\r\n\r\n" % (len(GZIPPED), GZIPPED)
    ),
    "browsertrix_renames_fields": record(
        b"HTTP/1.1 200 OK\r\nx-orig-content-encoding: br\r\n"
        b"x-orig-transfer-encoding: chunked\r\n\r\n" + HTML
    ),
    "common_crawl_renames_fields": record(
        b"HTTP/1.1 200 OK\r\nX-Crawler-Content-Encoding: gzip\r\n\r\n" + HTML
    ),
    "dechunked_under_its_old_field": record(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + HTML
    ),
    "decoded_under_its_old_field": record(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + HTML
    ),
    "unknown_coding_of_plain_html": record(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: utf-8\r\n\r\n" + HTML
    ),
    "early_hints_in_front": record(b"HTTP/1.1 103 Early Hints\r\n\r\n" + PAGE),
    "a_resource": record(HTML, kind="resource", extra="Content-Type: text/html\r\n"),
    "an_answer_without_head": record(HTML),
    "longer_than_announced": record(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + HTML),
    "a_word_for_a_length": record(b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n" + HTML),
}


@pytest.mark.parametrize("written", AS_WRITTEN_BY.values(), ids=AS_WRITTEN_BY.keys())
@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["gzipped", "plain"])
def test_the_page_is_found_however_it_was_written(
    path: Path, written: bytes, pack: Callable[[bytes], bytes]
) -> None:
    (page,) = read(path, pack(written))

    assert (page.payload, page.problem) == (HTML, None)
    assert page.url.startswith(URL)


NO_PAGE = {
    "a_revisit": record(kind="revisit"),
    "a_request": record(kind="request"),
    "a_lookup": record(b"x", url="dns:x.example", kind="resource"),
    "a_screenshot": record(b"x", url="urn:view:http://x.example/", kind="resource"),
}


@pytest.mark.parametrize("written", NO_PAGE.values(), ids=NO_PAGE.keys())
def test_what_is_no_page_is_passed_over(path: Path, written: bytes) -> None:
    assert [page.payload for page in read(path, packed([written, record()]))] == [HTML]


PROBLEMS = {
    "cut_by_the_crawler": (record(extra="WARC-Truncated: length\r\n"), "truncated", HTML),
    "shorter_than_announced": (
        record(b"HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n" + HTML),
        "truncated",
        HTML,
    ),
    "torn_gzip_body": (
        record(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + GZIPPED[:-4]),
        "truncated",
        HTML,
    ),
    "longer_than_it_is": (record(length=len(PAGE) + 40), "truncated", HTML + b"\r\n\r\n"),
    "broken_coding": (
        record(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n" + b"\xff" * 30),
        "bad_content_coding",
        b"",
    ),
    "unknown_coding": (
        record(b"HTTP/1.1 200 OK\r\nContent-Encoding: lzma\r\n\r\n" + b"\xff" * 30),
        "unknown_content_coding",
        b"",
    ),
    "a_bomb": (
        record(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(9999))),
        "too_large",
        b"",
    ),
    "a_large_body": (record(PAGE + bytes(9999)), "too_large", b""),
}


@pytest.mark.parametrize(("written", "problem", "payload"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_payload_that_is_not_whole_says_so_and_the_next_is_read(
    path: Path, written: bytes, problem: str, payload: bytes
) -> None:
    first, second = read(path, packed([written, record()]), limit_bytes=9000)

    assert (first.problem, first.payload) == (problem, payload)
    assert (second.problem, second.payload) == (None, HTML)


SECOND = gzip.compress(record(), mtime=0)
DAMAGE = {
    "garbage_between": b"GARBAGE!\n",
    "a_torn_member": SECOND[: len(SECOND) // 2],
    "a_member_with_a_bad_checksum": SECOND[:-8] + bytes(8),
    "a_member_of_something_else": gzip.compress(b"lorem ipsum"),
    "a_member_of_noise": SECOND[:12] + random.Random(1).randbytes(3000),
    "half_a_gzip_header": b"\x1f\x8b\x08",
    "no_length": gzip.compress(record(kind="x").replace(b"Content-Length", b"Content-Width")),
    "a_word_for_a_length": gzip.compress(record(kind="request", length="many")),
    "a_negative_length": gzip.compress(record(kind="request", length=-5)),
    "a_length_of_twenty_digits": gzip.compress(record(kind="request", length=10**20 - 1)),
    "an_endless_line": gzip.compress(b"WARC/1.0\r\nX: " + bytes(3 << 20), 1),
    "an_endless_head": gzip.compress(b"WARC/1.0\r\n" + b"X: y\r\n" * (1 << 18), 1),
    "an_endless_head_of_a_page": gzip.compress(
        record(url=URL + "X").removesuffix(b"\r\n" + PAGE + b"\r\n\r\n") + b"X: y\r\n" * (1 << 18),
        1,
    ),
    "nothing_but_blank_lines": gzip.compress(b"\r\n" * 9999),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_in_a_gzipped_file_costs_no_other_record(path: Path, damage: bytes) -> None:
    pages = read(path, packed([record(url=URL + "1")]) + damage + packed([record(url=URL + "2")]))

    whole = [page.url for page in pages if page.length is not None]
    assert whole == [URL + "1", URL + "2"]


@pytest.mark.parametrize("start", range(65534, 65538))
def test_a_record_is_found_wherever_the_pieces_read_end(path: Path, start: int) -> None:
    first = packed([record()])

    pages = read(path, first + b"x" * (start - len(first)) + packed([record()]))

    assert [page.offset for page in pages] == [0, start]


def test_a_damaged_member_has_no_length(path: Path) -> None:
    (page,) = read(path, SECOND[:-3])

    assert (page.offset, page.length) == (0, None)


PLAIN_DAMAGE = {
    "garbage_between": b"GARBAGE!\n" + bytes(100),
    "a_record_of_another_version": record(version="9.9"),
    "a_negative_length": record(kind="request", length=-5),
    "shorter_than_said": record(kind="request", length=len(PAGE) - 7),
}


@pytest.mark.parametrize("damage", PLAIN_DAMAGE.values(), ids=PLAIN_DAMAGE.keys())
def test_damage_in_a_plain_file_is_passed_over(path: Path, damage: bytes) -> None:
    first, second = record(url=URL + "1"), record(url=URL + "2")

    pages = read(path, first + damage + b"\r\n" + second)

    assert [page.url for page in pages] == [URL + "1", URL + "2"]
    assert pages[1].offset == len(first + damage) + 2
    assert pages[1].length == len(second) - 4


def test_every_cut_of_a_file_reads_without_error_and_what_is_whole_is_found(path: Path) -> None:
    data = packed([record(url=URL + "1"), record(url=URL + "2")])
    first = len(packed([record(url=URL + "1")]))

    for cut in range(first, len(data)):
        pages = read(path, data[:cut])
        assert (pages[0].url, pages[0].problem, pages[0].length) == (URL + "1", None, first)
        assert [page.length for page in pages[1:]] in ([], [None])


def test_a_file_gzipped_whole_is_read_but_its_records_have_no_place(path: Path) -> None:
    pages = read(path, gzip.compress(record(url=URL + "1") + record(url=URL + "2")))

    assert [page.url for page in pages] == [URL + "1", URL + "2"]
    assert [(page.offset, page.length) for page in pages] == [(0, None), (0, None)]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=str)
def test_a_wacz_is_read_archive_by_archive(tmp_path: Path, method: int) -> None:
    path = tmp_path / "site.wacz"
    with zipfile.ZipFile(path, "w", method) as wacz:
        wacz.writestr("pages/pages.jsonl", "{}")
        wacz.writestr("archive/1.warc.gz", packed([record(kind="warcinfo"), record()]))
        wacz.writestr("archive/2.warc", record(url=URL + "2"))
        wacz.writestr("archive/notes.txt", "lorem ipsum")

    first, second = read_any(path)

    assert (first.url, first.filename) == (URL, "site.wacz/archive/1.warc.gz")
    assert (first.offset, first.length) == (
        len(packed([record(kind="warcinfo")])),
        len(packed([record()])),
    )
    assert (second.url, second.filename) == (URL + "2", "site.wacz/archive/2.warc")


def test_a_folder_in_a_wacz_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "site.wacz"
    with zipfile.ZipFile(path, "w") as wacz:
        wacz.mkdir("archive/")
        wacz.writestr("archive/1.warc", record())
    damages: list[Damage] = []

    assert len(list(read_any(path, on_damage=damages.append))) == 1
    assert damages == []


def test_a_bomb_in_a_wacz_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "site.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wacz:
        wacz.writestr("archive/1.warc", b"WARC/1.0\r\n" + bytes(16 << 20))
        wacz.writestr("archive/2.warc", record())

    tracemalloc.start()
    try:
        pages = list(read_any(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [page.payload for page in pages] == [HTML]
    assert peak < 6 << 20  # four times the longest head


def test_a_damaged_archive_in_a_wacz_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "site.wacz"
    with zipfile.ZipFile(path, "w") as wacz:
        wacz.writestr("archive/1.warc", record(url=URL + "1"))
        wacz.writestr("archive/2.warc", record(url=URL + "2"))
    path.write_bytes(path.read_bytes().replace(URL.encode() + b"1", URL.encode() + b"X"))

    pages = list(read_any(path))

    assert URL + "2" in [page.url for page in pages]


NO_ARCHIVE = {
    "empty": (b"", "is empty"),
    "html": (HTML, "no WARC and no WACZ"),
    "gzipped_html": (gzip.compress(HTML), "no WARC and no WACZ"),
    "torn_gzip_header": (b"\x1f\x8b\x08\x00", "no WARC and no WACZ"),
    "torn_zip": (b"PK\x03\x04" + bytes(40), "no WACZ that can be read"),
    "an_arc_file": (b"filedesc://x.arc 0.0.0.0 2026", "an ARC file: `warcio recompress`"),
    "a_gzipped_arc_file": (gzip.compress(b"filedesc://x.arc 0.0.0.0"), "an ARC file"),
    "pressed_with_zstd": (zstd.compress(record()), "pressed with zstd"),
    "one_byte": (b"W", "no WARC and no WACZ"),
}


@pytest.mark.parametrize(("data", "says"), NO_ARCHIVE.values(), ids=NO_ARCHIVE.keys())
def test_what_is_no_archive_is_refused_in_one_sentence(path: Path, data: bytes, says: str) -> None:
    path.write_bytes(data)

    with pytest.raises(ConfigError, match=says):
        list(read_any(path))
    assert not looks_like_warc(path)


def test_a_zip_without_archives_is_no_wacz(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("notes.txt", "lorem ipsum")

    assert not looks_like_warc(path)


@pytest.mark.parametrize("data", [record(), packed([record()])], ids=["plain", "gzipped"])
def test_a_warc_is_known_by_its_content(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "no-name"
    path.write_bytes(data)

    assert looks_like_warc(path)
