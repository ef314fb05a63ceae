"""What needs a look, as the crawls told it: nobody judges a second time.

What is wrong at present, and since when, the journal keeps; the command to run next stands in the
summary of the run that told of it last.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from archive.journal.journal import Journal
from archive.layout import Layout

_RUNS: Final = 20
"""Runs whose summaries are looked into for what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that is wrong with one site, in the words of the crawl that found it."""

    site: str
    kind: str
    what: str
    since: datetime
    command: str | None
    """What to run next; None when no summary is left that says so. So are the next two."""
    exit_code: int | None
    run_id: str | None


def summary_of(layout: Layout, run_id: str) -> dict[str, Any]:
    """Return what a run said of itself; empty for one that has not ended, or said nothing."""
    try:
        told = json.loads(layout.summary(run_id).read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def troubles(layout: Layout, journal: Journal) -> tuple[Trouble, ...]:
    """Return what is wrong at present, the gravest first, then the oldest."""
    alarms = journal.alarms.all()
    told: dict[tuple[str, str], tuple[dict[str, Any], str]] = {}
    for run in journal.runs.newest(_RUNS) if alarms else ():
        for problem in summary_of(layout, run.id).get("problems", ()):
            told.setdefault((problem["site"], problem.get("kind", "")), (problem, run.id))
    found = []
    for alarm in alarms:
        problem, run_id = told.get((alarm.site, alarm.kind), ({}, None))
        found.append(
            Trouble(
                site=alarm.site,
                kind=alarm.kind,
                what=alarm.what,
                since=alarm.began_at,
                command=problem.get("hint"),
                exit_code=problem.get("exit_code"),
                run_id=run_id,
            )
        )
    return tuple(sorted(found, key=lambda each: (-(each.exit_code or 0), each.since, each.site)))
