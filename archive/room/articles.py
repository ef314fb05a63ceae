"""Articles: looking for them, and one of them beside the page it was read from."""

import shlex
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from archive.columns import plain
from archive.dataset.picked import article_rows
from archive.dataset.revision import differences
from archive.errors import WithdrawnError
from archive.replay.place import replay_url
from archive.room.asked import Asked
from archive.room.room import Room
from archive.room.sites import UnknownError
from archive.room.wording import literal, question
from archive.search.finding import MOST_COUNTED, find
from archive.snapshots import part_file
from archive.withdrawn import withdrawals

_PAGE: Final = 20


def articles(room: Room, asked: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a page of the articles that are looked for."""
    del names
    wanted = asked.wanted()
    with room.index.reading() as db:
        found = find(db, wanted, limit=_PAGE)
    state = {
        "q": wanted.words,
        "site": wanted.site,
        "author": wanted.author,
        "credit": wanted.credit,
        "since": wanted.since,
        "until": wanted.until,
        "edited": "1" if wanted.is_edited else "",
    }
    return {
        "title": "Articles",
        "state": state,
        "before": wanted.before,
        "count": found.count,
        "is_counted": found.count <= MOST_COUNTED,
        "most_counted": MOST_COUNTED,
        "rows": found.rows,
        "following": found.following,
        "sites": sorted(each.site for each in room.standing()),
        "sql": _sql(state),
    }


def _sql(state: Mapping[str, Any]) -> str:
    """Return a question to the views that finds nearly the same: it knows no words, only parts."""
    said = {name: str(value or "").replace("'", "''") for name, value in state.items()}
    conditions = [
        clause.format(said[name])
        for name, clause in (
            ("q", "headline || ' ' || text ilike '%{}%'"),
            ("site", "site = '{}'"),
            ("author", "exists (select 1 from unnest(authors) t(a) where a.name ilike '%{}%')"),
            ("credit", "exists (select 1 from unnest(images) t(i) where i.credit ilike '%{}%')"),
            ("since", "coalesce(published_at, fetch_time) >= '{}'"),
            ("until", "coalesce(published_at, fetch_time) < date '{}' + interval 1 day"),
        )
        if said[name]
    ]
    conditions += ["version > 1"] if said["edited"] else []
    return question(
        "headline, url, published_at",
        "articles_latest",
        where=conditions,
        order="coalesce(published_at, fetch_time) desc",
        limit=_PAGE,
    )


def versions_of(room: Room, article_id: str) -> list[dict[str, Any]]:
    """Return the rows of every version of an article.

    Raises UnknownError when there is none, WithdrawnError when it was withdrawn.
    """
    for each in withdrawals(room.layout).values():
        if article_id in each.article_ids:
            raise WithdrawnError(each.sentence)
    with room.journal() as journal:
        named = journal.query(
            "SELECT DISTINCT p.path FROM version v JOIN part p ON p.id = v.part_id "
            "WHERE v.article_id = ?",
            (article_id,),
        )
        current = journal.snapshots.current()
    parts = [part_file(room.layout, current, row["path"]) for row in named]
    rows = article_rows(parts, article_id)
    if not rows:
        raise UnknownError("This store has no article of that name.")
    return rows


def article(room: Room, asked: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """Return one version of an article, and how it came to be as it is."""
    rows = versions_of(room, names["article"])
    wanted = asked.number("version")
    chosen = next((row for row in rows if row["version"] == wanted), rows[-1])
    with room.index.reading() as db:
        ledger = db.execute("SELECT * FROM ledger WHERE url = ?", (chosen["url"],)).fetchone()
        known = db.execute(
            "SELECT site FROM article WHERE article_id = ?", (names["article"],)
        ).fetchone()
    return {
        "title": chosen["headline"],
        "row": chosen,
        "site": known["site"] if known else None,
        "versions": [
            _version(before, row) for before, row in zip([None, *rows], rows, strict=False)
        ],
        "changes": [_change(*pair) for pair in pairwise(rows)],
        "ledger": dict(ledger) if ledger else None,
        "replay": replay_url(chosen, room.replay_origin) if room.replay_origin else None,
        "show": shlex.join(
            [
                *("newsreel", "show", str(chosen["warc_record_id"]), "--raw"),
                *("--store", str(room.layout.root)),
            ]
        ),
        "sql": question(
            "*",
            "articles",
            where=(f"article_id = {literal(chosen['article_id'])}",),
            order="version",
        ),
    }


def _version(before: Mapping[str, Any] | None, row: Mapping[str, Any]) -> dict[str, Any]:
    changed = [each.column for each in differences(before, row)] if before else []
    return {
        "version": row["version"],
        "fetch_time": row["fetch_time"],
        "changed": changed,
    }


def _change(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "from": before["version"],
        "to": after["version"],
        "from_time": before["fetch_time"],
        "to_time": after["fetch_time"],
        "differences": [
            {
                "column": each.column,
                "spans": each.spans,
                "removed": plain(list(each.removed)),
                "added": plain(list(each.added)),
            }
            for each in differences(before, after)
        ],
    }
