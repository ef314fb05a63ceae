"""A WARC cut at every byte: never taken for whole, and cut back to its longest whole prefix."""

import os
import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.noted import is_cut_noted
from archive.repair.tails import Tear, cut_tear, look_over, warc_files
from archive.warc.reader import walk
from tests.archive.warc_samples import small_file

NAME = "newsreel-a-00001.warc.gz"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "store")
    for folder in (layout.warcs, layout.staging):
        folder.mkdir(parents=True)
    return layout


@pytest.fixture
def whole(layout: Layout) -> bytes:
    small_file(layout.warc(NAME))
    return layout.warc(NAME).read_bytes()


def ends_of(layout: Layout) -> list[int]:
    """Return where the file can end, so that all in it is whole."""
    ends = [location.offset + location.length for location, _ in walk(layout.warc(NAME))]
    return [0, *ends]


def prefix_of(ends: list[int], cut: int) -> int:
    """Return how long the longest whole prefix of a cut file is."""
    return max(end for end in ends if end <= cut)


def cut_back_and_compare(layout: Layout, whole: bytes, cuts: Iterable[int]) -> None:
    """Tear the file at each cut, have it cut back, and look for every byte it had."""
    ends, path = ends_of(layout), layout.warc(NAME)
    for cut in cuts:
        path.write_bytes(whole[:cut])
        tear = look_over(path).tear
        assert tear is not None
        tail = cut_tear(layout, tear)

        kept = path.read_bytes() if path.exists() else b""
        assert kept == whole[: prefix_of(ends, cut)]
        assert kept + tail.read_bytes() == whole[:cut]
        assert is_cut_noted(layout, NAME, len(kept))
        tail.unlink()  # the next one has the same name


def test_a_cut_at_every_byte_is_seen_and_where_the_file_is_whole_before_it(
    layout: Layout, whole: bytes
) -> None:
    ends, path = ends_of(layout), layout.warc(NAME)

    for cut in reversed(range(len(whole))):
        os.truncate(path, cut)
        tear = look_over(path).tear
        prefix = prefix_of(ends, cut)

        if cut == prefix != 0:
            assert tear is None  # between two records nothing is torn: only the journal knows
        else:
            assert tear is not None
            assert (tear.offset, tear.size, tear.is_at_end) == (prefix, cut, True)


def test_a_torn_file_is_cut_back_and_not_a_byte_of_it_is_lost(layout: Layout, whole: bytes) -> None:
    ends = ends_of(layout)
    torn = sorted(set(range(len(whole))) - set(ends))
    edges = {end + step for end in ends[:-1] for step in (1, 40)}

    cut_back_and_compare(layout, whole, {*edges, *random.Random(3).sample(torn, 20)})


@pytest.mark.soak
def test_a_file_torn_at_any_byte_is_cut_back_and_not_a_byte_of_it_is_lost(
    layout: Layout, whole: bytes
) -> None:
    ends = ends_of(layout)

    cut_back_and_compare(layout, whole, sorted({0, *range(len(whole))} - set(ends[1:])))


def test_a_tail_of_zeros_is_cut_off_at_every_length(layout: Layout, whole: bytes) -> None:
    *_, last, end = ends_of(layout)
    path = layout.warc(NAME)

    for cut in range(last + 1, len(whole.rstrip(b"\0"))):
        path.write_bytes(whole[:cut] + bytes(end - cut))
        tear = look_over(path).tear
        assert tear is not None
        assert (tear.offset, tear.is_at_end) == (last, True)


def test_a_file_that_is_damaged_before_its_end_is_not_cut(layout: Layout, whole: bytes) -> None:
    first, path = ends_of(layout)[1], layout.warc(NAME)
    path.write_bytes(whole[: first + 30] + b"\xff" + whole[first + 31 :])

    tear = look_over(path).tear

    assert tear is not None
    assert (tear.offset, tear.is_at_end) == (first, False)


def test_growing_and_sealed_files_are_looked_at_and_nothing_else(
    layout: Layout, whole: bytes
) -> None:
    layout.warcs.joinpath("newsreel-b-00001.warc.gz.open").write_bytes(whole)
    layout.warcs.joinpath("notes.txt").write_bytes(b"mine")

    names = [path.name for path in warc_files(layout)]

    assert names == [NAME, "newsreel-b-00001.warc.gz.open"]


def test_a_tear_says_why(layout: Layout, whole: bytes) -> None:
    layout.warc(NAME).write_bytes(whole[:-1])

    seen = look_over(layout.warc(NAME))

    assert isinstance(seen.tear, Tear)
    assert seen.tear.why == "the gzip member breaks off"
