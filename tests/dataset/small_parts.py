"""A store of many small parts, as crawls leave it, with a journal that names them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.dataset.writer import write_part
from archive.journal.parts import PublishedPart
from archive.journal.runs import Run
from archive.store import Store, open_for_writing

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 5, tzinfo=UTC)
"""June is closed by then."""
RUN = "20260601T000000Z-9c41"


def begin_run(root: Path) -> None:
    """Make a store with a run, which finished."""
    with open_for_writing(root, now=JUNE) as store, store.journal.transaction():
        store.journal.runs.begin(Run(id=RUN, plan="{}", started_at=JUNE))
        store.journal.runs.end(RUN, outcome="finished", at=JUNE + timedelta(hours=1))


def at_once(_: float) -> None:
    """Wait for nobody: no plain reader looks on."""


def add_part(  # noqa: PLR0913 - what a part is, each with its default
    store: Store,
    dataset: str,
    records: Sequence[Any],
    *,
    part_id: str,
    site: str = "x",
    month: datetime = JUNE,
    at: datetime = JUNE,
    run_id: str = RUN,
) -> None:
    """Publish records as one part, as a crawl does."""
    part = write_part(
        store.layout,
        dataset,
        site=site,
        month=month,
        part_id=part_id,
        records=records,
        footer={"newsreel.run_id": run_id},
    )
    with store.journal.transaction():
        store.journal.parts.add(
            PublishedPart(
                dataset=part.dataset,
                path=part.path,
                rows=part.rows,
                size_bytes=part.bytes,
                sha256=part.sha256,
                schema_version=part.schema_version,
                run_id=run_id,
            ),
            at=at,
        )
