"""Parts are merged beside the store: what others do to it meanwhile is neither lost nor undone."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from archive.dataset.compaction import Compaction, Merged, compact, merge_heaps
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.store import open_for_writing
from tests.dataset.small_parts import JULY, add_part, at_once, begin_run

Make = Callable[..., Any]


@pytest.fixture
def root(tmp_path: Path, record: Make) -> Path:
    """Return a store with two parts of June."""
    begin_run(tmp_path)
    with open_for_writing(tmp_path, now=JULY) as store:
        for serial in range(2):
            add_part(store, "articles", [record("articles", serial)], part_id=f"a{serial}")
    return tmp_path


def merged(root: Path) -> Merged:
    """Merge without holding the store, as the command does."""
    with closing(Journal.read(root / "journal.db")) as journal:
        return merge_heaps(Layout(root), journal, now=JULY)


def put_in_place(root: Path, early: Merged) -> Compaction:
    with open_for_writing(root, now=JULY) as store:
        return compact(store, pause=at_once, now=JULY, merged=early)


def urls(root: Path) -> list[str]:
    return sorted(pd.read_parquet(root / "articles", columns=["url"])["url"].tolist())


def test_what_a_crawl_adds_while_parts_are_merged_stays(root: Path, record: Make) -> None:
    early, late = merged(root), record("articles", 9)
    with open_for_writing(root, now=JULY) as store:
        add_part(store, "articles", [late], part_id="late", at=JULY)

    done = put_in_place(root, early)

    assert done.compacted == early.compacted
    assert urls(root) == sorted([*(record("articles", n).url for n in range(2)), late.url])
    assert len(list((root / "articles").rglob("*.parquet"))) == 2


def test_what_another_compaction_took_up_meanwhile_is_left_to_it(root: Path) -> None:
    before, early = urls(root), merged(root)
    put_in_place(root, merged(root))

    assert put_in_place(root, early).compacted == ()
    assert urls(root) == before


def test_nothing_is_left_beside_the_store(root: Path) -> None:
    put_in_place(root, merged(root))

    assert not (root / "compacting").exists()
