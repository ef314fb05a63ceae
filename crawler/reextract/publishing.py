"""The last step of a re-extraction: what was read again becomes the next snapshot, or nothing."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from archive.dataset.schema import SCHEMA_VERSION
from archive.dataset.succession import succeed
from archive.dataset.writer import sha256_of, write_articles
from archive.durable import share
from archive.errors import write_failure
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.journal.snapshots import Replacement
from archive.store import Store
from crawler.reextract.finds import Find
from crawler.reextract.tasks import Output

_ARTICLES: Final = "articles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """One step by which all outputs of a job take the place of what they were made from."""

    store: Store
    run_id: str
    pause: Callable[[float], None]

    def publish(
        self, outputs: Sequence[Output], found: Sequence[Find], *, now: datetime
    ) -> tuple[int | None, Counter[str]]:
        """Return the snapshot, None where nothing changed, and the new rows of each site."""
        changed = [each for each in outputs if each.tally.changed]
        fresh = [each for each in found if not _is_known(self.store.journal, each)]
        groups = _by_partition(fresh)
        try:
            replacements = [self._replacement(each) for each in changed]
            additions = [
                (self._addition(place, each), each) for place, each in sorted(groups.items())
            ]
        except OSError as error:
            raise write_failure(error, self.store.layout.root) from error
        if not replacements and not additions:
            return None, Counter()

        def note(journal: Journal) -> None:
            for output in changed:
                for version in output.versions:
                    journal.parts.redigest(version)
            for addition, members in additions:
                _note_finds(journal, addition.part.path, members)

        every = [*replacements, *(addition for addition, _ in additions)]
        layout, journal = self.store.layout, self.store.journal
        snapshot = succeed(layout, journal, every, now=now, pause=self.pause, also=note)
        return snapshot, Counter(each.site for each in fresh)

    def _replacement(self, output: Output) -> Replacement:
        share(output.file, self.store.layout.staged(output.file.name))
        place = output.part.path.rpartition("/")[0]
        part = self._published(f"{place}/{output.file.name}", output.part.rows)
        return Replacement(part=part, replaced=(output.part.path,))

    def _addition(self, place: str, members: Sequence[Find]) -> Replacement:
        """Write the part of articles that had no row."""
        digest = hashlib.sha256("".join(each.kept.record_id for each in members).encode())
        name = f"part-{self.run_id}-new-{digest.hexdigest()[:16]}.parquet"
        write_articles(
            self.store.layout.staged(name),
            [each.article for each in members],
            {"newsreel.run_id": self.run_id},
        )
        return Replacement(part=self._published(f"{place}/{name}", len(members)), replaced=())

    def _published(self, path: str, rows: int) -> PublishedPart:
        staged = self.store.layout.staged(Path(path).name)
        return PublishedPart(
            dataset=_ARTICLES,
            path=path,
            rows=rows,
            size_bytes=staged.stat().st_size,
            sha256=sha256_of(staged),
            schema_version=SCHEMA_VERSION,
            run_id=self.run_id,
        )


def _is_known(journal: Journal, find: Find) -> bool:
    """Whether a crawl made a row of the article since it was looked for, or it was withdrawn."""
    if journal.captures.is_withdrawn(find.kept.record_id):
        return True
    return journal.parts.newest_version(str(find.article.article_id)) is not None


def _by_partition(found: Sequence[Find]) -> dict[str, list[Find]]:
    groups: dict[str, list[Find]] = {}
    for each in found:
        place = f"{_ARTICLES}/site={each.site}/month={each.fetched_at:%Y-%m}"
        groups.setdefault(place, []).append(each)
    return groups


def _note_finds(journal: Journal, path: str, members: Sequence[Find]) -> None:
    part_id = journal.parts.id_of(path)
    for each in members:
        capture_id = journal.captures.id_of(each.kept.record_id)
        journal.parts.add_version(each.version, capture_id=capture_id, part_id=part_id)
        journal.addresses.keep_article(each.kept.address_id, each.version.article_id)
