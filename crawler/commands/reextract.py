"""`newsreel reextract`: read the kept pages again with today's rules."""

import json
import os
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager, closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from archive.counted import counted
from archive.dataset.memory import leave_pandas_out
from archive.errors import ConfigError
from archive.existing import existing_store
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.selection import Selection
from crawler.commands.progress import LineProgress
from crawler.commands.selecting import selection_of
from crawler.commands.waiting import opened_when_free
from crawler.console import answer_console, message_console
from crawler.extract.pool import ReadingPool
from crawler.reextract.cluster import cluster_crew
from crawler.reextract.crew import Crew, Ground, LocalCrew, rereader
from crawler.reextract.edition import reader_edition
from crawler.reextract.job import Job, Outcome
from crawler.reextract.sample import Sampled, sample
from crawler.registry import known_sites

_AHEAD: Final = 4
"""Pages that wait for each worker."""
_SHOWN_COLUMNS: Final = 4
"""The columns that changed most often, of each site."""


def reextract_store(  # noqa: PLR0913 - one parameter an option
    root: Path,
    *,
    site: str | None,
    since: datetime | None,
    until: datetime | None,
    sample_rows: int | None,
    jobs: int | None,
    scheduler: str | None,
    is_rehearsal: bool,
    as_json: bool,
) -> int:
    """Read rows again, publish what changed as a snapshot, and tell what that is; return 0.

    Raises ConfigError when there is no store, nothing is known of the site, or no cluster answers.
    """
    leave_pandas_out()
    if scheduler is not None and (jobs or sample_rows):
        raise ConfigError(
            "--scheduler has a cluster do it: --jobs and --sample are of this machine"
        )
    layout = existing_store(root)
    workers = jobs or os.cpu_count() or 1
    ground = Ground(root=layout.root, journal=layout.journal, edition=reader_edition())
    with (
        closing(Journal.read(layout.journal)) as journal,
        LineProgress(message_console(), "reextract") as progress,
    ):
        selection = selection_of(journal, site=site, since=since, until=until)
        if sample_rows is not None:
            told = _told_sample(_sampled(ground, selection, sample_rows, workers))
            lines = _sample_lines(told)
        else:
            with _crew(ground, workers, scheduler) as crew:
                job = Job(
                    layout=layout,
                    journal=journal,
                    designs=known_sites().designs,
                    crew=crew,
                    selection=selection,
                    report=progress.say,
                    pause=time.sleep,
                )
                outcome = _outcome(job, is_rehearsal=is_rehearsal)
            told = _told(outcome, selection)
            lines = _lines(told, is_rehearsal=is_rehearsal)
    console = answer_console()
    if as_json:
        console.out(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for line in lines:
            console.print(line, soft_wrap=True, markup=False)
    return 0


def _outcome(job: Job, *, is_rehearsal: bool) -> Outcome:
    if is_rehearsal:
        return job.foresee()
    root = job.layout.root
    return job.carry_out(lambda: opened_when_free(root, say=job.report), now=now_utc())


def _crew(ground: Ground, workers: int, scheduler: str | None) -> AbstractContextManager[Crew]:
    """Return who does the work: this machine, or the cluster of a scheduler."""
    if scheduler is None:
        return LocalCrew(ground, workers=workers)
    return cluster_crew(scheduler, ground)


def _sampled(ground: Ground, selection: Selection, rows: int, workers: int) -> tuple[Sampled, ...]:
    """Return some rows with what they would read like."""
    with closing(ReadingPool(workers=workers)) as pool:
        again = rereader(ground, pool, ahead=_AHEAD * workers)
        with closing(again.journal):
            return tuple(sample(again, selection, rows, known_sites().designs))


def _told(outcome: Outcome, selection: Selection) -> dict[str, Any]:
    total = outcome.total
    return {
        "selection": str(selection),
        "rows": total.rows,
        "changed": total.changed,
        "kept": dict(total.kept),
        "new": outcome.new.total(),
        "snapshot": outcome.snapshot,
        "sites": {
            site: {
                "rows": tally.rows,
                "changed": tally.changed,
                "columns": dict(tally.columns.most_common()),
                "kept": dict(tally.kept),
                "new": outcome.new[site],
            }
            for site in sorted({*outcome.sites, *outcome.new})
            for tally in [outcome.tally(site)]
        },
    }


def _lines(told: dict[str, Any], *, is_rehearsal: bool) -> Iterable[str]:
    said = "would read" if is_rehearsal else "read"
    yield (
        f"{told['changed']:,} of {counted(told['rows'], 'row')} {said} differently now; "
        f"{counted(told['new'], 'row')} of pages that made none before"
    )
    for site, each in told["sites"].items():
        if not (each["changed"] or each["kept"] or each["new"]):
            continue
        often = list(each["columns"].items())[:_SHOWN_COLUMNS]
        columns = ", ".join(f"{name} {count:,}" for name, count in often)
        yield f"  {site}  {each['changed']:,} of {each['rows']:,} changed, {each['new']:,} new" + (
            f": {columns}" if columns else ""
        )
        for reason, count in each["kept"].items():
            yield f"    {counted(count, 'row')} stayed as read before: {reason}"
    if told["snapshot"] is not None:
        yield (
            f"snapshot {told['snapshot']} has them; `--at {told['snapshot'] - 1}` shows the "
            "dataset as it was"
        )
    elif not is_rehearsal:
        yield "the dataset stays as it is"


def _told_sample(found: Iterable[Sampled]) -> dict[str, Any]:
    rows = list(found)
    return {
        "sampled": len(rows),
        "changed": [
            {"url": each.url, "version": each.version, "columns": list(each.columns)}
            for each in rows
            if each.columns
        ],
        "kept": [{"url": each.url, "reason": each.kept} for each in rows if each.kept],
    }


def _sample_lines(told: dict[str, Any]) -> Iterable[str]:
    yield f"{len(told['changed']):,} of {counted(told['sampled'], 'row')} would read differently"
    for each in told["changed"]:
        yield f"  {each['url']}  {', '.join(each['columns'])}"
    for each in told["kept"]:
        yield f"  {each['url']}  would stay as read before: {each['reason']}"
