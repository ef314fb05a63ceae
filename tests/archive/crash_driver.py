"""Crawls of an invented web with the real store, each killed again and again until it ends.

`python -m tests.archive.crash_driver ROOT PLANS` where the plans are JSON, by the name of the
folder below ROOT that each gets: how to kill or to starve each life, and which fault to put in. It
prints, as JSON, how each life of each crawl ended. Everything is loaded once, and every life is a
fork.
"""

import json
import multiprocessing
import os
import random
import resource
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet

from archive.address import registrable_domain
from archive.errors import CaptureError, NoStoreError, StoreError
from archive.fault import arm
from archive.layout import Layout
from archive.verify.problem import Check
from archive.verify.store import verify
from tests.archive.crash_crawl import RUN, Plan, live

_REFUSED: Final = 3
_UNSOUND: Final = 5


def _put_fault_in(layout: Layout, mutant: str) -> None:
    """Do before an opening what a healing that trusts the disk more than the journal would do."""
    if not layout.journal.exists():
        return
    with closing(sqlite3.connect(layout.journal, isolation_level=None)) as db:
        if mutant == "adopt_tails":
            for (name,) in db.execute("SELECT filename FROM warc").fetchall():
                for path in layout.warcs.glob(f"{name}*"):
                    size = path.stat().st_size
                    db.execute(
                        "UPDATE warc SET committed_length = ? WHERE filename = ?", (size, name)
                    )
        if mutant == "adopt_parts":
            for path in layout.dataset("articles").rglob("*.parquet"):
                name = path.relative_to(layout.root).as_posix()
                db.execute(
                    "INSERT OR IGNORE INTO part (dataset, path, rows, bytes, sha256, "
                    "schema_version, run_id, published_at) "
                    "VALUES ('articles', ?, 1, 1, '', 1, ?, 0)",
                    (name, RUN),
                )


@contextmanager
def _dying_at_sync(number: int, last: int) -> Iterator[None]:
    """Be killed at the n-th time that anything is made to last: just before it, or just after."""
    left = number if number <= last else 0

    def counted(sync: Callable[[Any], None]) -> Callable[[Any], None]:
        def dying(handle: Any) -> None:
            nonlocal left
            left -= 1
            if left == 0 and number % 2:
                os.kill(os.getpid(), signal.SIGKILL)
            sync(handle)
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        return dying

    setattr(os, "fsync", counted(os.fsync))  # noqa: B010 - mypy knows it under a wider type
    from archive.warc import writer  # noqa: PLC0415 - it takes its fdatasync when it is loaded

    setattr(writer, "_sync", counted(os.fdatasync))  # noqa: B010 - mypy knows it as final
    yield


def _one_life(root: Path, plan: Plan, life: int) -> None:
    if life < len(plan.file_limits):
        resource.setrlimit(resource.RLIMIT_FSIZE, (plan.file_limits[life],) * 2)
    _put_fault_in(Layout(root / "store"), plan.mutant)
    if life < len(plan.faults):
        arm(plan.faults[life])
    try:
        if plan.seed is None and not (plan.file_limits or plan.faults):
            with _dying_at_sync(plan.syncs[0] + life, plan.syncs[1]):
                live(root, plan)
        else:
            live(root, plan)
    except (CaptureError, StoreError) as error:
        sys.stderr.write(f"life {life}: {type(error).__name__}: {error}\n")
        os._exit(_REFUSED)
    os._exit(0)


def lives(root: Path, plan: Plan) -> Iterator[int]:
    """Yield how each life ended: 0 of itself, -9 by being killed, 3 by an error that was told.

    A store that is not sound after a life, or not at rest after the last, ends them all, with 5.
    """
    root.mkdir(exist_ok=True)
    fork = multiprocessing.get_context("fork")
    chance = random.Random(plan.seed)
    for life in range(5000):
        process = fork.Process(target=_one_life, args=(root, plan, life))
        process.start()
        is_hunted = plan.seed is not None and life < plan.kills
        # Most lives are short: what is costly is to let many come to what only few have to.
        process.join(plan.longest_s * chance.random() ** 2 if is_hunted else 60)
        if process.exitcode is None:
            process.kill()
            process.join()
        yield int(process.exitcode or 0)
        if plan.is_verified and _is_unsound(root / "store", is_over=process.exitcode == 0):
            yield _UNSOUND
            return
        is_starved = life < max(len(plan.file_limits), len(plan.faults))
        if process.exitcode == 0 or (process.exitcode == _REFUSED and not is_starved):
            return


def _is_unsound(store: Path, *, is_over: bool) -> bool:
    """Whether a store is damaged, as the life that ended has left it, before anything heals it.

    What is left over between the end of a run and its seal, the next opening takes away; once it is
    over, nothing may be.
    """
    try:
        report = verify(store, is_strict=True)
    except (NoStoreError, StoreError):  # it was being made, or not begun
        return any((store / "warc").glob("*"))
    found = [each for each in report.problems if is_over or each.check is not Check.LEFTOVER]
    found += report.half_done if is_over else ()
    for problem in found:
        sys.stderr.write(f"{store}: {problem}\n")
    return bool(found)


def plan_of(told: Mapping[str, Any]) -> Plan:
    """Return the plan that JSON tells of."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
    }
    return Plan(**fields)


if __name__ == "__main__":
    # What loads something at its first use is used once, for all lives: the list of suffixes, and
    # pandas, which Arrow looks for with its first table and loads where it is.
    registrable_domain("https://x.example/")
    pa.table({"any": [1]})
    ends = {
        name: [*lives(Path(sys.argv[1]) / name, plan_of(plan))]
        for name, plan in json.loads(sys.argv[2]).items()
    }
    sys.stdout.write(json.dumps(ends))
