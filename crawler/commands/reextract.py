"""`newsreel reextract`: read the kept pages again with today's rules."""

import json
import os
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from archive import open_store
from archive.counted import counted
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.selection import Selection
from crawler.commands.progress import LineProgress
from crawler.commands.selecting import selection_of
from crawler.commands.waiting import opened_when_free
from crawler.console import answer_console, message_console
from crawler.extract.pool import ReadingPool
from crawler.reextract.job import Job, Outcome
from crawler.reextract.rereading import Rereader
from crawler.reextract.sample import Sampled, sample
from crawler.registry import known_sites as sites_with_a_file

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
    is_rehearsal: bool,
    as_json: bool,
) -> int:
    """Read rows again, publish what changed as a snapshot, and tell what that is; return 0.

    Raises ConfigError when there is no store or nothing is known of the site.
    """
    layout = open_store(root).layout
    workers = jobs or os.cpu_count() or 1
    with (
        closing(Journal.read(layout.journal)) as journal,
        closing(ReadingPool(workers=workers)) as pool,
        LineProgress(message_console(), "reextract") as progress,
    ):
        selection = selection_of(journal, site=site, since=since, until=until)
        rereader = Rereader(
            layout=layout, journal=journal, sites=sites_with_a_file(), pool=pool, workers=workers
        )
        if sample_rows is not None:
            told = _told_sample(sample(rereader, selection, sample_rows))
            lines = _sample_lines(told)
        else:
            job = Job(
                layout=layout,
                rereader=rereader,
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
