"""Reads every part back: the file as it was published, and each row as the journal knows it."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from archive.capture import Capture
from archive.columns import columns_of
from archive.counted import counted
from archive.dataset.check import OpenPart, opened_part
from archive.dataset.schema import DATASETS, SCHEMA_VERSION
from archive.dataset.writer import sha256_of
from archive.errors import CorruptArchiveError, StoreFormatError
from archive.instant import to_micros
from archive.verify.problem import Area, Check, Findings
from archive.verify.report import DatasetTally, Report, Step
from archive.verify.snapshot import NamedPart, Snapshot

_ARTICLE_COLUMNS: Final = (
    "article_id",
    "version",
    "url",
    "fetch_time",
    "warc_record_id",
    "warc_filename",
    "warc_record_offset",
    "warc_record_length",
    "content_digest",
)
# As archive/layout.py and archive/dataset/writer.py name a part.
_PLACE: Final = re.compile(r"[a-z]+/site=[a-z0-9-]+/month=[0-9]{4}-[0-9]{2}/part-[^/]+\.parquet")
_CAPTURE_COLUMNS: Final = tuple(columns_of(Capture))

Row = Mapping[str, Any]


def read_parts(snapshot: Snapshot, findings: Findings, report: Report) -> DatasetTally:
    """Read every named part; note the rows of articles for the checks that follow.

    Raises StoreFormatError for a part that a newer Newsreel wrote.
    """
    parts = snapshot.parts()
    rows = dict.fromkeys(DATASETS, 0)
    for done, part in enumerate(parts, start=1):
        _Reader(snapshot, findings, part).read()
        rows[part.published.dataset] += part.published.rows
        report(Step(area=Area.DATASET, done=done, total=len(parts)))
    _match_versions(snapshot, findings)
    return DatasetTally(parts=len(parts), rows=rows)


class _Reader:
    """Reads one part."""

    def __init__(self, snapshot: Snapshot, findings: Findings, part: NamedPart) -> None:
        self._snapshot = snapshot
        self._findings = findings
        self._part = part
        self._named = part.published
        self._record_ids: set[str] = set()
        """Of the captures seen in this part."""

    def read(self) -> None:
        """Check the file, then its rows; what could not be read is noted as broken."""
        if self._named.schema_version > SCHEMA_VERSION:
            raise StoreFormatError(
                f"{self._named.path} was written by a newer Newsreel (schema "
                f"{self._named.schema_version}, this one reads {SCHEMA_VERSION}); upgrade Newsreel"
            )
        if not _PLACE.fullmatch(self._named.path) or not self._named.path.startswith(
            f"{self._named.dataset}/"
        ):
            self._add(Check.PART, "no part of a dataset lies there")
            return
        path = self._snapshot.part_file(self._named.path)
        try:
            is_whole = self._is_unchanged(path)
            with opened_part(path, DATASETS[self._named.dataset]) as part:
                is_whole = self._has_its_shape(part) and is_whole
                if not part.misfit(self._named.schema_version):
                    self._read_rows(part)
        except FileNotFoundError:
            self._add(Check.PART, f"it is not there, with {counted(self._named.rows, 'row')}")
            is_whole = False
        except CorruptArchiveError as error:
            self._add(Check.PART, f"it cannot be read: {_first_line(error.why)}")
            is_whole = False
        if not is_whole:
            self._snapshot.note("INSERT INTO broken_part VALUES (?)", self._part.id)

    def _is_unchanged(self, path: Path) -> bool:
        size = path.stat().st_size
        if size != self._named.size_bytes:
            self._add(
                Check.PART,
                f"it has {counted(size, 'byte')}, not the {self._named.size_bytes:,} published",
            )
            return False
        if (digest := sha256_of(path)) != self._named.sha256:
            self._add(Check.PART, f"its SHA-256 is {digest}, {self._named.sha256} was published")
            return False
        return True

    def _has_its_shape(self, part: OpenPart) -> bool:
        """Compare columns, rows and footer with what the journal says."""
        faults = [
            f"its footer's {key} is {part.told(key)}, not {said}"
            for key, said in (
                ("newsreel.dataset", self._named.dataset),
                ("newsreel.schema_version", str(self._named.schema_version)),
                ("newsreel.run_id", self._named.run_id),
            )
            if part.told(key) != said
        ]
        if part.rows != self._named.rows:
            faults.append(
                f"it has {counted(part.rows, 'row')}, not the {self._named.rows:,} published"
            )
        for fault in faults:
            self._add(Check.PART, fault)
        misfit = part.misfit(self._named.schema_version)
        if misfit:
            self._add(Check.SCHEMA, misfit)
        return not (faults or misfit)

    def _read_rows(self, part: OpenPart) -> None:
        if self._named.dataset not in _ROWS:
            return
        columns, check = _ROWS[self._named.dataset]
        for row in part.read(columns):
            check(self, row)
        if self._named.dataset == "captures" and len(self._record_ids) != self._part.captures:
            self._add(
                Check.CAPTURE_ROW,
                f"it has the rows of {counted(len(self._record_ids), 'capture')}, the journal put "
                f"{self._part.captures:,} into it",
            )

    def note_article(self, row: Row) -> None:
        """Note an article's row; two of one version are one too many."""
        is_new = self._snapshot.note(
            "INSERT OR IGNORE INTO article_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            str(row["article_id"]),
            row["version"] or 0,
            self._part.id,
            row["url"],
            to_micros(row["fetch_time"]) if row["fetch_time"] else None,
            row["warc_record_id"],
            row["warc_filename"],
            row["warc_record_offset"],
            row["warc_record_length"],
            row["content_digest"],
        )
        if not is_new:
            self._add(Check.VERSION, f"{_name(row)} stands in two rows")

    def compare_capture(self, row: Row) -> None:
        """Compare a row of captures with the journal, column by column."""
        record_id = row["warc_record_id"]
        capture = self._snapshot.journal.captures.get(record_id)
        if capture is None:
            self._add(Check.CAPTURE_ROW, f"the journal has no capture {record_id} of {row['url']}")
            return
        if record_id in self._record_ids:
            self._add(Check.CAPTURE_ROW, f"capture {record_id} of {row['url']} stands in two rows")
        self._record_ids.add(record_id)
        for column, value in row.items():
            if value != (said := getattr(capture, column)):
                what = f"{column} of {record_id} is {value}, the journal says {said}"
                self._add(Check.CAPTURE_ROW, what)
        (known,) = self._snapshot.ask("SELECT part_id FROM capture WHERE record_id = ?", record_id)
        if known["part_id"] != self._part.id:
            what = f"the journal has put capture {record_id} of {row['url']} into another part"
            self._add(Check.CAPTURE_ROW, what)

    def _add(self, check: Check, what: str) -> None:
        self._findings.add(check, self._named.path, what)


