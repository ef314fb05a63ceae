"""A store of invented articles, filled as a crawl fills one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from archive.article import Article
from archive.dataset.writer import write_part
from archive.journal.parts import PublishedPart
from archive.journal.runs import Run
from archive.store import Store, open_for_writing
from benchmarks.invented_articles import JUNE

JULY = datetime(2026, 7, 5, tzinfo=UTC)
"""When June is closed, and may be compacted."""


def put(store: Store, site: int, serial: int, records: Sequence[Article], run: str) -> None:
    """Publish rows as one part, as a crawl does."""
    part = write_part(
        store.layout,
        "articles",
        site=f"site{site}",
        month=JUNE,
        part_id=f"{run}-{serial:05d}",
        records=records,
        footer={"newsreel.run_id": run},
    )
    named = PublishedPart(
        dataset=part.dataset,
        path=part.path,
        rows=part.rows,
        size_bytes=part.bytes,
        sha256=part.sha256,
        schema_version=part.schema_version,
        run_id="bench",
    )
    with store.journal.transaction():
        store.journal.parts.add(named, at=JUNE)


@contextmanager
def bench_store(root: Path, now: datetime) -> Iterator[Store]:
    """Open a store that has a run."""
    with open_for_writing(root, now=now) as store:
        if not store.journal.runs.newest(1):
            with store.journal.transaction():
                store.journal.runs.begin(Run(id="bench", plan="{}", started_at=JUNE))
        yield store
