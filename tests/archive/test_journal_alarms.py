"""What is wrong at present, how full fields were, and who is left alone: from run to run."""

from datetime import timedelta

from archive.coverage import Fate
from archive.journal.alarms import ROWS, Alarm
from archive.journal.holds import Held
from archive.journal.journal import Journal
from tests.archive.store_samples import NOON, RUN, advertised

FAILED = Alarm(site="x", kind="failed", what="1 address failed", began_at=NOON)
HOUR = timedelta(hours=1)


def test_an_alarm_began_when_it_began(journal: Journal) -> None:
    later = Alarm(site="x", kind="failed", what="2 addresses failed", began_at=NOON + HOUR)
    journal.alarms.keep(FAILED)
    journal.alarms.keep(later)

    (kept,) = journal.alarms.all()
    assert (kept.what, kept.began_at) == ("2 addresses failed", NOON)


def test_an_alarm_that_is_over_is_forgotten(journal: Journal) -> None:
    journal.alarms.keep(FAILED)
    journal.alarms.end(FAILED)

    assert journal.alarms.all() == ()


def test_fields_are_counted_back_to_where_there_are_enough_rows(journal: Journal) -> None:
    for run_id in ("r1", "r2", "r3"):
        journal.alarms.add_filled(run_id, {("x", ROWS): 4, ("x", "dek"): 1, ("y", ROWS): 9})
        journal.alarms.add_filled(run_id, {("x", ROWS): 4, ("x", "dek"): 1})

    assert journal.alarms.filled("x", fewest_rows=8) == {ROWS: 8, "dek": 2}
    assert journal.alarms.filled("x", fewest_rows=9) == {ROWS: 16, "dek": 4}
    assert journal.alarms.filled("z", fewest_rows=1) == {}


def test_the_newest_article_is_the_one_known_of_last(journal: Journal) -> None:
    assert journal.alarms.newest_article_at("x") is None
    for hours, url in enumerate(("https://x.example/a", "https://x.example/b")):
        now = NOON + HOUR * hours
        journal.addresses.advertise(RUN, (advertised(url, by=0),), now=now)
        address = journal.addresses.find(url)
        assert address is not None
        journal.addresses.settle(address.id, Fate.ARCHIVED, article_id=url)

    newest = journal.alarms.newest_article_at("x")

    assert newest is not None
    assert newest >= NOON


def test_a_hold_is_kept_until_it_is_over(journal: Journal) -> None:
    held = Held(server="x", until=NOON + HOUR, reason="retry_after", incidents=1)
    journal.holds.keep(held)

    journal.holds.forget_others([], now=NOON)
    before = journal.holds.all()
    journal.holds.forget_others([], now=NOON + HOUR)

    assert (before, journal.holds.all()) == ((held,), ())