_RowChecks = Mapping[str, tuple[tuple[str, ...], Callable[[_Reader, Row], None]]]

# Coverage is compared run by run, with the ledger.
_ROWS: Final[_RowChecks] = MappingProxyType(
    {
        "articles": (_ARTICLE_COLUMNS, _Reader.note_article),
        "captures": (_CAPTURE_COLUMNS, _Reader.compare_capture),
    }
)

# What was in a part that is broken was named with the part.
_ROWLESS: Final = """
SELECT v.article_id, v.version, p.path FROM version v JOIN part p ON p.id = v.part_id
LEFT JOIN article_row r ON r.article_id = v.article_id AND r.version = v.version
LEFT JOIN broken_part b ON b.id = v.part_id
WHERE r.article_id IS NULL AND b.id IS NULL ORDER BY p.id
"""
_MISPLACED: Final = """
SELECT r.article_id, r.version, p.path, v.part_id FROM article_row r
JOIN part p ON p.id = r.part_id
LEFT JOIN version v ON v.article_id = r.article_id AND v.version = r.version
WHERE v.part_id IS NOT r.part_id ORDER BY p.id
"""


def _match_versions(snapshot: Snapshot, findings: Findings) -> None:
    """Find versions without a row, and rows that no version stands for."""
    for row in snapshot.ask(_ROWLESS):
        findings.add(Check.VERSION, row["path"], f"{_name(row)} has no row")
    for row in snapshot.ask(_MISPLACED):
        knows = "does not know it" if row["part_id"] is None else "has put it into another part"
        findings.add(Check.VERSION, row["path"], f"{_name(row)} has a row, the journal {knows}")


def _name(row: Any) -> str:
    return f"version {row['version']} of article {row['article_id']}"


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else "no reason is given"
