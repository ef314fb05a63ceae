"""`newsreel forget` says what it takes down, asks before it erases, and ends with stable codes."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.command import newsreel
from tests.forget.taken_down import STORY, TWIN, make_indexed_store


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_indexed_store(tmp_path_factory.mktemp("forget") / "store")


@pytest.fixture
def store(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "store", symlinks=True))


def written(root: Path) -> dict[Path, int]:
    """Return when each file was written, but for what SQLite's readers share."""
    paths = (path for path in root.rglob("*") if path.is_file() and path.suffix != ".db-shm")
    return {path: path.stat().st_mtime_ns for path in paths}


def test_a_rehearsal_says_all_and_changes_nothing(kept: Path) -> None:
    before = written(kept)

    ended = newsreel("forget", STORY, "--store", kept, "--dry-run", "--json")

    told = ended.json()
    assert (ended.code, told["captures"], told["same_bytes_at"]) == (0, 2, [TWIN])
    assert told["rows"] == {"articles": 2, "captures": 2, "coverage": 2}
    assert written(kept) == before


def test_what_was_taken_down_is_said_and_then_shown_by_no_verb(store: Path) -> None:
    ended = newsreel("forget", STORY, TWIN, "--store", store, "--reason", "a letter")

    assert ended.code == 0, ended.err
    assert ended.out.startswith("2 addresses withdrawn, with 3 captures: 2 rows of articles")
    for verb in ("show", "diff"):
        shown = newsreel(verb, STORY, "--store", store)
        assert shown.code == 2
        assert f"{STORY} was withdrawn on " in shown.err
        assert "(a letter): nothing of it is shown" in shown.err


REFUSED = {
    "nobody_to_be_asked": ([STORY, TWIN, "--erase"], "add --yes"),
    "others_stand_on_it": ([STORY, "--erase", "--yes"], "name it in the same command"),
    "nothing_to_be_asked": ([STORY, "--yes"], "--yes goes with --erase"),
    "unknown": (["https://x.example/never"], "nothing in"),
}


@pytest.mark.parametrize(("words", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_done_is_said_in_one_sentence(kept: Path, words: list[str], said: str) -> None:
    ended = newsreel("forget", *words, "--store", kept)

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert not (kept / "withdrawn.jsonl").exists()


def test_an_erasure_says_where_else_it_may_be(store: Path) -> None:
    aside = store / "quarantine" / "damaged" / "newsreel-1.warc.gz"
    aside.parent.mkdir(parents=True)
    aside.write_bytes(b"a damaged file")

    ended = newsreel("forget", STORY, TWIN, "--store", store, "--erase", "--yes")

    assert ended.code == 0, ended.err
    assert "erased: 3 captures" in ended.out
    assert "quarantine/damaged/newsreel-1.warc.gz" in ended.out
