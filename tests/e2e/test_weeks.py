"""Weeks of `crawl --due`: what is archived, what is told, and what it costs the sites."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from archive import open_store
from tests.e2e.command import ROOT, newsreel
from tests.e2e.stories import BLOCKING, SILENT

pytestmark = pytest.mark.soak

MOST_REQUESTS = 60
"""A site and day, with a dozen stories and two new ones a day: the budget."""


@dataclass(frozen=True)
class Weeks:
    """A story that was played, and the store it left."""

    told: dict[str, Any]
    store: Path

    @cached_property
    def coverage(self) -> list[dict[str, Any]]:
        """The ledgers of all runs, oldest first."""
        rows = open_store(self.store).sql("SELECT * FROM coverage ORDER BY run_id").to_pylist()
        return list(rows)

    @cached_property
    def versions(self) -> Counter[str]:
        """How many versions each path has."""
        rows = open_store(self.store).sql("SELECT url, version FROM articles").to_pylist()
        return Counter("/" + row["url"].split("/", 3)[3] for row in rows)

    def calls_between(self, first_day: float, last_day: float) -> list[dict[str, Any]]:
        """Return the calls made in these days."""
        return [c for c in self.told["calls"] if first_day <= c["called_s"] / 86_400 < last_day]

    def visits(self, site: str, status: int, call: dict[str, Any]) -> int:
        """Return how often a site gave an answer in a call."""
        return sum(
            each["site"] == site
            and each["status"] == status
            and call["called_s"] <= each["at_s"] <= call["ended_s"]
            for each in self.told["requests"]
        )


def play(story: str, folder: Path) -> Weeks:
    """Play a story in a process of its own."""
    store = folder / "store"
    command = [sys.executable, "-m", "tests.e2e.stories", story, str(store)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return Weeks(told=json.loads(done.stdout), store=store)


@pytest.fixture(scope="module", params=["days", "month"], ids=str)
def weeks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    """Play the weeks once."""
    story: str = request.param
    return play(story, tmp_path_factory.mktemp(story))


def test_every_address_that_was_ever_advertised_has_a_fate(weeks: Weeks) -> None:
    newest = {row["url"]: row for row in weeks.coverage}

    assert set(weeks.told["advertised"]) <= set(newest)
    unknown = {url for url, row in newest.items() if row["fate"] == "pending" or not row["fate"]}
    assert unknown == set()


def test_there_is_a_version_for_each_state_that_was_up_at_a_visit(weeks: Weeks) -> None:
    edits = weeks.told["edits"]
    seen: dict[str, set[int]] = {}
    for visit in weeks.told["requests"]:
        if visit["status"] == 200 and visit["path"] in weeks.versions:
            made = sum(path == visit["path"] and at_s <= visit["at_s"] for at_s, path in edits)
            seen.setdefault(visit["path"], set()).add(made)

    assert weeks.versions == {path: len(states) for path, states in seen.items()}
    assert max(weeks.versions.values()) > 1


def test_what_was_taken_down_is_gone_and_its_row_stays(weeks: Weeks) -> None:
    fates = {"/" + row["url"].split("/", 3)[3]: row["fate"] for row in weeks.coverage}
    met = {each["path"] for each in weeks.told["requests"] if each["status"] == 410}
    seen = met & set(weeks.told["withdrawn"])

    assert seen
    assert {fates[path] for path in seen} == {"gone"}
    assert seen & set(weeks.versions)


@pytest.mark.parametrize(
    ("name", "site", "status", "code"),
    [("outage", SILENT, 500, 3), ("block", BLOCKING, 403, 4)],
    ids=["outage", "block"],
)
def test_trouble_is_reported_by_the_first_call_that_meets_it(
    weeks: Weeks, name: str, site: str, status: int, code: int
) -> None:
    calls = weeks.calls_between(*weeks.told[name])
    met = [call for call in calls if weeks.visits(site, status, call)]

    assert met[0]["exit_code"] == code
    assert any(site in problem["site"] for problem in met[0]["problems"])


@pytest.mark.parametrize(
    ("name", "site", "kind"),
    [("outage", SILENT, "failed"), ("block", BLOCKING, "blocked")],
    ids=["outage", "block"],
)
def test_trouble_is_told_once_when_it_begins_and_once_when_it_ends(
    weeks: Weeks, name: str, site: str, kind: str
) -> None:
    def told(word: str) -> list[float]:
        return [
            call["called_s"] / 86_400
            for call in weeks.told["calls"]
            for each in call[word]
            if site in each["site"] and each["kind"] == kind
        ]

    (began,), (ended,) = told("began"), told("ended")
    first, last = weeks.told[name]
    assert first <= began < last <= ended


def test_what_began_and_ended_is_in_the_runs_issues(weeks: Weeks) -> None:
    issues = [
        json.loads(line)
        for path in sorted((weeks.store / "runs").glob("*/issues.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]

    kinds = Counter(issue["kind"] for issue in issues)
    assert kinds["blocked"] == kinds["over:blocked"] == 1
    assert kinds["failed"] == kinds["over:failed"] == 1


def test_a_site_that_blocks_is_left_alone(weeks: Weeks) -> None:
    calls = weeks.calls_between(*weeks.told["block"])

    asked = sum(weeks.visits(BLOCKING, 403, call) for call in calls)
    days = weeks.told["block"][1] - weeks.told["block"][0]
    assert asked <= 5 + 24 * days / 2


def test_no_site_is_asked_more_than_the_budget(weeks: Weeks) -> None:
    first_day_s = 86_400
    asked = Counter(each["site"] for each in weeks.told["requests"] if each["at_s"] >= first_day_s)

    assert max(asked.values()) <= MOST_REQUESTS * (weeks.told["days"] - 1)


def test_what_is_looked_at_again_is_asked_for_on_condition(weeks: Weeks) -> None:
    statuses = Counter(each["status"] for each in weeks.told["requests"])

    assert statuses[304] > statuses[200]


_ARTICLES = "SELECT * EXCLUDE (extraction_warnings) FROM articles ORDER BY article_id, version"
# Of what was asked for. Which of several listings brought a piece of news is chance, and with it
# how soon each is polled again: what was queued when a run ended may be told otherwise.
_LEDGER = (
    "SELECT run_id, url, fate, reason, fetch_time, article_id FROM coverage "
    "WHERE fetch_time IS NOT NULL ORDER BY run_id, url"
)


@pytest.mark.soak
def test_its_warcs_alone_tell_articles_and_ledgers_again(weeks: Weeks, tmp_path: Path) -> None:
    copy = tmp_path / "store"
    shutil.copytree(weeks.store, copy, symlinks=True)
    for path in copy.glob("journal.db*"):
        path.unlink()

    assert newsreel("verify", "--repair", "--store", copy).code == 0

    told, again = open_store(weeks.store), open_store(copy)
    for query in (_ARTICLES, _LEDGER):
        assert again.sql(query).to_pylist() == told.sql(query).to_pylist()


def test_the_store_is_sound(weeks: Weeks) -> None:
    assert newsreel("verify", "--store", weeks.store).code == 0
