"""The steps of a repair, in the order that keeps every byte at every moment."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.counted import counted
from archive.durable import publish
from archive.errors import CorruptArchiveError, LossError, StoreError, write_failure
from archive.index.build import drop_indexes, update_index
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.noted import note_lost, note_requestless, requestless_records
from archive.repair.diagnosis import Diagnosis, diagnose, known_ends
from archive.repair.losses import Lost, lost_captures, make_due
from archive.repair.replacement import begin_scaffold, replace_with
from archive.repair.salvage import Salvaged, foreign_files, salvage_warc
from archive.repair.sifting import look_for_faults
from archive.repair.tails import cut_tear, warc_files
from archive.snapshots import part_file, settle
from archive.store import DATASETS, cut_back, heal
from archive.verify.problem import Check
from archive.verify.report import Report, VerifyReport
from archive.verify.snapshot import taken
from archive.verify.store import verify
from crawler.exit_codes import NEEDS_A_LOOK
from crawler.rebuild.store import Rebuilt, rebuild

_WORKERS: Final = os.cpu_count() or 1


@dataclass(slots=True)
class Repair:
    """What a repair found, did and could not do, as it is told."""

    found: list[str] = field(default_factory=list)
    did: list[str] = field(default_factory=list)
    could_not: list[str] = field(default_factory=list)
    replaced: Path | None = None
    """Where what was replaced lies now; None when nothing was."""
    lost: tuple[Lost, ...] = ()
    """Captures that were committed and are gone."""
    set_aside: list[Path] = field(default_factory=list)
    """Damaged WARCs from which what is whole goes on in new ones."""
    places_lost: int = 0
    """Where in WARCs something is gone, answers or not."""
    after: VerifyReport | None = None
    """How the store was found afterwards; None for a rehearsal."""

    @property
    def exit_code(self) -> int:
        """5 when the store is still damaged, 3 when something is lost for good, else 0."""
        if self.after is not None and not self.after.is_sound:
            return StoreError.exit_code
        return NEEDS_A_LOOK if self.lost or self.places_lost else 0

    def sentence(self, *, is_rehearsal: bool) -> str:
        """Return the repair in one sentence."""
        if not self.found:
            return "Sound: nothing to repair."
        did = "would" if is_rehearsal else "did"
        parts = [f"Found: {_joined(self.found)}", f"{did}: {_joined(self.did) or 'nothing'}"]
        if self.could_not:
            parts.append(f"could not: {_joined(self.could_not)}")
        return "; ".join(parts) + "."


class Repairing:
    """The steps, in the order that keeps every byte at every moment."""

    def __init__(
        self,
        layout: Layout,
        *,
        report: Report,
        say: Callable[[str], None],
        is_rehearsal: bool,
    ) -> None:
        self._layout = layout
        self._report = report
        self._say = say
        self._is_rehearsal = is_rehearsal
        self._repair = Repair()
        self._now = now_utc()
        self._aside = layout.replaced(self._now)

    def run(self) -> Repair:
        """Take every step that is needed; a rehearsal only says which.

        Raises DiskFullError or CaptureError when something cannot be written.
        """
        try:
            return self._run()
        except OSError as error:
            raise write_failure(error, self._layout.root) from error

    def _run(self) -> Repair:
        found = diagnose(self._layout, report=self._report, workers=_WORKERS)
        self._tell_found(found)
        found = found.without(self._put_foreign_warcs_aside(found))
        self._cut(found)
        is_salvaged = self._salvage(found)
        if found.has_to_be_told_again or is_salvaged:
            self._tell_again(found)
        else:
            self._put_strays_away(found)
        self._heal(found)
        if not self._is_rehearsal:
            self._repair.replaced = self._aside if self._aside.exists() else None
            self._repair.after = verify(self._layout.root, report=self._report, workers=_WORKERS)
            if not self._repair.after.is_sound:
                total = sum(self._repair.after.counts.values())
                self._repair.could_not.append(f"mend {counted(total, 'problem')} (below)")
        return self._repair

    def _tell_found(self, found: Diagnosis) -> None:
        say = self._repair.found.append
        if found.journal_trouble is not None:
            say(f"no journal to use ({found.journal_trouble.rstrip('.')})")
        for check, count in found.counts.items():
            say(f"{count} x {check}")
        for tear in found.damaged:
            say(f"{tear.path.name} damaged at byte {tear.offset} ({tear.why})")

    def _put_foreign_warcs_aside(self, found: Diagnosis) -> tuple[Path, ...]:
        """Move what is no WARC of ours out of warc/, and what is there twice; return which."""
        if not found.seen:
            return ()
        foreign = foreign_files(self._layout)
        for path in foreign:
            self._put_aside(path, path.relative_to(self._layout.root))
        return foreign

    def _put_aside(self, path: Path, place: Path) -> None:
        self._do(f"move {place} aside")
        if not self._is_rehearsal:
            publish(path, self._aside.joinpath(place))

    def _salvage(self, found: Diagnosis) -> bool:
        """Let what is whole in a damaged WARC go on in a new one; return whether there was one."""
        torn = {tear.path for tear in found.tears} if self._is_rehearsal else set()
        paths = (
            [path for path in warc_files(self._layout) if path not in torn] if found.seen else []
        )
        with ExitStack() as stack:
            is_usable = found.journal_trouble is None
            snapshot = stack.enter_context(taken(self._layout)) if is_usable else None
            damaged = [path for path in paths if look_for_faults(path, snapshot)]
            for path in damaged:
                self._do(f"let what is whole in {path.name} go on in a new file")
                if not self._is_rehearsal:
                    salvaged = salvage_warc(self._layout, path, snapshot, now=self._now)
                    self._tell_salvaged(salvaged)
        return bool(damaged)

    def _tell_salvaged(self, salvaged: Salvaged) -> None:
        lost = [fault for fault in salvaged.faults if fault.is_lost]
        for fault in lost[:10]:
            self._repair.could_not.append(
                f"bring back what lay in {salvaged.aside.name} at byte {fault.offset} ({fault.why})"
            )
        if len(lost) > 10:  # noqa: PLR2004 - as many as are listed above
            self._repair.could_not.append(f"nor at {counted(len(lost) - 10, 'more place')} of it")
        self._repair.set_aside.append(salvaged.aside)
        self._repair.places_lost += len(lost)

    def _cut(self, found: Diagnosis) -> None:
        """Cut torn files back to whole records, and to what was committed."""
        surplus = dict(found.surpluses)
        for path, end in surplus.items():
            self._do(f"cut {path.name} back to its committed length, {counted(end, 'byte')}")
            if not self._is_rehearsal:
                cut_back(self._layout, path, end)
        for tear in found.tears:
            if tear.path in surplus:
                continue
            aside = tear.size - tear.offset
            self._do(
                f"cut {tear.path.name} back to byte {tear.offset}, "
                f"{counted(aside, 'byte')} kept aside"
            )
            if not self._is_rehearsal:
                cut_tear(self._layout, tear)

    def _tell_again(self, found: Diagnosis) -> None:
        paths = tuple(path for path in warc_files(self._layout) if path.stat().st_size)
        if self._is_rehearsal:
            self._do(f"tell journal and datasets again from {counted(len(paths), 'WARC')}")
            return
        scaffold = begin_scaffold(self._layout)
        told = rebuild(
            scaffold,
            paths,
            known=known_ends(self._layout, found),
            ends=found.ends,
            report=lambda count: self._say(f"telling again: {counted(count, 'capture')}"),
        )
        if found.journal_trouble is None:
            self._account_for_losses(scaffold.journal)
        replace_with(scaffold, self._aside)
        self._note_losses(told)
        self._do(_said(told))
        if told.unreadable:
            self._repair.could_not.append(
                f"read {counted(told.unreadable, 'page')} within the limits"
            )

    def _note_losses(self, told: Rebuilt) -> None:
        """Note what cannot come back, so that verifying does not find it anew for ever."""
        note_lost(self._layout, (*told.dangling, *(each.record_id for each in self._repair.lost)))
        fresh = frozenset(told.requestless) - requestless_records(self._layout)
        if fresh:
            self._repair.places_lost += len(fresh)
            self._repair.could_not.append(
                f"bring back the requests of {counted(len(fresh), 'answer')}"
            )
            note_requestless(self._layout, fresh)

    def _account_for_losses(self, journal: Path) -> None:
        old, new = Journal.read(self._layout.journal), Journal.open(journal)
        try:
            self._repair.lost = lost_captures(old, new)
            make_due(self._repair.lost, old, new, now=self._now)
        finally:
            old.close()
            new.close()
        if self._repair.lost:
            count = len(self._repair.lost)
            self._repair.could_not.append(
                f"bring back {counted(count, 'capture')} with lost bytes; to be asked for again"
            )

    def _put_strays_away(self, found: Diagnosis) -> None:
        """Move what no journal names out of the datasets: healing would throw parts away."""
        if found.report is None or found.report.is_sound:
            return
        journal = Journal.read(self._layout.journal)
        try:
            named = {part.path for part in journal.parts.all()}
            current = journal.snapshots.current()
        finally:
            journal.close()
        for dataset in DATASETS:
            folder = part_file(self._layout, current, dataset)
            for path in sorted(folder.rglob("*")):
                place = Path(dataset) / path.relative_to(folder)
                if not path.is_dir() and place.as_posix() not in named:
                    self._put_aside(path, place)

    def _heal(self, found: Diagnosis) -> None:
        """Do what opening a store does, and bring the indexes up to date."""
        is_indexed = self._layout.merged_index.is_file()
        if is_indexed and Check.INDEX in found.counts:
            self._do("make the indexes again")
        if not is_indexed:
            self._repair.found.append("no index")
            self._do("make the indexes")
        if self._is_rehearsal:
            return
        if found.seen:
            drop_indexes(self._layout)
        journal = Journal.open(self._layout.journal)
        try:
            settle(self._layout, journal, DATASETS, now=self._now)
            heal(self._layout, journal, self._now)
            update_index(self._layout)
        except (LossError, CorruptArchiveError) as error:
            self._repair.could_not.append(str(error))
        finally:
            journal.close()

    def _do(self, what: str) -> None:
        self._repair.did.append(what)


def _said(told: Rebuilt) -> str:
    return (
        f"tell journal and datasets again from {counted(told.warcs, 'WARC')} "
        f"({counted(told.captures, 'capture')}, {counted(told.rows, 'article row')})"
    )


def _joined(parts: list[str]) -> str:
    return ", ".join(parts)
