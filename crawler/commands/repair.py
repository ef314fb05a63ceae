"""`newsreel verify --repair`: mend what can be mended; say what was found, done and not done."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.columns import plain
from archive.counted import counted
from archive.durable import held, publish
from archive.errors import ConfigError, CorruptArchiveError, LossError, StoreError, write_failure
from archive.index.build import update_index
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.noted import note_cut, note_lost
from archive.repair.diagnosis import Diagnosis, diagnose, known_ends
from archive.repair.losses import Lost, lost_captures, make_due
from archive.repair.replacement import begin_scaffold, replace_with
from archive.repair.tails import cut_tear, warc_files
from archive.store import DATASETS, cut_back, heal
from archive.verify.report import VerifyReport
from archive.verify.store import verify
from archive.warc.writer import OPEN_SUFFIX
from crawler.commands.progress import LineProgress
from crawler.console import answer_console, message_console
from crawler.rebuild.store import Rebuilt, rebuild

_WORKERS: Final = os.cpu_count() or 1
_LOOK: Final = 3
"""Done, but something needs a look (docs/reference/exit-codes.md)."""


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
    after: VerifyReport | None = None
    """How the store was found afterwards; None for a rehearsal."""

    @property
    def exit_code(self) -> int:
        """5 when the store is still damaged, 3 when captures are lost for good, else 0."""
        if self.after is not None and not self.after.is_sound:
            return StoreError.exit_code
        return _LOOK if self.lost else 0

    def sentence(self, *, is_rehearsal: bool) -> str:
        """Return the repair in one sentence."""
        if not self.found:
            return "Sound: nothing to repair."
        did = "would" if is_rehearsal else "did"
        parts = [f"Found: {_joined(self.found)}", f"{did}: {_joined(self.did) or 'nothing'}"]
        if self.could_not:
            parts.append(f"could not: {_joined(self.could_not)}")
        return "; ".join(parts) + "."


def repair_store(root: Path, *, is_rehearsal: bool, as_json: bool) -> int:
    """Repair a store and print how; return 0, 3 when captures are lost, 5 when damage is left.

    Raises StoreInUseError beside a crawl, ConfigError where there is no store.
    """
    layout, began = Layout(root), time.monotonic()
    if not layout.warcs.is_dir():
        raise ConfigError(f"{root} is no store: it has no folder {layout.warcs.name}")
    with held(layout.lock), LineProgress(message_console()) as progress:
        repair = _Repairing(layout, progress, is_rehearsal=is_rehearsal).run()
    console = answer_console()
    if as_json:
        answer = {
            "is_sound": repair.after.is_sound if repair.after else None,
            "wall_s": round(time.monotonic() - began, 1),
            "sentence": repair.sentence(is_rehearsal=is_rehearsal),
            "found": repair.found,
            "did": repair.did,
            "could_not": repair.could_not,
            "replaced": None if repair.replaced is None else str(repair.replaced),
            "lost": plain(repair.lost),
            "after": plain(repair.after) if repair.after else None,
        }
        console.out(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for line in _told(repair, is_rehearsal=is_rehearsal):
            console.print(line, soft_wrap=True)
    return repair.exit_code


def _told(repair: Repair, *, is_rehearsal: bool) -> Iterator[str]:
    yield repair.sentence(is_rehearsal=is_rehearsal)
    if repair.replaced is not None:
        yield f"What was replaced lies in {repair.replaced}."
    for lost in repair.lost[:10]:
        yield f"lost: {lost.url} of {lost.fetch_time:%Y-%m-%d %H:%M} UTC, in {lost.warc_filename}"
    if len(repair.lost) > 10:  # noqa: PLR2004 - as many as are listed above
        yield f"and {len(repair.lost) - 10:,} more"
    if repair.after is not None:
        for problem in repair.after.problems[:10]:
            at = "" if problem.offset is None else f" at byte {problem.offset}"
            yield f"{problem.path}{at}: {problem.what}"
            yield f"hint: {problem.hint}"


class _Repairing:
    """The steps, in the order that keeps every byte at every moment."""

    def __init__(self, layout: Layout, progress: LineProgress, *, is_rehearsal: bool) -> None:
        self._layout = layout
        self._progress = progress
        self._report = progress.show
        self._is_rehearsal = is_rehearsal
        self._repair = Repair()
        self._now = now_utc()

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
        self._cut(found)
        if found.has_to_be_told_again:
            self._tell_again(found)
        else:
            self._put_strays_away(found)
        self._heal()
        if not self._is_rehearsal:
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
        if found.is_rewritten:
            self._repair.could_not.append(
                "trust a WARC that contradicts itself: restore it from a copy"
            )

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
        self._note_ends(found)

    def _note_ends(self, found: Diagnosis) -> None:
        """Note where files end that lost whole records: no tail tells of it."""
        torn = {tear.path for tear in found.tears}
        lost = {warc.filename for warc in found.losses}
        for path in warc_files(self._layout):
            if self._is_rehearsal or path in torn:
                continue
            if path.name.removesuffix(OPEN_SUFFIX) in lost:
                note_cut(self._layout, path, path.stat().st_size, why="records were lost")

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
            report=lambda count: self._progress.say(f"telling again: {counted(count, 'capture')}"),
        )
        if found.journal_trouble is None:
            self._account_for_losses(scaffold.journal)
        self._repair.replaced = replace_with(scaffold, now=self._now)
        self._note_losses(told)
        self._do(_said(told))
        if told.unreadable:
            self._repair.could_not.append(
                f"read {counted(told.unreadable, 'page')} within the limits"
            )

    def _note_losses(self, told: Rebuilt) -> None:
        """Note what cannot come back, so that verifying does not find it anew for ever."""
        note_lost(self._layout, (*told.dangling, *(each.record_id for each in self._repair.lost)))
        for path in warc_files(self._layout):
            name, size = path.name.removesuffix(OPEN_SUFFIX), path.stat().st_size
            if (name, size) in told.requestless:
                note_cut(self._layout, path, size, why="the last answer has no request")

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
        finally:
            journal.close()
        aside = self._layout.replaced(self._now)
        for dataset in DATASETS:
            for path in sorted(self._layout.dataset(dataset).rglob("*")):
                place = path.relative_to(self._layout.root)
                if path.is_dir() or place.as_posix() in named:
                    continue
                self._do(f"move {place} aside")
                if not self._is_rehearsal:
                    publish(path, aside.joinpath(place))
                    self._repair.replaced = aside

    def _heal(self) -> None:
        """Do what opening a store does, and bring the indexes up to date."""
        is_indexed = self._layout.merged_index.is_file()
        if not is_indexed:
            self._repair.found.append("no index")
            self._do("make the indexes")
        if self._is_rehearsal:
            return
        journal = Journal.open(self._layout.journal)
        try:
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
