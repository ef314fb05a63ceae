"""The ledger read back: each finished run accounts for every address, as the journal does."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from archive.columns import plain
from archive.dataset.check import opened_part
from archive.dataset.schema import DATASETS
from archive.errors import CorruptArchiveError
from archive.verify.problem import Area, Check, Findings
from archive.verify.report import LedgerTally, Report, Step
from archive.verify.snapshot import Snapshot

_FOLDER: Final = "coverage"

Row = Mapping[str, Any]

_UNKNOWN: Final = """
SELECT l.url, l.part FROM ledger_row l LEFT JOIN address a ON a.url = l.url WHERE a.id IS NULL
"""
_DANGLING: Final = """
SELECT l.url, l.part, l.record_id FROM ledger_row l
LEFT JOIN capture c ON c.record_id = l.record_id
WHERE l.record_id IS NOT NULL AND c.id IS NULL
"""
_EMPTY: Final = """
SELECT l.url, l.part FROM ledger_row l LEFT JOIN version v ON v.article_id = l.article_id
WHERE l.fate = 'archived' AND v.article_id IS NULL
"""
_FAULTS: Final = (
    (_UNKNOWN, "the journal never heard of {url}"),
    (_DANGLING, "{url} was decided by {record_id}, which is no capture"),
    (_EMPTY, "{url} is archived, and its article has no version"),
)


def read_ledger(snapshot: Snapshot, findings: Findings, report: Report) -> LedgerTally:
    """Compare the ledger of every finished run with the journal."""
    runs = [row[0] for row in snapshot.ask("SELECT id FROM run WHERE outcome = 'finished'")]
    fates: Counter[str] = Counter()
    for done, run_id in enumerate(runs, start=1):
        fates += _Ledger(snapshot, findings, run_id).read()
        report(Step(area=Area.LEDGER, done=done, total=len(runs)))
    return LedgerTally(runs=len(runs), fates=dict(sorted(fates.items())))


class _Ledger:
    """The ledger of one run; the temporary table holds one at a time."""

    def __init__(self, snapshot: Snapshot, findings: Findings, run_id: str) -> None:
        self._snapshot = snapshot
        self._findings = findings
        self._run_id = run_id
        self._is_whole = True

    def read(self) -> Counter[str]:
        """Check every row, and that none is missing; return the fates."""
        self._snapshot.note("DELETE FROM ledger_row")
        fates = Counter(self._note_rows())
        for question, what in _FAULTS:
            for row in self._snapshot.ask(question):
                self._add(row["part"], what.format(**dict(zip(row.keys(), row, strict=True))))
        for _, said in self._snapshot.journal.addresses.coverage(self._run_id):
            self._compare(plain(said))
        return fates

    def _note_rows(self) -> Iterator[str]:
        """Note the rows of the run's parts; yield the fate of each."""
        for part in self._snapshot.ask(
            "SELECT p.path, p.run_id, b.id IS NOT NULL AS is_broken FROM part p "
            "LEFT JOIN broken_part b ON b.id = p.id WHERE p.dataset = 'coverage' "
            "AND (p.run_id = ? OR p.run_id LIKE 'snapshot-%') ORDER BY p.id",
            self._run_id,
        ):
            if part["is_broken"]:  # named with the file; what it held is not missed once more
                self._is_whole = False
                continue
            path = self._snapshot.part_file(part["path"])
            try:
                with opened_part(path, DATASETS[_FOLDER]) as opened:
                    for row in opened.read():
                        if row["run_id"] != self._run_id != part["run_id"]:
                            continue  # a compacted part has the rows of several runs
                        self._note(row, part["path"])
                        yield str(row["fate"])
            except CorruptArchiveError as error:
                self._add(part["path"], f"it cannot be read any more: {error.why}")

    def _note(self, row: Row, part: str) -> None:
        if row["run_id"] != self._run_id:
            self._add(part, f"the row of {row['url']} is of run {row['run_id']}")
        is_new = self._snapshot.note(
            "INSERT OR IGNORE INTO ledger_row VALUES (?, ?, ?, ?, ?, ?)",
            row["url"],
            part,
            row["fate"],
            row["warc_record_id"],
            row["article_id"],
            json.dumps(plain(row)),
        )
        if not is_new:
            self._add(part, f"{row['url']} stands in two rows of run {self._run_id}")

    def _compare(self, said: Row) -> None:
        """Compare an address that no later run has met since with its row."""
        found = list(self._snapshot.ask("SELECT * FROM ledger_row WHERE url = ?", said["url"]))
        if not found:
            if self._is_whole:
                self._add(_FOLDER, f"{said['url']} has no row in run {self._run_id}")
            return
        row = json.loads(found[0]["columns"])
        for column, value in said.items():
            if column in row and row[column] != value:
                what = f"{column} of {said['url']} is {row[column]}, the journal says {value}"
                self._add(found[0]["part"], what)

    def _add(self, path: str, what: str) -> None:
        self._findings.add(Check.COVERAGE, path, what)
