"""A journal with damaged pages: every verb ends with one sentence that says what to run next."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import JournalError
from tests.e2e.command import newsreel
from tests.verify.small_store import HOST, SITE, make_store

_PAGE_BYTES = 4096
_TABLES = ("address", "capture", "part")


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store whose journal opens, knows its runs, and has lost its largest tables."""
    store = tmp_path_factory.mktemp("damaged") / "store"
    make_store(store)
    path = store / "journal.db"
    with closing(sqlite3.connect(path)) as db:
        roots = [
            root
            for table in _TABLES
            for (root,) in db.execute(
                "SELECT rootpage FROM sqlite_schema WHERE tbl_name = ? AND rootpage", (table,)
            )
        ]
    with path.open("r+b") as file:
        for root in roots:
            file.seek((root - 1) * _PAGE_BYTES)
            file.write(b"\xa5" * _PAGE_BYTES)
    return store


@pytest.fixture
def store(damaged: Path, tmp_path: Path) -> Path:
    """Return a copy of the damaged store."""
    return Path(shutil.copytree(damaged, tmp_path / "store", symlinks=True))


VERBS = {
    "crawl": ("crawl", f"{HOST}/", "--quiet", "--proxy", "http://127.0.0.1:9"),
    "crawl_due": ("crawl", f"{HOST}/", "--due", "--quiet", "--proxy", "http://127.0.0.1:9"),
    "status": ("status",),
    "compact": ("compact",),
    "reextract": ("reextract", "--jobs", "1"),
    "forget": ("forget", f"{HOST}/a"),
    "export_wacz": ("export", "wacz", "--out", "new"),
    "export_jsonl": ("export", "jsonl", "--site", SITE, "--out", "new"),
    "report": ("report",),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_a_verb_tells_a_damaged_journal_in_one_sentence(
    verb: tuple[str, ...], store: Path, tmp_path: Path
) -> None:
    arguments = [str(tmp_path / "new") if each == "new" else each for each in verb]

    ended = newsreel(*arguments, "--store", store)

    assert (ended.code, ended.out) == (JournalError.exit_code, "")
    assert ended.err == (
        f"error: {store}/journal.db is damaged: database disk image is malformed; "
        f"`newsreel verify --repair --store {store}` tells it again from the WARCs\n"
    )


DATASETS_ALONE = {
    "show": ("show", f"{HOST}/a"),
    "diff": ("diff", f"{HOST}/a"),
    "sql": ("sql", "select count(*) from articles"),
}


@pytest.mark.parametrize("verb", DATASETS_ALONE.values(), ids=DATASETS_ALONE.keys())
def test_what_is_asked_of_the_datasets_alone_is_answered(
    verb: tuple[str, ...], damaged: Path
) -> None:
    assert newsreel(*verb, "--store", damaged).code == 0


def test_what_the_sentence_says_to_run_mends_it(store: Path) -> None:
    assert newsreel("verify", "--store", store).code == JournalError.exit_code
    assert newsreel("verify", "--repair", "--store", store).code == 0
    assert newsreel("verify", "--store", store).code == 0
