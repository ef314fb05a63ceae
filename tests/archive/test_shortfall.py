"""What the sizes of a store's files tell, without a byte of them being read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.shortfall import shortfalls
from tests.verify.small_store import make_store


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Return a sound store of two runs."""
    root = tmp_path / "store"
    make_store(root)
    return Layout(root)


def a_warc(layout: Layout) -> Path:
    return min(layout.warcs.iterdir())


def a_part(layout: Layout) -> Path:
    return min(layout.dataset("articles").rglob("*.parquet"))


FILES = {"warc": a_warc, "part": a_part}


def test_a_sound_store_lacks_nothing(layout: Layout) -> None:
    assert shortfalls(layout) == ()


@pytest.mark.parametrize("find", FILES.values(), ids=FILES)
def test_a_file_that_was_cut_is_named_with_both_sizes(
    layout: Layout, find: Callable[[Layout], Path]
) -> None:
    path = find(layout).resolve()
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-2])

    (found,) = shortfalls(layout)

    assert found.path.resolve() == path
    assert found.what.endswith(f"has {size - 2:,} bytes, not the {size:,} committed")


@pytest.mark.parametrize("find", FILES.values(), ids=FILES)
def test_a_file_that_is_gone_is_named(layout: Layout, find: Callable[[Layout], Path]) -> None:
    path = find(layout).resolve()
    path.unlink()

    (found,) = shortfalls(layout)

    assert found.found_bytes is None
    assert found.what.endswith(" is gone")


def test_a_warc_that_grows_is_longer_than_what_is_committed(layout: Layout) -> None:
    with a_warc(layout).open("ab") as file:
        file.write(b"a page that is being written")

    assert shortfalls(layout) == ()
