"""Indexes follow the sealed WARCs: made when one is sealed, made again when one is missing."""

import logging
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import CorruptArchiveError
from archive.index.build import update_index
from archive.index.merge import merge_files, sort_into_runs
from archive.layout import Layout
from archive.surt import surt_key
from tests.archive.cdx_tools import indexed_by_tool
from tests.archive.store_samples import RUN, Recording, page, recording

FILES = [f"newsreel-{RUN}-{serial:05d}.warc.gz" for serial in (1, 2, 3)]


def keep_a_page(desk: Recording, number: int) -> None:
    """Have a page committed."""
    url = f"https://x.example/{number}"
    (address,) = desk.advertise(url)
    desk.recorder.keep(page(number, url=url), address.id).result(10)


@pytest.fixture
def layout(root: Path) -> Layout:
    """Return a store of three sealed files of one page each, and their indexes."""
    with recording(root, rotate_bytes=1) as desk:
        for number in (1, 2, 3):
            keep_a_page(desk, number)
        desk.recorder.close(is_finished=True)
        return desk.store.layout


def indexes(layout: Layout) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in layout.index.iterdir()}


def found_by_halving(layout: Layout, url: str) -> list[bytes]:
    """Return the lines of an address in the merged index, looked up as replay tools do."""
    lines = layout.merged_index.read_bytes().splitlines()
    key = f"{surt_key(url)} ".encode()
    return lines[bisect_left(lines, key) : bisect_right(lines, key + b"\xff")]


def test_a_sealed_file_has_its_index(layout: Layout) -> None:
    assert sorted(indexes(layout)) == ["index.cdxj", *(f"{name}.cdxj" for name in FILES)]
    for name in FILES:
        assert layout.cdxj(name).read_text("utf-8").splitlines() == indexed_by_tool(
            layout.warc(name)
        )


def test_a_growing_file_has_none(root: Path) -> None:
    with recording(root) as desk:
        keep_a_page(desk, 1)

        assert not desk.store.layout.index.exists()


def test_the_merged_index_is_what_the_tool_makes_of_all_files(layout: Layout) -> None:
    merged = layout.merged_index.read_text("utf-8").splitlines()

    assert merged == indexed_by_tool(*(layout.warc(name) for name in FILES))


@pytest.mark.parametrize("lost", [(0,), (1, 2), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("merged", [(), ("index.cdxj",)], ids=["merged_left", "merged_lost"])
def test_what_is_missing_is_made_again(
    layout: Layout, lost: tuple[int, ...], merged: tuple[str, ...]
) -> None:
    before = indexes(layout)
    for name in (*(f"{FILES[number]}.cdxj" for number in lost), *merged):
        layout.index.joinpath(name).unlink()

    update_index(layout)

    assert indexes(layout) == before
    assert list(layout.staging.iterdir()) == []


def test_a_crash_between_sealing_and_indexing_is_healed_when_the_next_file_is_sealed(
    layout: Layout,
) -> None:
    before = indexes(layout)
    layout.cdxj(FILES[2]).unlink()
    layout.merged_index.unlink()

    with recording(layout.root, rotate_bytes=1) as desk:
        keep_a_page(desk, 4)
        desk.recorder.close(is_finished=True)

    after = indexes(layout)
    assert before.keys() < after.keys()
    assert {name: after[name] for name in before if name != "index.cdxj"}.items() <= before.items()
    assert [len(found_by_halving(layout, f"https://x.example/{n}")) for n in (3, 4)] == [1, 1]


def test_what_is_up_to_date_is_not_written_again(layout: Layout) -> None:
    before = {path: path.stat().st_mtime_ns for path in layout.index.iterdir()}

    update_index(layout)

    assert {path: path.stat().st_mtime_ns for path in layout.index.iterdir()} == before


def test_the_index_of_a_file_that_is_gone_goes_too(layout: Layout) -> None:
    layout.warc(FILES[1]).unlink()

    update_index(layout)

    assert not layout.cdxj(FILES[1]).exists()
    assert found_by_halving(layout, "https://x.example/2") == []
    assert len(layout.merged_index.read_bytes().splitlines()) == 2


def test_a_damaged_file_keeps_no_other_from_being_indexed(layout: Layout) -> None:
    content = layout.warc(FILES[0]).read_bytes()
    layout.warc(FILES[0]).write_bytes(content[:-1])
    for path in layout.index.iterdir():
        path.unlink()

    with pytest.raises(CorruptArchiveError, match=FILES[0]):
        update_index(layout)

    assert sorted(indexes(layout)) == ["index.cdxj", *(f"{name}.cdxj" for name in FILES[1:])]


@pytest.mark.parametrize("name", [f"{FILES[1]}.cdxj", "index.cdxj"])
@pytest.mark.parametrize("lost_bytes", [1, 100])
def test_a_torn_index_is_made_anew(layout: Layout, name: str, lost_bytes: int) -> None:
    before = indexes(layout)
    layout.index.joinpath(name).write_bytes(before[name][:-lost_bytes])

    update_index(layout)

    assert indexes(layout) == before


def test_a_crawl_goes_on_when_its_index_cannot_be_written(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with recording(root) as desk, caplog.at_level(logging.WARNING):
        desk.store.layout.index.write_bytes(b"a file where the folder should be")
        keep_a_page(desk, 1)
        desk.recorder.close(is_finished=True)

        assert desk.reader.runs.warcs()[0].is_sealed
    assert [record.getMessage().split(" folder=")[0] for record in caplog.records] == [
        "index not updated"
    ]


lines = st.lists(st.binary(max_size=6).map(lambda text: text.replace(b"\n", b"") + b"\n"))


@given(lines=lines, run_bytes=st.integers(1, 40), fan_in=st.integers(2, 4))
def test_lines_come_out_sorted_however_little_memory_there_is(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], run_bytes: int, fan_in: int
) -> None:
    scratch = tmp_path_factory.mktemp("runs")

    runs = sort_into_runs(lines, scratch, run_bytes=run_bytes)

    assert list(merge_files(runs, scratch, fan_in=fan_in)) == sorted(lines)


def test_no_more_files_are_open_than_are_merged_at_a_time(tmp_path: Path) -> None:
    dice = random.Random(4)
    lines = [b"%06d\n" % dice.randrange(10**6) for _ in range(300)]
    runs = sort_into_runs(lines, tmp_path, run_bytes=7)
    counted: list[int] = []

    def watched() -> Iterator[bytes]:
        for line in merge_files(runs, tmp_path, fan_in=8):
            counted.append(sum("run-" in name for name in open_files()))
            yield line

    assert list(watched()) == sorted(lines)
    assert len(runs) == 300
    assert 0 < max(counted) <= 8


def open_files() -> list[str]:
    """Return what this process has open."""
    return [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]


@pytest.mark.parametrize(
    ("content", "why", "offset"),
    [(b"b\na\n", "lines are out of order", 2), (b"a\nb", "the last line breaks off", 2)],
    ids=["disorder", "torn"],
)
def test_a_file_that_is_not_sorted_lines_is_refused(
    tmp_path: Path, content: bytes, why: str, offset: int
) -> None:
    path = tmp_path / "index.cdxj"
    path.write_bytes(content)

    with pytest.raises(CorruptArchiveError, match=why) as caught:
        list(merge_files([path], tmp_path))

    assert (caught.value.path, caught.value.offset) == (path, offset)
