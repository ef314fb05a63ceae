"""`newsreel compact`: few large files of a closed month instead of many small ones."""

import json
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive.columns import plain
from archive.counted import counted
from archive.dataset.compaction import Compaction, Heap, compact, heaps, merge_heaps
from archive.dataset.memory import give_back
from archive.durable import held
from archive.existing import existing_store
from archive.instant import now_utc
from archive.journal.journal import Journal
from crawler.commands.progress import LineProgress
from crawler.commands.waiting import opened_when_free
from crawler.console import answer_console, message_console


def compact_store(
    root: Path, *, is_open_too: bool, keep_days: int, is_rehearsal: bool, as_json: bool
) -> int:
    """Compact the closed months, or say which there are, and tell which snapshots are kept."""
    give_back()
    layout = existing_store(root)  # ConfigError where no store is; writing would make one
    now = now_utc()
    if is_rehearsal:
        journal = Journal.read(layout.journal)
        try:
            found = heaps(journal, now=now, is_open_too=is_open_too)
            told = {"compacted": list(map(_foreseen, found))} | _kept(journal)
        finally:
            journal.close()
    else:
        with (
            held(layout.compacting_lock),
            LineProgress(message_console(), "compact") as progress,
        ):
            with closing(Journal.read(layout.journal)) as journal:
                merged = merge_heaps(layout, journal, now=now, is_open_too=is_open_too, report=_say)
            with opened_when_free(root, say=progress.say) as store:
                done = compact(
                    store,
                    now=now,
                    pause=time.sleep,
                    is_open_too=is_open_too,
                    keep_for=timedelta(days=keep_days),
                    merged=merged,
                    report=_say,
                )
                told = _done(done) | _kept(store.journal)
    console = answer_console()
    if as_json:
        console.out(json.dumps(told, indent=1))
    else:
        for line in _lines(told, is_rehearsal=is_rehearsal):
            console.print(line, soft_wrap=True)
    return 0


def _say(heap: Heap) -> None:
    place = f"{heap.dataset}/site={heap.site}/month={heap.month}"
    message_console().print(f"{place}: {counted(len(heap.parts), 'part')}")


def _foreseen(heap: Heap) -> dict[str, Any]:
    return {
        "dataset": heap.dataset,
        "site": heap.site,
        "month": heap.month,
        "rows": heap.rows,
        "parts": len(heap.parts),
        "bytes": heap.size_bytes,
    }


def _done(done: Compaction) -> dict[str, Any]:
    return {
        "compacted": [
            _foreseen(each.heap) | {"path": each.part.path, "bytes_after": each.part.size_bytes}
            for each in done.compacted
        ],
        "expired": list(done.expired),
    }


def _kept(journal: Journal) -> dict[str, Any]:
    return {
        "snapshots": [
            {
                "number": each.number,
                "opened_at": plain(each.opened_at),
                "closed_at": None if each.closed_at is None else plain(each.closed_at),
            }
            for each in journal.snapshots.all()
        ]
    }


def _lines(told: dict[str, Any], *, is_rehearsal: bool) -> Iterable[str]:
    heaps_told = told["compacted"]
    parts = sum(heap["parts"] for heap in heaps_told)
    before = sum(heap["bytes"] for heap in heaps_told)
    if not heaps_told:
        yield "nothing to compact: no two files of a site and closed month fit into one"
    elif is_rehearsal:
        yield f"{counted(parts, 'part')}, {_megabytes(before)}, would become {len(heaps_told):,}"
    else:
        after = sum(heap["bytes_after"] for heap in heaps_told)
        yield (
            f"{counted(parts, 'part')} became {len(heaps_told):,}: {_megabytes(before)} are now "
            f"{_megabytes(after)}"
        )
    for snapshot in told["snapshots"]:
        began = snapshot["opened_at"][:16].replace("T", " ")
        until = (snapshot["closed_at"] or "now")[:16].replace("T", " ")
        yield f"  snapshot {snapshot['number']}  {began} to {until}"
    if gone := told.get("expired"):
        yield f"  gone, their time was over: {', '.join(map(str, gone))}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
