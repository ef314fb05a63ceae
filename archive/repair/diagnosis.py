"""What is wrong with a store, as far as it can be mended, and what mending it takes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from archive.errors import NoStoreError, StoreError, StoreFormatError
from archive.journal.journal import Journal
from archive.journal.runs import WarcFile
from archive.layout import Layout
from archive.repair.tails import Seen, Tear, look_over, warc_files
from archive.verify.problem import Check, Problem
from archive.verify.report import Report, VerifyReport
from archive.verify.store import verify
from archive.warc.crawl_log import RunEnd
from archive.warc.writer import OPEN_SUFFIX

# What telling the store again from its WARCs puts right.
_TOLD_AGAIN: Final = frozenset(
    {
        Check.JOURNAL,
        Check.REFERENCE,
        Check.WARC_FILE,
        Check.FRAMING,
        Check.CAPTURE,
        Check.UNKNOWN_RECORD,
        Check.PART,
        Check.SCHEMA,
        Check.VERSION,
        Check.CAPTURE_ROW,
        Check.ROW_RECORD,
        Check.COVERAGE,
    }
)
# What a WARC is salvaged for (archive/repair/sifting.py); it is told again then.
_SALVAGED: Final = frozenset(
    {
        Check.FIELDS,
        Check.WARCINFO,
        Check.RECORD_ID,
        Check.BLOCK_DIGEST,
        Check.PAYLOAD_DIGEST,
        Check.CODING,
        Check.REVISIT,
        Check.CONVERSION,
        Check.REQUEST,
    }
)


# A capture behind what is left of a file, or one without an answer, of which nobody knows where it
# lay, behind the last that is left.
_LOST: Final = """
WITH mine AS (SELECT id, warc_filename AS name, warc_offset + warc_length AS until FROM capture
              WHERE run_id = ?1)
SELECT 1 FROM mine WHERE name = ?2 AND until > ?3
OR name IS NULL AND id > (SELECT coalesce(max(id), 0) FROM mine WHERE name = ?2) LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """How a store was found, before anything was changed."""

    report: VerifyReport | None
    """None when there is no journal to compare with."""
    journal_trouble: str | None
    """Why the journal cannot be used; None when it can."""
    committed: tuple[WarcFile, ...]
    """The WARCs as a journal names them that can be used."""
    seen: tuple[Seen, ...]
    """Every WARC there is; empty when the store is sound."""

    @property
    def tears(self) -> tuple[Tear, ...]:
        """The files that are torn at their end, so that they can be cut back."""
        return tuple(s.tear for s in self.seen if s.tear and s.tear.is_at_end)

    @property
    def damaged(self) -> tuple[Tear, ...]:
        """The files that are damaged before their end: nothing here can mend them."""
        return tuple(s.tear for s in self.seen if s.tear and not s.tear.is_at_end)

    @property
    def losses(self) -> tuple[WarcFile, ...]:
        """The files that have lost what was committed."""
        whole = self.whole_lengths
        return tuple(
            warc
            for warc in self.committed
            if self.seen and whole.get(warc.filename, 0) < warc.committed_length
        )

    @property
    def whole_lengths(self) -> Mapping[str, int]:
        """How long each file is once its torn end is cut off."""
        return {
            each.path.name.removesuffix(OPEN_SUFFIX): each.tear.offset
            if each.tear and each.tear.is_at_end
            else each.size
            for each in self.seen
        }

    @property
    def surpluses(self) -> tuple[tuple[Path, int], ...]:
        """The files that go on behind what was committed, and where they should end."""
        committed = {warc.filename: warc.committed_length for warc in self.committed}
        found = (
            (each, committed.get(each.path.name.removesuffix(OPEN_SUFFIX))) for each in self.seen
        )
        return tuple((each.path, end) for each, end in found if end and each.size > end)

    def without(self, gone: Collection[Path]) -> "Diagnosis":
        """Return what was found but for files that were put aside since."""
        return replace(self, seen=tuple(each for each in self.seen if each.path not in gone))

    @property
    def ends(self) -> tuple[RunEnd, ...]:
        """How runs ended, as the WARCs tell."""
        return tuple(end for seen in self.seen for end in seen.ends)

    @property
    def counts(self) -> Mapping[Check, int]:
        """Problems by check."""
        return {} if self.report is None else self.report.counts

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The first problems of each check."""
        return () if self.report is None else self.report.problems

    @property
    def has_to_be_told_again(self) -> bool:
        """Whether journal or datasets are not what the WARCs tell, and may be told again."""
        if self.journal_trouble is not None:
            return True
        is_told_wrongly = not (_TOLD_AGAIN | _SALVAGED).isdisjoint(self.counts)
        return is_told_wrongly or bool(self.losses) or self._has_unnamed_warcs

    @property
    def _has_unnamed_warcs(self) -> bool:
        return any(p.check is Check.WARC_STRAY and ".warc.gz" in p.path for p in self.problems)


def diagnose(layout: Layout, *, report: Report, workers: int = 1) -> Diagnosis:
    """Verify a store, and read its WARCs without believing its journal.

    Raises StoreFormatError when a newer Newsreel wrote the store.
    """
    found: VerifyReport | None = None
    trouble = None
    try:
        found = verify(layout.root, report=report, workers=workers)
    except StoreFormatError:
        raise
    except (StoreError, NoStoreError) as error:
        trouble = str(error)
    if found is not None and Check.JOURNAL in found.counts:
        trouble = next(p.what for p in found.problems if p.check is Check.JOURNAL)
    is_sound = trouble is None and found is not None and found.is_sound
    paths = () if is_sound else warc_files(layout)
    return Diagnosis(
        report=found,
        journal_trouble=trouble,
        committed=() if trouble else _committed(layout),
        seen=tuple(map(look_over, paths)),
    )


def _committed(layout: Layout) -> tuple[WarcFile, ...]:
    journal = Journal.read(layout.journal)
    try:
        return journal.runs.warcs()
    finally:
        journal.close()


def known_ends(layout: Layout, found: Diagnosis) -> tuple[RunEnd, ...]:
    """Return how runs ended by a journal that can be used, where that may be believed.

    The newest run of a plan that lost captures counts as interrupted: the same command goes on with
    it, and asks again for what is lost.
    """
    if found.journal_trouble is not None:
        return ()
    whole = found.whole_lengths
    journal = Journal.read(layout.journal)
    try:
        losers = {
            warc.run_id
            for warc in found.losses
            if journal.query(_LOST, (warc.run_id, warc.filename, whole.get(warc.filename, 0)))
        }
        rows = journal.query("SELECT id, plan FROM run ORDER BY started_at, rowid")
        newest = {row["plan"]: row["id"] for row in rows}
        ends = (journal.runs.end_of(row["id"]) for row in rows)
        return tuple(
            end for end in ends if end and not losers & {end.run_id} & set(newest.values())
        )
    finally:
        journal.close()
