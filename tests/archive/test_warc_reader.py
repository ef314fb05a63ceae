"""Strict reading: what is not exactly what we write is named, with its place."""

import gzip
import random
import re
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import CorruptArchiveError
from archive.exchange import Location
from archive.warc.framing import only_record
from archive.warc.reader import read_record, walk
from archive.warc.records import Record, exchange_records
from tests.archive.warc_samples import exchange, small_file, warcinfo, write_warc


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """Return a file with a record of every type."""
    path = tmp_path / "whole.warc.gz"
    small_file(path)
    return path


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """Return where a test puts its damaged file."""
    return tmp_path / "damaged.warc.gz"


def members(path: Path) -> list[bytes]:
    """Return the content of each member."""
    data = path.read_bytes()
    return [
        gzip.decompress(data[location.offset : location.offset + location.length])
        for location, _ in walk(path)
    ]


def records_before_damage(path: Path) -> list[Record]:
    """Walk a file up to where it is damaged."""
    found: list[Record] = []
    with pytest.raises(CorruptArchiveError):
        found.extend(record for _, record in walk(path))
    return found


def test_a_cut_between_two_records_reads_as_a_shorter_file(whole: Path, damaged: Path) -> None:
    (first, _), (second, _), *_ = walk(whole)
    damaged.write_bytes(whole.read_bytes()[: second.offset])

    assert [location.length for location, _ in walk(damaged)] == [first.length]


@pytest.mark.parametrize("back", [1, 7, 8, 9, 100], ids=str)
def test_a_walk_yields_what_is_whole_and_names_where_it_ends(
    whole: Path, damaged: Path, back: int
) -> None:
    *_, (last, _) = walk(whole)
    damaged.write_bytes(whole.read_bytes()[:-back])

    with pytest.raises(CorruptArchiveError, match="breaks off") as caught:
        list(walk(damaged))

    assert (caught.value.path, caught.value.offset) == (damaged, last.offset)


def test_no_flipped_bit_changes_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "flipped.warc.gz"
    location, *_ = write_warc(path, exchange_records(exchange())[:1])
    expected = read_record(path, location)
    data = bytearray(path.read_bytes())

    unharmed = 0
    for place in range(location.offset, location.offset + location.length):
        for bit in range(8):
            data[place] ^= 1 << bit
            try:
                found = only_record(BytesIO(data), path, location.offset, location.length)
            except CorruptArchiveError:
                found = None
            data[place] ^= 1 << bit
            assert found in {None, expected}
            unharmed += found == expected

    assert unharmed < 8 * 10  # at most the gzip header: nothing checks its time and system


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(block=st.binary(max_size=3000), url=st.text(max_size=40))
def test_any_block_reads_back_as_it_was_written(tmp_path: Path, block: bytes, url: str) -> None:
    path = tmp_path / "any.warc.gz"
    path.unlink(missing_ok=True)
    records = exchange_records(exchange(b"HTTP/1.1 200 OK\r\n\r\n" + block, url=url))

    locations = write_warc(path, records)

    assert [read_record(path, location) for location in locations] == list(records)


CONTENT_DAMAGE = {
    "two_records_in_a_member": (rb"\Z", b"WARC/1.1\r\n", "goes on|as long as"),
    "longer_than_said": (rb"hello", b"hello!", "as long as"),
    "shorter_than_said": (rb"hello", b"hell", "as long as"),
    "no_line_ends_behind": (rb"\r\n\r\n\Z", b"", "as long as"),
    "other_bytes_behind": (rb"\r\n\r\n\Z", b"\r\n\r\x00", "as long as"),
    "negative_length": (rb"(Content-Length): 78", rb"\1: -5", "as long as"),
    "length_of_twenty_digits": (rb"(Content-Length): 78", rb"\1: 99999999999999999999", "as long"),
    "another_version": (rb"\AWARC/1.1", b"WARC/9.1", "no WARC record"),
    "no_record_id": (rb"WARC-Record-ID: [^\r]*\r\n", b"", "no warc-record-id"),
    "no_type": (rb"WARC-Type: [^\r]*\r\n", b"", "no warc-type"),
    "no_length": (rb"Content-Length: 78\r\n", b"", "no content-length"),
    "no_date": (rb"WARC-Date: [^\r]*\r\n", b"", "no warc-date"),
    "bad_date": (rb"WARC-Date: [^\r]*", b"WARC-Date: yesterday", "date cannot be read"),
    "forged_type": (rb"(WARC-Type: response)", rb"\1\r\nwarc-type: resource", "repeats warc-type"),
    "nul_in_a_field": (rb"https://x", b"https://\0x", "no named field"),
    "field_without_a_colon": (rb"\r\nWARC-Date", b"\r\njunk\r\nWARC-Date", "no named field"),
    "field_in_latin_1": (rb"https://x", b"https://\xe9x", "not UTF-8"),
    "no_blank_line": (rb"\r\n\r\n", b"\r\n", "no named field"),
}


