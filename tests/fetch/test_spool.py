"""Bytes that wait for the archive: all of them, in order, wherever they are kept."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.spool import Spool


@contextmanager
def spooled(pieces: Sequence[bytes], folder: Path | None, *, most_bytes: int) -> Iterator[Spool]:
    """Lend a spool that was given these pieces."""
    spool = Spool(folder, most_bytes=most_bytes)
    for piece in pieces:
        spool.write(piece)
    yield spool
    spool.close()


@given(pieces=st.lists(st.binary(max_size=9), max_size=9), most=st.integers(0, 20), less=st.data())
def test_what_comes_out_is_what_went_in(
    pieces: list[bytes], most: int, less: st.DataObject
) -> None:
    whole = b"".join(pieces)
    length = less.draw(st.integers(0, len(whole)))

    with (
        tempfile.TemporaryDirectory() as folder,
        spooled(pieces, Path(folder), most_bytes=most) as spool,
    ):
        assert len(spool) == len(whole)
        assert bytes(spool.view(length)) == whole[:length]
        assert bytes(spool.view(len(whole))) == whole


def test_few_bytes_stay_in_memory(tmp_path: Path) -> None:
    with spooled([b"12", b"34"], tmp_path, most_bytes=4) as spool:
        assert isinstance(spool.view(4), bytes)


def test_many_bytes_are_a_view_of_a_file_without_a_name(tmp_path: Path) -> None:
    with spooled([b"12", b"34", b"5"], tmp_path, most_bytes=4) as spool:
        assert isinstance(spool.view(5), memoryview)
        assert list(tmp_path.iterdir()) == []


def test_a_view_outlives_its_spool_which_takes_nothing_more(tmp_path: Path) -> None:
    with spooled([b"12", b"34", b"5"], tmp_path, most_bytes=4) as spool:
        view = spool.view(5)

    spool.write(b"6")

    assert (bytes(view), len(spool)) == (b"12345", 5)


WITHOUT_A_FILE = {"no_folder": None, "a_folder_that_is_not_there": Path("not/there")}


@pytest.mark.parametrize("folder", WITHOUT_A_FILE.values(), ids=WITHOUT_A_FILE.keys())
def test_what_no_file_takes_stays_in_memory(folder: Path | None) -> None:
    with spooled([b"12", b"34", b"5"], folder, most_bytes=2) as spool:
        assert spool.view(5) == b"12345"
