"""Stores whose rows an older reader made, and what can be seen of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from archive import open_store
from archive.dataset.renewal import Row, renew_part
from archive.dataset.schema import SCHEMA_VERSION
from archive.dataset.succession import succeed
from archive.dataset.writer import sha256_of, write_articles
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.journal.snapshots import Replacement
from archive.snapshots import part_file
from archive.store import Store, open_for_writing
from tests.dataset.rows_back import article_of
from tests.dataset.small_parts import at_once

FORGETTING: Final = (
    """UPDATE capture SET page_kind = 'section'
    WHERE id IN (SELECT capture_id FROM version WHERE article_id = ?)""",
    "DELETE FROM version WHERE article_id = ?",
    "UPDATE address SET article_id = NULL WHERE article_id = ?",
)
HEADLINE: Final = "What an older reader took for the headline"


def articles(store: Path) -> list[Row]:
    """Return every row but where it lies, which is what a reader of the dataset sees."""
    rows = open_store(store).articles.to_arrow().to_pylist()
    return sorted(rows, key=lambda row: (row["url"], row["version"]))


def read_by_another(store: Path, reader: Callable[[Row], bool]) -> None:
    """Let the rows that are chosen have another headline, as a reader of another day read it."""
    with open_for_writing(store, now=now_utc()) as opened:
        (part,) = (each for each in opened.journal.parts.all() if each.dataset == "articles")
        current = opened.journal.snapshots.current()
        name = f"part-older-{part.sha256[:8]}.parquet"
        staged = opened.layout.staged(name)

        def renew(rows: Sequence[Row]) -> list[Any]:
            older = [replace(article_of(row), headline=HEADLINE) for row in rows]
            return [each if reader(row) else None for row, each in zip(rows, older, strict=True)]

        file = part_file(opened.layout, current, part.path)
        renew_part(file, staged, renew, footer={"newsreel.run_id": part.run_id})
        put_in_place(opened, part, name)


def put_in_place(opened: Store, part: PublishedPart, name: str) -> None:
    """Publish a staged part instead of another."""
    staged = opened.layout.staged(name)
    told = replace(
        part,
        path=f"{part.path.rpartition('/')[0]}/{name}",
        size_bytes=staged.stat().st_size,
        sha256=sha256_of(staged),
        schema_version=SCHEMA_VERSION,
    )
    replacement = Replacement(part=told, replaced=(part.path,))
    succeed(opened.layout, opened.journal, [replacement], now=now_utc(), pause=at_once)


def digests(store: Path) -> dict[tuple[str, int], str]:
    """Return what the journal compares the next capture of each article with."""
    journal = Journal.read(store / "journal.db")
    try:
        rows = journal.query("SELECT article_id, version, version_digest FROM version")
    finally:
        journal.close()
    return {(row[0], row[1]): row[2] for row in rows}


def forget(store: Path, lost: Row) -> None:
    """Leave a store as if a reader had taken an article for a section page."""
    with open_for_writing(store, now=now_utc()) as opened:
        (part,) = (each for each in opened.journal.parts.all() if each.dataset == "articles")
        name = "part-without.parquet"
        rest = [row for row in articles(store) if row["article_id"] != lost["article_id"]]
        kept = [article_of(row) for row in rest]
        write_articles(opened.layout.staged(name), kept, {"newsreel.run_id": part.run_id})
        put_in_place(opened, replace(part, rows=len(rest)), name)
        with opened.journal.transaction():
            for statement in FORGETTING:
                opened.journal.query(statement, (lost["article_id"],))
