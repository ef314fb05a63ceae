"""Runs that go on where they were interrupted, their WARCs, and answers for robots."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from archive.journal.journal import Journal
from archive.journal.runs import RobotsAnswer, Run
from tests.archive.store_samples import NEXT_RUN, NOON, RUN, begin, warc_file

LATER = NOON + timedelta(hours=1)
PLAN = "{}"


def end(outcome: str) -> Callable[[Journal], None]:
    return lambda journal: journal.runs.end(RUN, outcome=outcome, at=LATER)


def end_and_resume(journal: Journal) -> None:
    journal.runs.end(RUN, outcome="finished", at=LATER)
    journal.runs.resume(RUN)


RESUMED: dict[str, tuple[Callable[[Journal], None], bool]] = {
    "killed": (lambda _: None, True),
    "stopped": (end("stopped"), True),
    "failed": (end("failed"), True),
    "finished": (end("finished"), False),
    "resumed": (end_and_resume, True),
}


@pytest.mark.parametrize(("ending", "is_resumed"), RESUMED.values(), ids=RESUMED.keys())
def test_a_run_is_taken_up_again_unless_it_finished(
    journal: Journal, *, ending: Callable[[Journal], None], is_resumed: bool
) -> None:
    ending(journal)

    unfinished = journal.runs.unfinished(PLAN)

    assert (unfinished is not None) == is_resumed
    assert unfinished is None or unfinished.id == RUN


def test_a_run_of_another_plan_is_not_taken_up(journal: Journal) -> None:
    assert journal.runs.unfinished('{"targets": ["y"]}') is None


def test_only_the_newest_run_of_a_plan_is_taken_up(journal: Journal) -> None:
    begin(journal, NEXT_RUN)
    journal.runs.end(NEXT_RUN, outcome="finished", at=LATER)

    assert journal.runs.unfinished(PLAN) is None


def test_a_run_says_when_and_how_it_ended(journal: Journal) -> None:
    run = Run(id=RUN, plan=PLAN, started_at=NOON)
    while_running = journal.runs.newest()
    journal.runs.end(RUN, outcome="stopped", at=LATER)
    after_its_end = journal.runs.newest()
    journal.runs.resume(RUN)

    assert while_running == journal.runs.newest() == (run,)
    assert after_its_end == (replace(run, ended_at=LATER, outcome="stopped"),)


def test_the_newest_runs_come_first_and_no_more_than_asked_for(journal: Journal) -> None:
    journal.runs.begin(Run(id="early", plan=PLAN, started_at=NOON - timedelta(days=1)))
    journal.runs.begin(Run(id="same moment", plan=PLAN, started_at=NOON))

    assert [run.id for run in journal.runs.newest()] == ["same moment", RUN, "early"]
    assert [run.id for run in journal.runs.newest(1)] == ["same moment"]


def test_a_warc_grows_until_it_is_sealed(journal: Journal) -> None:
    second, first = warc_file(2), warc_file(1)
    journal.runs.open_warc(second)
    journal.runs.open_warc(first)
    journal.runs.commit_warc(first.filename, 99)
    journal.runs.seal_warc(first.filename, LATER)

    grown = replace(first, committed_length=99, is_sealed=True)
    assert journal.runs.warcs() == (grown, second)


DAY = timedelta(hours=24)
AGES = {
    "now": (timedelta(0), True),
    "almost_a_day": (DAY - timedelta(microseconds=1), True),
    "a_day": (DAY, False),
    "from_the_future": (-timedelta(hours=1), True),
    "from_a_day_to_come": (-DAY, False),
}


@pytest.mark.parametrize(("age", "is_used"), AGES.values(), ids=AGES.keys())
def test_a_robots_answer_is_used_for_a_day(
    journal: Journal, *, age: timedelta, is_used: bool
) -> None:
    answer = RobotsAnswer(
        origin="https://x.example", fetched_at=NOON, status=200, body=b"User-agent: *\n"
    )
    journal.runs.keep_robots(answer)

    found = journal.runs.robots("https://x.example", now=NOON + age, keep_for=DAY)

    assert found == (answer if is_used else None)


def test_the_newest_robots_answer_of_an_origin_counts(journal: Journal) -> None:
    first = RobotsAnswer(origin="https://x.example", fetched_at=NOON, status=None, body=b"")
    second = replace(first, fetched_at=LATER, status=404)
    journal.runs.keep_robots(first)
    journal.runs.keep_robots(second)

    assert journal.runs.robots("https://x.example", now=LATER, keep_for=DAY) == second
    assert journal.runs.robots("http://x.example", now=LATER, keep_for=DAY) is None
