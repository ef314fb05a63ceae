"""`newsreel crawl --due` before it crawls: whether anything is due, and whether somebody crawls."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.coverage import Fate
from archive.durable import held
from archive.errors import ConfigError, NoStoreError, StoreInUseError
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.journal.runs import Run
from archive.layout import Layout
from crawler.commands.due import crawl_due
from crawler.plan import Plan
from tests.archive.journal_samples import captured
from tests.archive.store_samples import advertised

HOME = "https://x.example/"


class Crawls:
    """Stands where a crawl begins."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[Sequence[str]] = []
        self._error = error

    def __call__(self, words: Sequence[str]) -> int:
        """Note what is to be crawled."""
        self.asked.append(tuple(words))
        if self._error is not None:
            raise self._error
        return 3


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Know one site, whose feed was read two hours ago and is due every hour."""
    began = now_utc() - timedelta(hours=2)
    journal = Journal.open(tmp_path / "journal.db")
    with journal.transaction():
        plan = Plan(targets=(), words=(HOME,)).key
        journal.runs.begin(Run(id="r", plan=plan, started_at=began))
        journal.addresses.advertise(
            "r", (advertised(HOME, kind="feed", site="x-example"),), now=began
        )
        journal.addresses.settle(1, Fate.READ)
        journal.looks.keep_interval(1, timedelta(hours=1))
    journal.close()
    return tmp_path


def look_just_now(store: Path) -> None:
    journal = Journal.open(store / "journal.db")
    with journal.transaction():
        journal.looks.keep_interval(1, timedelta(hours=5, minutes=1))
    journal.close()


def test_without_names_the_sites_of_earlier_crawls_are_crawled(store: Path) -> None:
    crawls = Crawls()

    code = crawl_due(store, (), crawls, is_quiet=False)

    assert (code, crawls.asked) == (3, [(HOME,)])


def test_named_sites_are_crawled_alone(store: Path) -> None:
    crawls = Crawls()

    crawl_due(store, ("fandomwire",), crawls, is_quiet=False)

    assert crawls.asked == [("fandomwire",)]


def test_what_is_not_due_is_not_asked_for(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    look_just_now(store)
    crawls = Crawls()

    code = crawl_due(store, (HOME,), crawls, is_quiet=False)

    assert (code, crawls.asked) == (0, [])
    assert capsys.readouterr().out == "nothing is due; the next is due in 3 h\n"


def test_a_call_does_not_sleep_for_years_where_a_clock_was_set_back(store: Path) -> None:
    crawls = Crawls()

    def years_before() -> datetime:
        return now_utc() - timedelta(days=2_000)

    code = crawl_due(store, (), crawls, is_quiet=False, clock=years_before)

    assert (code, crawls.asked) == (3, [(HOME,)])


def test_what_a_killed_call_left_unread_is_due_at_once(store: Path) -> None:
    look_just_now(store)
    crawls = Crawls()
    journal = Journal.open(store / "journal.db")
    with journal.transaction():
        captured(journal, journal.addresses.get(1))
    journal.close()

    crawl_due(store, (), crawls, is_quiet=False)

    assert crawls.asked == [(HOME,)]


def test_a_page_that_nobody_watches_is_no_reason_to_crawl(store: Path) -> None:
    look_just_now(store)
    crawls = Crawls()
    page = advertised("https://y.example/a-story", site="y-example")
    journal = Journal.open(store / "journal.db")
    with journal.transaction():
        journal.addresses.advertise("r", (page,), now=now_utc() - timedelta(days=1))
        journal.addresses.settle(2, Fate.ARCHIVED)
    journal.close()

    assert crawl_due(store, (), crawls, is_quiet=True) == 0
    assert crawls.asked == []


def test_a_new_site_is_due_at_once(store: Path) -> None:
    look_just_now(store)
    crawls = Crawls()

    crawl_due(store, ("fandomwire",), crawls, is_quiet=False)

    assert crawls.asked == [("fandomwire",)]


def test_a_second_call_ends_beside_the_first(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crawls = Crawls()

    with held(Layout(store).due_lock):
        code = crawl_due(store, (), crawls, is_quiet=False)

    assert (code, crawls.asked) == (0, [])
    assert "is being crawled already" in capsys.readouterr().out


def test_beside_another_writer_there_is_nothing_to_do(store: Path) -> None:
    crawls = Crawls(StoreInUseError("compact holds it"))

    assert crawl_due(store, (), crawls, is_quiet=True) == 0


@pytest.mark.parametrize("is_there", [True, False], ids=["in_a_folder", "in_none"])
def test_a_call_that_is_refused_leaves_nothing_behind(tmp_path: Path, *, is_there: bool) -> None:
    root = tmp_path / "store"
    if is_there:
        root.mkdir()
        (root / "notes.txt").touch()

    with pytest.raises(ConfigError):
        crawl_due(root, ("xeno",), Crawls(ConfigError("no such site")), is_quiet=True)

    assert [each.name for each in tmp_path.rglob("*") if each != root] == ["notes.txt"] * is_there
    assert root.exists() is is_there


def test_where_no_store_is_nothing_can_be_due(tmp_path: Path) -> None:
    with pytest.raises(NoStoreError):
        crawl_due(tmp_path, (), Crawls(), is_quiet=False)

    assert list(tmp_path.iterdir()) == []
