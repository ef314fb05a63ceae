"""`newsreel verify`: read everything back, and say whether it is what was committed."""

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from archive.columns import plain
from archive.counted import counted
from archive.coverage import Fate
from archive.errors import StoreError
from archive.instant import now_utc
from archive.journal.journal import require_journal
from archive.layout import Layout
from archive.verify.memory import Memory
from archive.verify.problem import Area, Problem
from archive.verify.report import VerifyReport
from archive.verify.store import verify
from crawler.commands.progress import LineProgress
from crawler.console import answer_console, message_console
from crawler.exit_codes import NEEDS_A_LOOK

_SHOWN: Final = 10
"""Problems of one kind that a person reads; the rest is counted, and --json has more."""


def verify_store(
    store: Path, *, as_json: bool, is_fresh: bool = False, is_strict: bool = False
) -> int:
    """Print how a store was found; return 0 when it is sound, 5 when it is damaged.

    Asked strictly, 3 when it is sound and something is half done.

    Raises ConfigError when there is no store to verify, LossError when its journal is gone.
    """
    began = time.monotonic()
    require_journal(Layout(store))
    with LineProgress(message_console()) as progress:
        memory = Memory(layout=Layout(store), now=now_utc())
        if is_fresh:
            memory.forget()
        report = verify(
            store,
            report=progress.show,
            workers=os.cpu_count() or 1,
            memory=memory,
            is_strict=is_strict,
        )
    wall_s = time.monotonic() - began
    console = answer_console()
    if as_json:
        answer = {
            "is_sound": report.is_sound,
            "is_at_rest": report.is_at_rest if is_strict else None,
            "wall_s": round(wall_s, 1),
            **plain(report),
        }
        console.out(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for line in told(report, wall_s=wall_s, is_strict=is_strict):
            console.print(line, soft_wrap=True)
    if not report.is_sound:
        return StoreError.exit_code
    return NEEDS_A_LOOK if is_strict and not report.is_at_rest else 0


def told(report: VerifyReport, *, wall_s: float, is_strict: bool = False) -> Iterator[str]:
    """Yield the answer line by line: what was read, each problem with its place, the verdict."""
    yield from _summary(report)
    for problems in _by_check(report.problems):
        yield ""
        yield from _listed(problems, report.counts[problems[0].check])
    for remarks in _by_check(report.remarks):
        yield ""
        yield from _listed(remarks, len(remarks), prefix="note: ")
    for half_done in _by_check(report.half_done):
        yield ""
        yield from _listed(half_done, len(half_done), prefix="half done: ")
    yield f"{_verdict(report, is_strict=is_strict)} {wall_s:.0f} s."


def _verdict(report: VerifyReport, *, is_strict: bool) -> str:
    if not report.is_sound:
        return f"Damaged: {counted(sum(report.counts.values()), 'problem')}."
    if not is_strict:
        return "Sound."
    if report.is_at_rest:
        return "Sound and at rest."
    return f"Sound, and not at rest: {counted(report.left, 'thing')} half done."


def _summary(report: VerifyReport) -> Iterator[str]:
    files, records = report.warcs.files, report.warcs.records
    archive = f"{counted(files, 'file')}, {counted(records, 'record')}"
    rows = sum(report.dataset.rows.values())
    articles = counted(report.dataset.rows.get("articles", 0), "row")
    pairs = {
        Area.WARC: (
            f"{archive}, {report.warcs.size_bytes / 1e6:,.1f} MB",
            "every block and payload digest recomputed",
        ),
        Area.DATASET: (
            f"{counted(report.dataset.parts, 'part')}, {counted(rows, 'row')}",
            "one schema, ids unique, checksums compared",
        ),
        Area.LINKS: (
            f"{articles} -> {counted(report.links, 'record')}",
            "each at its file, offset and length",
        ),
    }
    width = max(len(read) for read, _ in pairs.values())
    lines = {area: f"{read:<{width}}   {done}" for area, (read, done) in pairs.items()}
    lines[Area.LEDGER] = _accounted(report.ledger.fates)
    width = max(map(len, lines.values()))
    for area, line in lines.items():
        count = report.problems_in(area)
        yield f"{area:<9} {line:<{width}}   {counted(count, 'problem') if count else 'sound'}"


def _accounted(fates: Mapping[str, int]) -> str:
    """Return what became of all advertised addresses, as a sum.

    >>> _accounted({"archived": 3, "gone": 1, "robots": 1, "unchanged": 2})
    '7 advertised = 3 archived + 2 unchanged + 2 accounted for'
    """
    named = (Fate.ARCHIVED, Fate.UNCHANGED, Fate.PENDING)
    terms = [f"{fates[fate]:,} {fate}" for fate in named if fates.get(fate)]
    rest = sum(count for fate, count in fates.items() if fate not in named)
    if rest or not terms:
        terms.append(f"{rest:,} accounted for")
    return f"{sum(fates.values()):,} advertised = {' + '.join(terms)}"


def _by_check(problems: Sequence[Problem]) -> Iterator[Sequence[Problem]]:
    groups: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        groups[problem.check].append(problem)
    yield from groups.values()


def _listed(problems: Sequence[Problem], total: int, *, prefix: str = "") -> Iterator[str]:
    """Yield problems of one kind, and what to do about them."""
    for problem in problems[:_SHOWN]:
        place = (
            problem.path if problem.offset is None else f"{problem.path} at byte {problem.offset}"
        )
        yield f"{prefix}{place}: {problem.what}"
    if total > _SHOWN:
        yield f"{prefix}and {total - _SHOWN:,} more like this ({problems[0].check})"
    yield f"hint: {problems[0].hint}"
