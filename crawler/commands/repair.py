"""`newsreel verify --repair`: mend what can be mended; say what was found, done and not done."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from archive.columns import plain
from archive.durable import held
from archive.errors import LossError, NoStoreError
from archive.layout import Layout
from archive.store import is_store
from crawler.commands.progress import LineProgress
from crawler.console import answer_console, message_console
from crawler.rebuild.repairing import Repair, Repairing


def repair_store(root: Path, *, is_rehearsal: bool, as_json: bool) -> int:
    """Repair a store and print how; return 0, 3 when captures are lost, 5 when damage is left.

    Raises StoreInUseError beside a crawl, NoStoreError where there is no store,
    LossError where it has no WARCs.
    """
    layout, began = Layout(root), time.monotonic()
    if not is_store(layout):  # what a repair clears away and puts aside would be somebody else's
        raise NoStoreError(root)
    if not layout.warcs.is_dir():
        raise LossError(f"{layout.warcs} is gone, and all else is made from it: restore a copy")
    with held(layout.lock), LineProgress(message_console()) as progress:
        repair = Repairing(
            layout, report=progress.show, say=progress.say, is_rehearsal=is_rehearsal
        ).run()
    console = answer_console()
    if as_json:
        answer = {
            "is_sound": repair.after.is_sound if repair.after else None,
            "wall_s": round(time.monotonic() - began, 1),
            "sentence": repair.sentence(is_rehearsal=is_rehearsal),
            "found": repair.found,
            "did": repair.did,
            "could_not": repair.could_not,
            "replaced": None if repair.replaced is None else str(repair.replaced),
            "set_aside": [str(path) for path in repair.set_aside],
            "lost": plain(repair.lost),
            "after": plain(repair.after) if repair.after else None,
        }
        console.out(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for line in _told(repair, is_rehearsal=is_rehearsal):
            console.print(line, soft_wrap=True)
    return repair.exit_code


def _told(repair: Repair, *, is_rehearsal: bool) -> Iterator[str]:
    yield repair.sentence(is_rehearsal=is_rehearsal)
    if repair.replaced is not None:
        yield f"What was replaced lies in {repair.replaced}."
    for path in repair.set_aside:
        yield f"Set aside as it was found: {path}"
    for lost in repair.lost[:10]:
        yield f"lost: {lost.url} of {lost.fetch_time:%Y-%m-%d %H:%M} UTC, in {lost.warc_filename}"
    if len(repair.lost) > 10:  # noqa: PLR2004 - as many as are listed above
        yield f"and {len(repair.lost) - 10:,} more"
    if repair.after is not None:
        for problem in repair.after.problems[:10]:
            at = "" if problem.offset is None else f" at byte {problem.offset}"
            yield f"{problem.path}{at}: {problem.what}"
            yield f"hint: {problem.hint}"
