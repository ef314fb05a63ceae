"""A re-extraction: part by part into files beside the store, then all of them in one step.

Each part is a task of its own whose output is named by what it depends on: the part's digest and
the reader's edition. So a job that was killed goes on with what it had finished, a part is read by
one process or by ten with the same outcome, and crawls go on writing meanwhile: only the last step
holds the store.
"""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from archive.article import Article
from archive.dataset.renewal import renew_part
from archive.dataset.schema import SCHEMA_VERSION
from archive.dataset.succession import succeed
from archive.dataset.writer import sha256_of, write_articles
from archive.durable import publish, share, write_whole
from archive.errors import write_failure
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart, Version
from archive.journal.snapshots import Replacement
from archive.layout import Layout
from archive.selection import Selection
from archive.snapshots import part_file
from archive.store import Store
from crawler.reextract.edition import reader_edition
from crawler.reextract.finds import Find, finds, pages_without_row
from crawler.reextract.rereading import Reread, Rereader, Row, Tally

_ARTICLES: Final = "articles"


@dataclass(slots=True)
class Outcome:
    """What a re-extraction makes of a store, or would."""

    sites: dict[str, Tally] = field(default_factory=dict)
    new: Counter[str] = field(default_factory=Counter)
    """Versions of articles that had no row, by site."""
    snapshot: int | None = None
    """The one in which it is published; None when nothing changed, or nothing was written."""

    def tally(self, site: str) -> Tally:
        """Return a site's tally."""
        return self.sites.setdefault(site, Tally())

    @property
    def total(self) -> Tally:
        """All sites' tallies together."""
        total = Tally()
        for each in self.sites.values():
            total.add(each)
        return total


