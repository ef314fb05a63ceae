"""The runs: what each was asked for, what it brought, and why it ended as it did."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

from archive.coverage import Fate
from archive.journal.journal import Journal
from archive.journal.runs import Run
from archive.room.asked import Asked
from archive.room.room import Room
from archive.room.sites import UnknownError
from archive.room.told import summary_of
from archive.room.wording import literal, question

_PAGE: Final = 40
_FAILED: Final = (Fate.FAILED, Fate.BLOCKED, Fate.UNREADABLE)
_BROUGHT: Final = ("captures", "bytes", "articles", "edits")


def runs(room: Room, asked: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the runs, newest first."""
    del names
    before = asked.word("before")
    with room.journal() as journal:
        found = _page(journal, before)
    shown = found[:_PAGE]
    with room.index.reading() as db:
        brought = _brought(db, [run.id for run in shown])
    return {
        "title": "Runs",
        "runs": [_row(room, run, brought.get(run.id, {})) for run in shown],
        "following": shown[-1].id if len(found) > _PAGE else None,
        "sql": question(
            "run_id, count(*) as captures, min(fetch_time) as began, max(fetch_time) as ended",
            "captures",
            group="run_id",
            order="began desc",
        ),
    }


def run(room: Room, asked: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """Return one run, site by site; raises UnknownError when the store knows none of that name."""
    del asked
    run_id = names["run"]
    with room.journal() as journal:
        rows = journal.query("SELECT id FROM run WHERE id = ?", (run_id,))
        found = _page(journal, run_id, is_included=True)[0] if rows else None
    if found is None:
        raise UnknownError(f"This store knows no run {run_id}.")
    with room.index.reading() as db:
        whole = _brought(db, [run_id])
        brought = {
            row["site"]: {name: row[name] for name in _BROUGHT}
            for row in db.execute("SELECT * FROM run_site WHERE run_id = ?", (run_id,))
        }
        fates = db.execute(
            "SELECT site, fate, reason, addresses FROM fate WHERE run_id = ? "
            "ORDER BY site, addresses DESC",
            (run_id,),
        ).fetchall()
    sites = sorted({*brought, *(row["site"] for row in fates)})
    return {
        "title": f"Run {run_id}",
        "run": _row(room, found, whole.get(run_id, {})),
        "sites": [
            {
                "site": site,
                **brought.get(site, dict.fromkeys(_BROUGHT, 0)),
                "fates": [dict(row) for row in fates if row["site"] == site],
            }
            for site in sites
        ],
        "sql": question(
            "url, fate, reason",
            "coverage",
            where=(f"run_id = {literal(run_id)}",),
            order="url",
        ),
    }


def _page(journal: Journal, before: str, *, is_included: bool = False) -> list[Run]:
    """Return the newest runs, or those that come behind one; ids begin with their time."""
    if not before:
        return list(journal.runs.newest(_PAGE + 1))
    return list(journal.runs.older(before, _PAGE + 1, is_included=is_included))


def _brought(db: sqlite3.Connection, run_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return what each run brought, and what it could not have, all sites together."""
    marks = ", ".join("?" * len(run_ids))
    columns = ", ".join(f"sum({name}) AS {name}" for name in _BROUGHT)
    found = {
        row["run_id"]: {name: row[name] for name in _BROUGHT}
        for row in db.execute(
            f"SELECT run_id, {columns} FROM run_site WHERE run_id IN ({marks}) GROUP BY run_id",  # noqa: S608 - marks
            list(run_ids),
        )
    }
    failures = ", ".join("?" * len(_FAILED))
    for run_id, failed in db.execute(
        f"SELECT run_id, sum(addresses) FROM fate WHERE run_id IN ({marks}) "  # noqa: S608 - marks
        f"AND fate IN ({failures}) GROUP BY run_id",
        [*run_ids, *_FAILED],
    ):
        found.setdefault(run_id, {})["failed"] = failed
    return found


def _row(room: Room, run: Run, brought: Mapping[str, int]) -> dict[str, Any]:
    summary = summary_of(room.layout, run.id)
    return {
        "id": run.id,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "outcome": run.outcome,
        "took_s": (run.ended_at - run.started_at).total_seconds() if run.ended_at else None,
        "targets": _targets(run.plan),
        **{name: brought.get(name, 0) for name in (*_BROUGHT, "failed")},
        "problems": summary.get("problems", []),
        "exit_code": summary.get("exit_code"),
        "sentence": summary.get("sentence"),
    }


def _targets(plan: str) -> list[str]:
    """Return what a run was asked for, as far as its plan tells."""
    try:
        told = json.loads(plan)
    except ValueError:
        return []
    words = told.get("targets", told.get("words", [])) if isinstance(told, dict) else []
    return [str(word) for word in words] if isinstance(words, list) else []
