"""Every whole record of a damaged file is found, and every damage; cut at every byte."""

import gzip
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.verify.members import Damaged, Whole, read_members
from archive.warc.records import exchange_records
from tests.archive.warc_samples import exchange, write_warc


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a file of three records."""
    path = tmp_path_factory.mktemp("members") / "a.warc.gz"
    write_warc(path, exchange_records(exchange(number=1)))
    return path.read_bytes()


def read(data: bytes, length: int | None = None) -> list[Whole | Damaged]:
    return list(read_members(BytesIO(data), len(data) if length is None else length))


def bounds(found: list[Whole | Damaged]) -> list[tuple[int, int]]:
    return [(each.offset, each.length) for each in found if isinstance(each, Whole)]


def faults(found: list[Whole | Damaged]) -> list[int]:
    return [each.offset for each in found if isinstance(each, Damaged)]


def test_a_whole_file_is_read_to_its_end(data: bytes) -> None:
    found = read(data)

    assert [each.record.type for each in found if isinstance(each, Whole)] == [
        "warcinfo",
        "response",
        "request",
    ]
    assert sum(length for _, length in bounds(found)) == len(data)


def test_a_file_cut_at_any_byte_is_never_taken_for_whole(data: bytes) -> None:
    whole = bounds(read(data))
    ends = {0, *(offset + length for offset, length in whole)}

    for cut in range(len(data)):
        found = read(data[:cut])
        assert bounds(found) == [each for each in whole if sum(each) <= cut], cut
        assert faults(found) == ([] if cut in ends else [max(e for e in ends if e < cut)]), cut


def test_what_lies_behind_the_committed_length_is_not_looked_at(data: bytes) -> None:
    tail = b"\x1f\x8b\x08 half a member"

    assert bounds(read(data + tail, len(data))) == bounds(read(data))
    assert faults(read(data + tail, len(data))) == []


@settings(max_examples=150)
@given(position=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_a_flipped_bit_costs_its_own_record_and_no_other(
    data: bytes, position: int, bit: int
) -> None:
    position %= len(data)
    damaged = bytearray(data)
    damaged[position] ^= 1 << bit
    whole = bounds(read(data))

    found = read(bytes(damaged))

    others = [(o, n) for o, n in whole if not o <= position < o + n]
    assert set(others) <= set(bounds(found))


@settings(max_examples=100)
@given(junk=st.binary(min_size=1, max_size=40))
def test_junk_between_records_is_named_and_passed_over(data: bytes, junk: bytes) -> None:
    (_, first), *_ = whole = bounds(read(data))

    found = read(data[:first] + junk + data[first:])

    shifted = [(offset + len(junk) * (offset >= first), length) for offset, length in whole]
    assert first in faults(found)
    assert set(bounds(found)) == set(shifted)


NO_RECORDS = {
    "text": gzip.compress(b"no record at all", mtime=0),
    "nothing_in_it": gzip.compress(b"", mtime=0),
    "two_records": gzip.compress(b"WARC/1.1\r\n\r\n" * 2, mtime=0),
}


@pytest.mark.parametrize("member", NO_RECORDS.values(), ids=NO_RECORDS.keys())
def test_reading_goes_on_behind_a_whole_member_without_a_record(member: bytes, data: bytes) -> None:
    found = read(member + data)

    assert faults(found) == [0]
    assert len(bounds(found)) == 3


def test_a_page_within_a_damaged_member_is_not_taken_for_a_record(tmp_path: Path) -> None:
    inner = gzip.compress(b"<p>a page of its own", mtime=0)
    path = tmp_path / "b.warc.gz"
    body = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + inner
    (place, *_) = write_warc(path, exchange_records(exchange(body, number=1)))
    damaged = bytearray(path.read_bytes())
    damaged[place.offset + place.length - 5] ^= 1

    found = read(bytes(damaged))

    assert faults(found) == [place.offset]
    assert len(bounds(found)) == 2
