"""Lenient reading says where a file is damaged: each place once, with its offset."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.warc.foreign import Damage, read_any
from tests.archive.test_warc_foreign import HTML, URL, packed, record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "other.warc.gz"


_ONE = packed([record(url=URL + "1")])
_TWO = packed([record(url=URL + "2")])
_THREE = packed([record(url=URL + "3")])
_AT_TWO, _AT_THREE = len(_ONE), len(_ONE) + len(_TWO)


def _flipped(member: bytes, at: int) -> bytes:
    return member[:at] + bytes([member[at] ^ 0xFF]) + member[at + 1 :]


# The file, the pages that are still read, and where it is said to be damaged.
DAMAGED_PLACES: dict[str, tuple[bytes, str, list[int]]] = {
    "sound": (_ONE + _TWO + _THREE, "123", []),
    "the_first_member": (_flipped(_ONE, 12) + _TWO + _THREE, "23", [0]),
    "a_member_in_the_middle": (_ONE + _flipped(_TWO, 12) + _THREE, "13", [_AT_TWO]),
    "the_checksum_of_a_member": (_ONE + _flipped(_TWO, -6 % len(_TWO)) + _THREE, "13", [_AT_TWO]),
    "the_last_member_breaks_off": (_ONE + _TWO + _THREE[:15], "12", [_AT_THREE]),
    "garbage_between_members": (_ONE + b"garbage" + _TWO, "12", [_AT_TWO]),
    "a_length_that_is_no_number": (
        _ONE + packed([record(kind="request", length="many")]) + _TWO,
        "12",
        [_AT_TWO],
    ),
    "another_version": (_ONE + packed([record(version="9.9")]) + _TWO, "12", [_AT_TWO]),
    "an_answer_of_nowhere": (_ONE + packed([record(url="")]) + _TWO, "12", [_AT_TWO]),
    "no_record_in_a_member": (_ONE + packed([b"no record\r\n"]) + _TWO, "12", [_AT_TWO]),
    "a_length_too_short": (
        _ONE + packed([record(kind="request", length=5)]) + _TWO,
        "12",
        [_AT_TWO],
    ),
}


@pytest.mark.parametrize(
    ("data", "pages", "places"), DAMAGED_PLACES.values(), ids=DAMAGED_PLACES.keys()
)
def test_each_damage_is_told_with_its_offset_and_the_rest_is_read(
    path: Path, data: bytes, pages: str, places: list[int]
) -> None:
    path.write_bytes(data)
    damages: list[Damage] = []

    found = [page.url[-1] for page in read_any(path, on_damage=damages.append)]

    assert ("".join(found), [damage.offset for damage in damages]) == (pages, places)


PLAIN_ONE, PLAIN_TWO = record(url=URL + "1"), record(url=URL + "2")


def damages_of(path: Path, data: bytes) -> list[Damage]:
    path.write_bytes(data)
    damages: list[Damage] = []
    list(read_any(path, on_damage=damages.append))
    return damages


@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["gzipped", "plain"])
def test_every_cut_of_a_file_is_told_once_with_the_record_that_it_hits(
    path: Path, pack: Callable[[bytes], bytes]
) -> None:
    first, second = pack(PLAIN_ONE), pack(PLAIN_TWO)

    for cut in range(len(first) + 1, len(first + second)):
        damages = damages_of(path, (first + second)[:cut])
        assert [damage.offset for damage in damages] == [len(first)], cut
    assert damages_of(path, first) == damages_of(path, first + second) == []


# What a plain file holds, and what is said of its record at 0.
BROKEN_OFF = {
    "in_its_head": (b"WARC/1.1\r\nfoo", "breaks off in its head"),
    "behind_its_first_line": (b"WARC/1.1\r\n", "breaks off in its head"),
    "in_its_block": (PLAIN_ONE[:-9], "shorter than its Content-Length"),
    "in_the_line_ends": (PLAIN_ONE[:-2], "line ends"),
    "of_another_version": (record(version="9.9"), "first line: WARC/9.9"),
    "without_a_length": (PLAIN_ONE.replace(b"Content-Length", b"Content-Width"), "no Content-Len"),
}


@pytest.mark.parametrize(("data", "why"), BROKEN_OFF.values(), ids=BROKEN_OFF.keys())
def test_it_is_said_how_a_record_of_a_plain_file_breaks_off(
    path: Path, data: bytes, why: str
) -> None:
    (damage,) = damages_of(path, data)

    assert damage.offset == 0
    assert why in damage.why
    assert damage.why.isprintable()


def test_a_page_that_breaks_off_in_a_plain_file_is_read_and_has_no_length(path: Path) -> None:
    path.write_bytes(PLAIN_ONE[:-10])

    (page,) = read_any(path)

    assert (page.problem, page.length, page.payload) == ("truncated", None, HTML[:-6])
