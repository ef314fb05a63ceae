"""A WARC cut at every byte: never taken for whole, and cut back to its longest whole prefix."""

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
    """Return where the records of the file end."""
    return [location.offset + location.length for location, _ in walk(layout.warc(NAME))]


def test_a_cut_at_every_byte_is_seen_and_where_the_file_is_whole_before_it(
    layout: Layout, whole: bytes
) -> None:
    ends, path = [0, *ends_of(layout)], layout.warc(NAME)

    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        tear = look_over(path).tear
        prefix = max(end for end in ends if end <= cut)

        if cut == prefix != 0:
            assert tear is None  # between two records nothing is torn: only the journal knows
        else:
            assert tear is not None
            assert (tear.offset, tear.size, tear.is_at_end) == (prefix, cut, True)


def test_a_torn_file_is_cut_back_and_not_a_byte_of_it_is_lost(layout: Layout, whole: bytes) -> None:
    ends, path = [0, *ends_of(layout)], layout.warc(NAME)
    cuts = sorted({cut for end in ends[:-1] for cut in (end + 1, end + 40)})

    for cut in cuts:
        path.write_bytes(whole[:cut])
        tear = look_over(path).tear
        assert tear is not None
        tail = cut_tear(layout, tear)

        kept = path.read_bytes() if path.exists() else b""
        assert kept == whole[: max(end for end in ends if end <= cut)]
        assert kept + tail.read_bytes() == whole[:cut]
        assert is_cut_noted(layout, NAME, len(kept))


def test_a_file_that_is_damaged_before_its_end_is_not_cut(layout: Layout, whole: bytes) -> None:
    first, path = ends_of(layout)[0], layout.warc(NAME)
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