@pytest.mark.parametrize(
    ("pattern", "replacement", "why"), CONTENT_DAMAGE.values(), ids=CONTENT_DAMAGE.keys()
)
def test_a_member_that_is_not_one_whole_record_is_named(
    damaged: Path, pattern: bytes, replacement: bytes, why: str
) -> None:
    location, *_ = write_warc(damaged, exchange_records(exchange())[:1])
    first, content = members(damaged)
    broken = re.sub(pattern, replacement, content, count=1)
    damaged.write_bytes(gzip.compress(first) + gzip.compress(broken))
    offset = len(gzip.compress(first))

    with pytest.raises(CorruptArchiveError, match=why) as caught:
        list(walk(damaged))

    assert broken != content
    assert location.offset
    assert caught.value.offset == offset


def test_garbage_behind_the_last_record_is_named(whole: Path, damaged: Path) -> None:
    damaged.write_bytes(whole.read_bytes() + b"x")

    with pytest.raises(CorruptArchiveError, match="no gzip member begins here"):
        list(walk(damaged))


def test_garbage_between_records_is_named(whole: Path, damaged: Path) -> None:
    data = whole.read_bytes()
    second = next(location for location, _ in list(walk(whole))[1:])
    damaged.write_bytes(data[: second.offset] + b"GARBAGE!\n" + data[second.offset :])

    assert records_before_damage(damaged) == [warcinfo()]


def test_a_member_is_not_read_much_beyond_its_record(whole: Path, damaged: Path) -> None:
    noise = random.Random(1).randbytes(1 << 20)
    damaged.write_bytes(gzip.compress(members(whole)[0] + noise)[:-100_000])

    with pytest.raises(CorruptArchiveError, match="goes on behind its record"):
        list(walk(damaged))


def test_a_file_gzipped_whole_is_named(whole: Path, damaged: Path) -> None:
    damaged.write_bytes(gzip.compress(b"".join(members(whole))))

    assert records_before_damage(damaged) == []


def test_an_endless_head_is_named(damaged: Path) -> None:
    damaged.write_bytes(gzip.compress(b"WARC/1.1\r\n" + b"A: b\r\n" * (1 << 18)))

    with pytest.raises(CorruptArchiveError):
        list(walk(damaged))


def test_an_empty_file_is_no_archive(damaged: Path) -> None:
    damaged.write_bytes(b"")

    with pytest.raises(CorruptArchiveError, match="empty"):
        list(walk(damaged))


SHIFTS = {
    "starts_late": (1, 0),
    "starts_early": (-1, 0),
    "one_byte_short": (0, -1),
    "one_byte_long": (0, 1),
    "nothing": (0, -10_000),
    "beyond_the_end": (10_000, 0),
}


@pytest.mark.parametrize(("by", "longer"), SHIFTS.values(), ids=SHIFTS.keys())
def test_a_location_that_is_not_exactly_a_record_is_refused(
    whole: Path, by: int, longer: int
) -> None:
    location = list(walk(whole))[1][0]
    wrong = Location(
        warc_filename=whole.name,
        offset=location.offset + by,
        length=max(0, location.length + longer),
    )

    with pytest.raises(CorruptArchiveError) as caught:
        read_record(whole, wrong)

    assert caught.value.offset == wrong.offset


def test_a_location_that_ends_behind_the_file_is_refused(whole: Path) -> None:
    *_, (last, _) = walk(whole)
    wrong = Location(warc_filename=whole.name, offset=last.offset, length=last.length + 1)

    with pytest.raises(CorruptArchiveError, match="ends 1 byte before"):
        read_record(whole, wrong)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    location = Location(warc_filename="gone.warc.gz", offset=3, length=9)

    with pytest.raises(CorruptArchiveError, match="not there"):
        read_record(tmp_path / "gone.warc.gz", location)
