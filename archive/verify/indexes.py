"""The indexes there are, line by line against the records that were read.

An index may be missing: it is made of the WARCs, and can be made again. One that is there and lists
something else leads replay to the wrong bytes, or hides a capture.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.errors import CorruptArchiveError
from archive.index.cdxj import parse_line
from archive.verify.problem import Check, Findings
from archive.verify.snapshot import Snapshot

_EXPECTED: Final = "SELECT mark FROM found WHERE filename = ? AND start = ?"
_UNLISTED: Final = """
SELECT f.start FROM found f LEFT JOIN indexed i ON i.filename = f.filename AND i.start = f.start
WHERE f.filename = ? AND f.mark IS NOT NULL AND i.start IS NULL ORDER BY f.start
"""
_TO_COME: Final = "nothing to do: the next crawl indexes it"


def compare_indexes(snapshot: Snapshot, findings: Findings) -> None:
    """Find lines that are wrong, stale or missing; of a damaged WARC its own problem is enough."""
    layout, warcs = snapshot.layout, snapshot.journal.runs.warcs()
    sound = {
        warc.filename: layout.cdxj(warc.filename)
        for warc in warcs
        if warc.is_sealed and findings.spares(snapshot.path_below(warc.filename))
    }
    known = frozenset(warc.filename for warc in warcs)
    for filename, index in sound.items():
        if index.is_file():
            alone = frozenset({filename})
            _Index(snapshot, findings, index, known).compare(alone, owed=alone)
    merged = layout.merged_index
    if not merged.is_file():
        return
    made = merged.stat().st_mtime_ns
    # A crawl that is killed between sealing and indexing leaves that to the next one. In a copy of
    # a store, times say nothing.
    old = frozenset(name for name, index in sound.items() if _is_older(index, made))
    listed = _Index(snapshot, findings, merged, known).compare(frozenset(sound), owed=old)
    for filename in sorted(sound.keys() - listed):
        path = merged.relative_to(layout.root).as_posix()
        findings.leave(Check.INDEX, path, f"{filename} is not in it yet", hint=_TO_COME)


def _is_older(index: Path, moment: int) -> bool:
    return index.is_file() and index.stat().st_mtime_ns <= moment


@dataclass(frozen=True, slots=True)
class _Index:
    """One file of lines."""

    snapshot: Snapshot
    findings: Findings
    path: Path
    known: frozenset[str]
    """The WARCs that the journal names."""

    def compare(self, filenames: frozenset[str], *, owed: frozenset[str]) -> frozenset[str]:
        """Compare its lines with the records of these WARCs, and return those that it lists.

        Of a WARC that has a line, it has to have every line; so of those that are owed.
        """
        self.snapshot.note("DELETE FROM indexed")
        named = set(owed)
        try:
            for offset, filename, start, mark in self._lines():
                self._check_line(offset, filename, start, mark, filenames)
                named.add(filename)
        except CorruptArchiveError as error:
            self._add(error.why, error.offset)
            return filenames
        listed = filenames & named
        for filename in sorted(listed):
            for row in self.snapshot.ask(_UNLISTED, filename):
                self._add(f"the record of {filename} at byte {row['start']} is not listed", None)
        return listed

    def _lines(self) -> Iterator[tuple[int, str, int, int]]:
        """Yield where each line begins, which record it is of, and its mark."""
        offset, before = 0, b""
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    raise CorruptArchiveError(self.path, offset, "the last line breaks off")
                entry = parse_line(line, self.path, offset)
                if line < before:
                    self._add("the line stands behind one that sorts after it", offset)
                yield offset, entry.location.warc_filename, entry.location.offset, entry.mark
                offset, before = offset + len(line), line

    def _check_line(
        self, offset: int, filename: str, start: int, mark: int, filenames: frozenset[str]
    ) -> None:
        place = f"the record of {filename} at byte {start}"
        if filename not in filenames:
            # What is damaged, or was sealed since, is none of this index's fault.
            if filename not in self.known and not self.snapshot.layout.warc(filename).is_file():
                self._add(f"the line is of {filename}, which is not there", offset)
            return
        found = next(self.snapshot.ask(_EXPECTED, filename, start), None)
        if found is None or found["mark"] is None:
            self._add(f"the line leads to {filename} at byte {start}, where none begins", offset)
        elif found["mark"] != mark:
            self._add(f"the line says of {place} what it does not", offset)
        elif not self.snapshot.note("INSERT OR IGNORE INTO indexed VALUES (?, ?)", filename, start):
            self._add(f"{place} is listed twice", offset)

    def _add(self, what: str, offset: int | None) -> None:
        path = self.path.relative_to(self.snapshot.layout.root).as_posix()
        self.findings.add(Check.INDEX, path, what, offset=offset)
