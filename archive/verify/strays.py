"""Files that nothing names: foreign ones, and what a run left half done.

A crawl may be writing beside us, and one that was killed leaves files that the next opening heals.
Neither is damage. So what lies around is listed first and the journal read once more behind that:
only what belongs to no run that was under way in between is told.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from archive.durable import is_held
from archive.journal.journal import Journal
from archive.journal.runs import WAITING
from archive.store import DATASETS, find_warc
from archive.verify.problem import Check, Findings
from archive.verify.snapshot import Snapshot
from archive.warc.writer import OPEN_SUFFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the journal says of runs at one moment."""

    runs: Mapping[str, tuple[str | None, int | None]]
    """Outcome and end of each; None while it runs, and after a kill."""
    unsealed: frozenset[str]
    """WARCs that still grow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stray:
    check: Check
    path: Path
    what: str


def find_strays(snapshot: Snapshot, findings: Findings, *, is_alone: bool = False) -> None:
    """Find what the journal does not account for below warc/, staging/ and the datasets.

    Where nobody can be at work beside us, what runs left that are under way is told as half done.
    """
    strays = (*_stray_warcs(snapshot), *_stray_parts(snapshot))
    before = _look(snapshot.journal)
    unfinished = frozenset(_unfinished(snapshot, before))
    fresh = Journal.read(snapshot.layout.journal)
    try:
        after = _look(fresh)
    finally:
        fresh.close()
    under_way = _under_way(before, after)
    for stray in strays:
        if not any(run_id in stray.path.name for run_id in under_way):
            _tell(stray, snapshot, findings)
        elif is_alone:
            _leave(stray, snapshot, findings)
    if is_alone and under_way:
        for stray in sorted(unfinished, key=_path_of):
            _leave(stray, snapshot, findings)
    # Opening a store and indexing it stage files, too, with no run open: the lock is held then.
    elif unfinished and not under_way and not is_held(snapshot.layout.lock):
        for stray in sorted(unfinished & frozenset(_unfinished(snapshot, after)), key=_path_of):
            _tell(stray, snapshot, findings)


def _stray_warcs(snapshot: Snapshot) -> Iterator[_Stray]:
    named = {warc.filename for warc in snapshot.journal.runs.warcs()}
    for path in _entries(snapshot.layout.warcs):
        filename = path.name.removesuffix(OPEN_SUFFIX)
        if filename not in named:
            yield _Stray(check=Check.WARC_STRAY, path=path, what="the journal names no such WARC")
        elif path.name != filename and path.with_name(filename).exists():
            what = f"{filename} is there under its final name, too"
            yield _Stray(check=Check.WARC_STRAY, path=path, what=what)


def _stray_parts(snapshot: Snapshot) -> Iterator[_Stray]:
    named = {part.path for part in snapshot.journal.parts.all()}
    for dataset in DATASETS:
        folder = snapshot.part_file(dataset)
        for found in sorted(folder.rglob("*")):
            path = snapshot.layout.dataset(dataset) / found.relative_to(folder)
            if found.is_dir() or path.relative_to(snapshot.layout.root).as_posix() in named:
                continue
            is_parquet = path.suffix == ".parquet"
            harm = "readers count its rows" if is_parquet else "plain readers fail at it"
            what = f"the journal names no such part, and {harm}"
            yield _Stray(check=Check.DATASET_STRAY, path=path, what=what)


def _unfinished(snapshot: Snapshot, seen: _Seen) -> Iterator[_Stray]:
    """Yield what only a process that holds the store may have around."""
    for path in _entries(snapshot.layout.staging):
        yield _Stray(check=Check.LEFTOVER, path=path, what="nobody is writing it any more")
    for filename in seen.unsealed:
        path = find_warc(snapshot.layout, filename)
        if path.name != filename:
            what = "nobody writes to it any more, and it was never sealed"
            yield _Stray(check=Check.LEFTOVER, path=path, what=what)


def _tell(stray: _Stray, snapshot: Snapshot, findings: Findings) -> None:
    findings.add(stray.check, _path_below(stray, snapshot), stray.what)


def _leave(stray: _Stray, snapshot: Snapshot, findings: Findings) -> None:
    findings.leave(stray.check, _path_below(stray, snapshot), stray.what)


def _path_below(stray: _Stray, snapshot: Snapshot) -> str:
    return stray.path.relative_to(snapshot.layout.root).as_posix()


def _path_of(stray: _Stray) -> Path:
    return stray.path


def _entries(folder: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):  # a store that is being opened makes its staging anew
        yield from sorted(folder.iterdir())


def _look(journal: Journal) -> _Seen:
    found = journal.query("SELECT id, outcome, ended_at FROM run")
    runs = {row["id"]: (row["outcome"], row["ended_at"]) for row in found}
    waiting = {run_id for run_id, (outcome, _) in runs.items() if outcome == WAITING}
    warcs = journal.runs.warcs()
    return _Seen(
        runs=runs,
        unsealed=frozenset(
            warc.filename for warc in warcs if not warc.is_sealed and warc.run_id not in waiting
        ),
    )


def _under_way(before: _Seen, after: _Seen) -> frozenset[str]:
    """Return the runs that had not ended at one of the two moments, or went on in between."""
    return frozenset(
        run_id
        for run_id, state in after.runs.items()
        if state[0] is None or before.runs.get(run_id) != state
    )