@dataclass(frozen=True, slots=True, kw_only=True)
class _Output:
    """A part that was read again."""

    part: PublishedPart
    file: Path
    """Where its rows are now; nothing is there when none changed."""
    tally: Tally
    versions: tuple[Version, ...]
    """Of the rows that changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One re-extraction of a store."""

    layout: Layout
    rereader: Rereader
    selection: Selection
    report: Callable[[str], None]
    pause: Callable[[float], None]
    """Waits some seconds, while plain readers are refused where rows change."""

    @property
    def _name(self) -> str:
        """What the outputs depend on beside their parts."""
        return hashlib.sha256(f"{reader_edition()} {self.selection}".encode()).hexdigest()[:16]

    @property
    def _run_id(self) -> str:
        return f"reextract-{self._name}"

    @property
    def _folder(self) -> Path:
        return self.layout.rereading / self._name

    def foresee(self) -> Outcome:
        """Return what would change; nothing is written."""
        outcome = Outcome()
        for part in self._parts(self.rereader.journal):
            tally = outcome.tally(_site_of(part))
            rows = self._rows_again(tally, [])
            renew_part(self._file(part), None, rows, footer={})
        for find in self._finds():
            outcome.new[find.site] += 1
        return outcome

    def carry_out(
        self, open_store: Callable[[], AbstractContextManager[Store]], *, now: datetime
    ) -> Outcome:
        """Read everything again and publish what changed as the next snapshot.

        Parts that a compaction replaced meanwhile are read again under their new names.
        """
        outcome = Outcome()
        found = tuple(self._finds())
        while True:
            outputs = [self._output(part) for part in self._parts(self.rereader.journal)]
            with open_store() as store:
                named = {part.path: part.sha256 for part in store.journal.parts.all()}
                if all(named.get(each.part.path) == each.part.sha256 for each in outputs):
                    outcome.snapshot = self._publish(store, outputs, found, outcome, now)
                    break
        for each in outputs:
            outcome.tally(_site_of(each.part)).add(each.tally)
        shutil.rmtree(self.layout.rereading, ignore_errors=True)
        return outcome

    def _parts(self, journal: Journal) -> Iterator[PublishedPart]:
        parts = [part for part in journal.parts.all() if part.dataset == _ARTICLES]
        chosen = [part for part in parts if self._is_meant(part)]
        for done, part in enumerate(chosen):
            self.report(f"part {done + 1} of {len(chosen)}: {part.path}")
            yield part

    def _is_meant(self, part: PublishedPart) -> bool:
        """Whether a part may hold selected rows: by its site and its month."""
        site, month = _site_of(part), _month_of(part)
        since, until = self.selection.since, self.selection.until
        return (
            self.selection.site in {None, site}
            and (since is None or month >= f"{since:%Y-%m}")
            and (until is None or month <= f"{until:%Y-%m}")
        )

    def _file(self, part: PublishedPart) -> Path:
        return part_file(self.layout, self.rereader.journal.snapshots.current(), part.path)

    def _output(self, part: PublishedPart) -> _Output:
        """Return a part read again, now or before a job like this was cut off."""
        file = self._folder / f"part-{self._run_id}-{part.sha256[:16]}.parquet"
        note = file.with_suffix(".json")
        if note.exists():
            return _noted(part, file, json.loads(note.read_bytes()))
        tally, versions = Tally(), list[Version]()
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            half = file.with_name(f".{os.getpid()}.{file.name}")
            again = self._rows_again(tally, versions)
            footer = {"newsreel.run_id": self._run_id}
            if renew_part(self._file(part), half, again, footer=footer):
                publish(half, file)
            write_whole(note, json.dumps(_note(tally, versions)).encode())
        except OSError as error:
            raise write_failure(error, file) from error
        return _Output(part=part, file=file, tally=tally, versions=tuple(versions))

    def _rows_again(
        self, tally: Tally, versions: list[Version]
    ) -> Callable[[Sequence[Row]], Sequence[Article | None]]:
        """Return how rows are read again, counting what becomes of them."""

        def again(rows: Sequence[Row]) -> Sequence[Article | None]:
            now: list[Article | None] = [None] * len(rows)
            meant = [place for place, row in enumerate(rows) if self._selects(row)]
            for place, reread in self.rereader.reread([rows[place] for place in meant]):
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

    def _selects(self, row: Row) -> bool:
        begins, ends = self.selection.begins_at, self.selection.ends_before
        fetched: datetime = row["fetch_time"]
        return (begins is None or fetched >= begins) and (ends is None or fetched < ends)

    def _finds(self) -> Iterator[Find]:
        for site, captures in pages_without_row(self.rereader.journal).items():
            if self.selection.site in {None, site}:
                self.report(f"pages without a row: {site}")
                found = finds(self.rereader, site, captures)
                yield from (each for each in found if self._selects_article(each.article))

    def _selects_article(self, article: Article) -> bool:
        return self._selects({"fetch_time": article.fetch_time})

    def _publish(
        self,
        store: Store,
        outputs: Sequence[_Output],
        found: Sequence[Find],
        outcome: Outcome,
        now: datetime,
    ) -> int | None:
        changed = [each for each in outputs if each.tally.changed]
        fresh = [each for each in found if not _is_known(store.journal, each)]
        groups = _by_partition(fresh)
        try:
            replacements = [self._replacement(each) for each in changed]
            additions = [
                (self._addition(place, each), each) for place, each in sorted(groups.items())
            ]
        except OSError as error:
            raise write_failure(error, store.layout.root) from error
        if not replacements and not additions:
            return None

        def note(journal: Journal) -> None:
            for output in changed:
                for version in output.versions:
                    journal.parts.redigest(version)
            for addition, members in additions:
                _note_finds(journal, addition.part.path, members)

        outcome.new.update(each.site for each in fresh)
        every = [*replacements, *(addition for addition, _ in additions)]
        return succeed(store.layout, store.journal, every, now=now, pause=self.pause, also=note)

    def _replacement(self, output: _Output) -> Replacement:
        share(output.file, self.layout.staged(output.file.name))
        place = output.part.path.rpartition("/")[0]
        part = self._published(f"{place}/{output.file.name}", output.part.rows)
        return Replacement(part=part, replaced=(output.part.path,))

    def _addition(self, place: str, members: Sequence[Find]) -> Replacement:
        """Write the part of articles that had no row."""
        digest = hashlib.sha256("".join(each.kept.record_id for each in members).encode())
        name = f"part-{self._run_id}-new-{digest.hexdigest()[:16]}.parquet"
        write_articles(
            self.layout.staged(name),
            [each.article for each in members],
            {"newsreel.run_id": self._run_id},
        )
        return Replacement(part=self._published(f"{place}/{name}", len(members)), replaced=())

    def _published(self, path: str, rows: int) -> PublishedPart:
        staged = self.layout.staged(Path(path).name)
        return PublishedPart(
            dataset=_ARTICLES,
            path=path,
            rows=rows,
            size_bytes=staged.stat().st_size,
            sha256=sha256_of(staged),
            schema_version=SCHEMA_VERSION,
            run_id=self._run_id,
        )


def _is_known(journal: Journal, find: Find) -> bool:
    """Whether a crawl made a row of the article since it was looked for, or it was withdrawn."""
    if journal.captures.is_withdrawn(find.kept.record_id):
        return True
    return journal.parts.newest_version(str(find.article.article_id)) is not None


def _by_partition(found: Sequence[Find]) -> dict[str, list[Find]]:
    groups: dict[str, list[Find]] = {}
    for each in found:
        place = f"{_ARTICLES}/site={each.site}/month={each.article.fetch_time:%Y-%m}"
        groups.setdefault(place, []).append(each)
    return groups


def _note_finds(journal: Journal, path: str, members: Sequence[Find]) -> None:
    part_id = journal.parts.id_of(path)
    for each in members:
        capture_id = journal.captures.id_of(each.kept.record_id)
        journal.parts.add_version(each.version, capture_id=capture_id, part_id=part_id)
        journal.addresses.keep_article(each.kept.address_id, each.version.article_id)


def _site_of(part: PublishedPart) -> str:
    return part.path.split("/")[1].removeprefix("site=")


def _month_of(part: PublishedPart) -> str:
    return part.path.split("/")[2].removeprefix("month=")


def _note(tally: Tally, versions: Sequence[Version]) -> dict[str, Any]:
    return {
        "rows": tally.rows,
        "changed": tally.changed,
        "columns": dict(tally.columns),
        "kept": dict(tally.kept),
        "versions": [[each.article_id, each.number, each.digest] for each in versions],
    }


def _noted(part: PublishedPart, file: Path, said: Mapping[str, Any]) -> _Output:
    return _Output(
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
