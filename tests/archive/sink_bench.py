"""A recorder and the sink of its rows, and what is published of them."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from archive.coverage import Fate
from archive.journal.parts import Version
from archive.rows import PendingRow, RowSink
from tests.archive.store_samples import RUN, Recording, page, story


@dataclass(slots=True)
class Bench:
    """A recorder, and the sink of its rows."""

    desk: Recording
    sink: RowSink
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def row(self, *, site: str = "x", **changes: Any) -> PendingRow:
        """Capture a page, and return the row that was read from it."""
        number = next(self.numbers)
        (address,) = self.desk.advertise(f"https://x.example/{number}", site=site)
        capture = self.desk.recorder.keep(page(number), address.id).result(10)
        article = story(number, **changes)
        version = Version(article_id=str(article.article_id), number=1, digest=f"of {number}")
        return PendingRow(
            article=article,
            site=site,
            capture_record_id=str(capture.warc_record_id),
            address_id=address.id,
            version=version,
        )

    def paths(self, dataset: str) -> list[Path]:
        """Return the parts of a dataset that the journal names, in order of publication."""
        root = self.desk.store.layout.root
        named = [part.path for part in self.desk.reader.parts.all() if part.dataset == dataset]
        below = self.desk.store.layout.dataset(dataset).rglob("*.parquet")
        assert sorted(path.relative_to(root).as_posix() for path in below) == sorted(named)
        return [root / path for path in named]

    def published(self, dataset: str, column: str = "url") -> list[str]:
        """Return one column of all that is published."""
        return [
            row[column]
            for path in self.paths(dataset)
            for batch in pq.ParquetFile(path).iter_batches(columns=[column])
            for row in batch.to_pylist()
        ]

    def fate(self, row: PendingRow) -> tuple[Fate, str | None]:
        """Return what the ledger says of a row's address."""
        ledger = {entry.url: entry for _, entry in self.desk.reader.addresses.coverage(RUN)}
        entry = ledger[row.article.url]
        return entry.fate, entry.reason


def sink_of(desk: Recording) -> RowSink:
    return RowSink(desk.store.layout, desk.reader, desk.recorder, run_id=RUN, clock=desk.clock)


def flushes(bench: Bench) -> int:
    """Return how many parts of articles are there, once all that was begun is done."""
    bench.sink._thread.submit(lambda: None).result(10)  # noqa: SLF001 - one thread: what was begun before is done
    return len(bench.paths("articles"))
