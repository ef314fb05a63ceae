"""What is done at once, by one process: a part read again, or the pages of a site without a row.

A task says all that it depends on, and what it leaves behind is named by that. So it may be done by
any process of any machine that sees the store, twice over too, and the outcome is the same.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from socket import gethostname
from typing import Any, Protocol, TypeAlias

from archive.article import Article
from archive.dataset.renewal import renew_part
from archive.durable import publish, write_whole
from archive.errors import write_failure
from archive.journal.parts import PublishedPart, Version
from archive.selection import Selection
from archive.snapshots import part_file
from crawler.reextract.edition import reader_edition
from crawler.reextract.finds import Find, finds
from crawler.reextract.rereading import Designs, Kept, Reread, Rereader, Row, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What all tasks of a re-extraction have in common."""

    selection: Selection
    is_rehearsal: bool
    """Whether nothing is written."""

    @property
    def name(self) -> str:
        """What the outputs depend on beside their parts: the reader, and which rows are meant."""
        return hashlib.sha256(f"{reader_edition()} {self.selection}".encode()).hexdigest()[:16]

    @property
    def run_id(self) -> str:
        """The run that the outputs name as theirs."""
        return f"reextract-{self.name}"

    def selects(self, fetched_at: datetime) -> bool:
        """Whether what was fetched then is meant."""
        begins, ends = self.selection.begins_at, self.selection.ends_before
        return (begins is None or fetched_at >= begins) and (ends is None or fetched_at < ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A part that was read again."""

    part: PublishedPart
    file: Path
    """Where its rows are now; nothing is there when none changed."""
    tally: Tally
    versions: tuple[Version, ...]
    """Of the rows that changed."""


class Task(Protocol):
    """A piece of the work."""

    @property
    def title(self) -> str:
        """What it is about, for whoever waits."""
        ...

    def perform(self, rereader: Rereader) -> Any:
        """Do it; the same outcome whoever does it, and however often."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadPart:
    """Every row of a part that is meant, read again into a file beside the store."""

    order: Order
    part: PublishedPart
    designs: Designs
    """With the task, because the site files load Scrapy, and whoever does it does without."""

    @property
    def title(self) -> str:
        """The part's path in the store."""
        return self.part.path

    def perform(self, rereader: Rereader) -> Output:
        """Read the part again, unless a job like this one did before it was cut off."""
        file = self._file(rereader)
        note = file.with_suffix(".json")
        if note.exists():
            return _noted(self.part, file, json.loads(note.read_bytes()))
        tally, versions = Tally(), list[Version]()
        again = self._rows_again(rereader, tally, versions)
        snapshot = rereader.journal.snapshots.current()
        source = part_file(rereader.layout, snapshot, self.part.path)
        if self.order.is_rehearsal:
            renew_part(source, None, again, footer={})
        else:
            try:
                self._write(source, file, again)
                write_whole(note, json.dumps(_note(tally, versions)).encode())
            except OSError as error:
                raise write_failure(error, file) from error
        return Output(part=self.part, file=file, tally=tally, versions=tuple(versions))

    def _file(self, rereader: Rereader) -> Path:
        folder = rereader.layout.rereading / self.order.name
        return folder / f"part-{self.order.run_id}-{self.part.sha256[:16]}.parquet"

    def _write(self, source: Path, file: Path, again: "_Again") -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        half = file.with_name(f".{gethostname()}-{os.getpid()}.{file.name}")
        footer = {"newsreel.run_id": self.order.run_id}
        if renew_part(source, half, again, footer=footer):
            publish(half, file)

    def _rows_again(self, rereader: Rereader, tally: Tally, versions: list[Version]) -> "_Again":
        """Return how rows are read again, counting what becomes of them."""

        def again(rows: Sequence[Row]) -> Sequence[Article | None]:
            now: list[Article | None] = [None] * len(rows)
            meant = [
                place for place, row in enumerate(rows) if self.order.selects(row["fetch_time"])
            ]
            for place, reread in rereader.reread([rows[place] for place in meant], self.designs):
                count(reread)
                now[meant[place]] = reread.after
            return now

        def count(reread: Reread) -> None:
            tally.rows += 1
            if reread.kept is not None:
                tally.kept[reread.kept] += 1
            if reread.after is not None:
                tally.changed += 1
                tally.columns.update(reread.columns)
                versions.append(reread.version)

        return again


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRows:
    """The pages of a site that made no row, looked into again."""

    order: Order
    site: str
    captures: tuple[Kept, ...]
    designs: Designs

    @property
    def title(self) -> str:
        """The site."""
        return f"pages without a row: {self.site}"

    def perform(self, rereader: Rereader) -> tuple[Find, ...]:
        """Return the articles among them that are meant."""
        found = finds(rereader, self.site, self.captures, self.designs)
        return tuple(each for each in found if self.order.selects(each.fetched_at))


_Again: TypeAlias = Callable[[Sequence[Row]], Sequence[Article | None]]


def _note(tally: Tally, versions: Sequence[Version]) -> dict[str, Any]:
    return {
        "rows": tally.rows,
        "changed": tally.changed,
        "columns": dict(tally.columns),
        "kept": dict(tally.kept),
        "versions": [[each.article_id, each.number, each.digest] for each in versions],
    }


def _noted(part: PublishedPart, file: Path, said: Mapping[str, Any]) -> Output:
    return Output(
        part=part,
        file=file,
        tally=Tally(
            rows=said["rows"],
            changed=said["changed"],
            columns=Counter(said["columns"]),
            kept=Counter(said["kept"]),
        ),
        versions=tuple(
            Version(article_id=identity, number=number, digest=digest)
            for identity, number, digest in said["versions"]
        ),
    )
