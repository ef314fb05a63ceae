"""What needs a look, as the runs told it when they ended: nobody judges a second time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from archive.journal.journal import Journal
from archive.journal.runs import Run
from archive.layout import Layout

_RUNS: Final = 20
"""Runs that are looked back upon: a site that none of them asked is told nothing of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A problem of one site, in the words of the run that found it."""

    site: str
    what: str
    command: str
    exit_code: int
    run_id: str
    since: datetime
    """When the first of the runs in a row began that told of trouble with the site."""


def summary_of(layout: Layout, run_id: str) -> dict[str, Any]:
    """Return what a run said of itself; empty for one that has not ended, or said nothing."""
    try:
        told = json.loads(layout.summary(run_id).read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def troubles(layout: Layout, journal: Journal) -> tuple[Trouble, ...]:
    """Return the problems of each site's newest run, the gravest first."""
    runs = [(run, summary_of(layout, run.id)) for run in journal.runs.newest(_RUNS)]
    found = list(_newest(runs))
    return tuple(sorted(found, key=lambda each: (-each.exit_code, each.site)))


def _newest(runs: list[tuple[Run, dict[str, Any]]]) -> Iterator[Trouble]:
    told: set[str] = set()
    for place, (run, summary) in enumerate(runs):
        problems = summary.get("problems", ())
        sites = {*summary.get("fates", ()), *(problem["site"] for problem in problems)}
        for problem in problems:
            if problem["site"] not in told:
                yield Trouble(
                    site=problem["site"],
                    what=problem["what"],
                    command=problem["hint"],
                    exit_code=problem["exit_code"],
                    run_id=run.id,
                    since=_since(problem["site"], runs[place:]),
                )
        told |= sites


def _since(site: str, runs: list[tuple[Run, dict[str, Any]]]) -> datetime:
    since = runs[0][0].started_at
    for run, summary in runs:
        if site in {problem["site"] for problem in summary.get("problems", ())}:
            since = run.started_at
        elif site in summary.get("fates", ()):
            break
    return since
