"""`newsreel forget`: take addresses down, and say what that was and where else it may be."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from archive.counted import counted
from archive.errors import ConfigError
from archive.existing import existing_store
from archive.forget.erasure import copies_aside, erase, refuse_erasure
from archive.forget.matter import Matter, find_matter
from archive.forget.withdrawal import held_rows, rows_by_dataset, withdraw
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.layout import Layout
from crawler.commands.progress import LineProgress
from crawler.commands.waiting import opened_when_free
from crawler.console import answer_console, message_console


def forget_addresses(  # noqa: PLR0913 - one parameter an option
    root: Path,
    urls: Sequence[str],
    *,
    reason: str | None,
    is_erasing: bool,
    is_sure: bool,
    is_rehearsal: bool,
    as_json: bool,
) -> int:
    """Withdraw addresses, erase them when that is asked for, and tell what was done; return 0.

    Raises ConfigError for an address that nothing is known of, or when others stand on records
    that are to be erased.
    """
    layout = existing_store(root)
    told = _foreseen(layout, urls, is_erasing=is_erasing)
    if not is_rehearsal:
        if is_erasing and not is_sure:
            _require_yes(told)
        told |= _carried_out(layout, urls, reason=reason, is_erasing=is_erasing)
    console = answer_console()
    if as_json:
        console.out(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for line in _lines(told, is_rehearsal=is_rehearsal, is_erasing=is_erasing):
            console.print(line, soft_wrap=True)
    return 0


def _foreseen(layout: Layout, urls: Sequence[str], *, is_erasing: bool) -> dict[str, Any]:
    with closing(Journal.read(layout.journal)) as journal:
        matter = find_matter(layout, journal, urls)
        if is_erasing:
            refuse_erasure(journal, matter)
        return _told(journal, matter) | {
            "rows": rows_by_dataset(held_rows(layout, journal, matter)),
            "erased": None,
            "copies": list(copies_aside(layout)),
        }


def _carried_out(
    layout: Layout, urls: Sequence[str], *, reason: str | None, is_erasing: bool
) -> dict[str, Any]:
    now = now_utc()
    with (
        LineProgress(message_console(), "forget") as progress,
        opened_when_free(layout.root, say=progress.say) as store,
    ):
        matter = find_matter(layout, store.journal, urls)  # a crawl may have found more since
        if is_erasing:
            refuse_erasure(store.journal, matter)
        told = _told(store.journal, matter)
        told["rows"] = withdraw(store, matter, reason=reason, now=now, pause=time.sleep)
        if is_erasing:
            told["erased"] = asdict(erase(store, matter, now=now))
    return told


def _told(journal: Journal, matter: Matter) -> dict[str, Any]:
    return {
        "addresses": [
            {"url": each.url, "captures": each.captures, "was_withdrawn": each.is_withdrawn}
            for each in matter.addresses
        ],
        "captures": matter.captures,
        "same_bytes_at": list(journal.withdrawing.standing_on(matter.ids)),
        "led_to": list(journal.withdrawing.led_to(matter.ids)),
    }


def _require_yes(told: dict[str, Any]) -> None:
    """Ask whether records may be overwritten; raises ConfigError when not, or nobody is there."""
    if not sys.stdin.isatty():
        raise ConfigError(
            "--erase overwrites records for good, and nobody is here to be asked: add --yes"
        )
    for each in told["addresses"]:
        message_console().print(f"  {each['url']}", soft_wrap=True)
    captures = counted(told["captures"], "capture")
    if not typer.confirm(f"Overwrite the records of {captures} for good?", err=True):
        raise ConfigError("nothing was changed: the answer was no")


def _lines(told: dict[str, Any], *, is_rehearsal: bool, is_erasing: bool) -> Iterator[str]:
    rows, addresses = told["rows"], counted(len(told["addresses"]), "address")
    taken = ", ".join(
        counted(rows[name], "row", behind=f"of {name}") for name in ("articles", "captures")
    )
    would = "would be withdrawn" if is_rehearsal else "withdrawn"
    yield (
        f"{addresses} {would}, with {counted(told['captures'], 'capture')}: {taken}; "
        f"{counted(rows['coverage'], 'row', behind='of coverage')} say so"
    )
    for each in told["addresses"]:
        before = ", withdrawn before" if each["was_withdrawn"] else ""
        yield f"  {each['url']}  {counted(each['captures'], 'capture')}{before}"
    for url in told["same_bytes_at"]:
        yield f"  the same bytes came from {url}, which stays: forget it too if it is meant"
    for url in told["led_to"]:
        yield f"  it led to {url}, which stays unless it stands above"
    yield from _erasure_lines(told, is_rehearsal=is_rehearsal, is_erasing=is_erasing)


def _erasure_lines(told: dict[str, Any], *, is_rehearsal: bool, is_erasing: bool) -> Iterator[str]:
    erased = told["erased"]
    if erased is not None:
        yield (
            f"erased: {counted(erased['captures'], 'capture')}, "
            f"{counted(erased['size_bytes'], 'byte')} in {counted(erased['files'], 'WARC')}"
        )
    elif not is_rehearsal:
        yield "the records lie in the WARCs still; the same command with --erase overwrites them"
    if is_erasing and told["copies"]:
        yield f"repairs put aside what may hold it still: {', '.join(told['copies'])}"
