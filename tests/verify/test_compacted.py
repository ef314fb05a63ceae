"""A store that was compacted is as sound as before; one that is compacted meanwhile, too."""

import shutil
from datetime import timedelta
from pathlib import Path

from archive import open_store
from archive.dataset.compaction import compact
from archive.layout import Layout
from archive.store import open_for_writing
from archive.verify.store import verify
from tests.dataset.small_parts import at_once
from tests.verify.small_store import BEGIN

LATER = BEGIN + timedelta(days=60)


def compacted(sound: Path, tmp_path: Path) -> Path:
    root = Path(shutil.copytree(sound, tmp_path / "store", symlinks=True))
    with open_for_writing(root, now=LATER) as store:
        assert compact(store, pause=at_once, now=LATER).compacted
    return root


def test_a_compacted_store_is_sound(sound: Path, tmp_path: Path) -> None:
    before = verify(sound)

    report = verify(compacted(sound, tmp_path))

    assert report.problems == ()
    assert report.dataset.parts < before.dataset.parts
    assert report.dataset.rows == before.dataset.rows
    assert report.ledger == before.ledger


def test_a_store_whose_links_are_not_moved_on_yet_is_sound(sound: Path, tmp_path: Path) -> None:
    layout = Layout(compacted(sound, tmp_path))
    for name in ("articles", "captures", "coverage"):
        layout.dataset(name).unlink()
        layout.dataset(name).symlink_to(f"snapshots/000001/{name}")

    assert verify(layout.root).problems == ()


def test_a_compacted_store_that_was_moved_is_sound_and_keeps_its_past(
    sound: Path, tmp_path: Path
) -> None:
    root = compacted(sound, tmp_path).rename(tmp_path / "elsewhere")

    assert verify(root).problems == ()
    assert open_store(root).articles.to_arrow().num_rows == verify(sound).dataset.rows["articles"]
    assert open_store(root, at=1).articles.to_arrow().num_rows > 0
