"""What is wrong with a store that crawled the invented web: an independent look at every file.

The archive is walked with zlib and regular expressions, the journal read with plain SQL: nothing
of Newsreel judges its own work.
"""

import base64
import hashlib
import re
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from tests.archive.invented_web import body_of, is_gone, is_shy, requests_of

_FIELD = re.compile(rb"^([A-Za-z-]+): (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One record as it lies in a file."""

    filename: str
    offset: int
    length: int
    fields: dict[str, str]
    block: bytes

    @property
    def place(self) -> tuple[str, int, int]:
        """File, offset and length."""
        return self.filename, self.offset, self.length


@dataclass(slots=True)
class Look:
    """One look at a store."""

    root: Path
    pages: int
    faults: list[str] = field(default_factory=list)

    def expect(self, what: str, found: object, expected: object) -> None:
        """Note what is not as it should be."""
        if found != expected:
            self.faults.append(f"{what}: {_short(found)} instead of {_short(expected)}")


def faults_of(root: Path, pages: int) -> list[str]:
    """Return what is wrong with a store whose run is finished; empty when nothing is."""
    look = Look(root, pages)
    with closing(sqlite3.connect(f"file:{root / 'journal.db'}?mode=ro", uri=True)) as db:
        look.expect("integrity", db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        records = _check_warcs(look, db)
        _check_captures(look, db, records)
        _check_parts(look, db)
        _check_rows(look, db, records)
    look.expect("staging", list((root / "staging").iterdir()), [])
    return look.faults


def _check_warcs(look: Look, db: sqlite3.Connection) -> dict[str, Found]:
    """Look whether every file ends where the journal says, and no record is there twice."""
    known = dict(db.execute("SELECT filename, committed_length FROM warc"))
    sizes = {path.name: path.stat().st_size for path in (look.root / "warc").iterdir()}
    look.expect("lengths of the WARCs", sizes, known)
    records: dict[str, Found] = {}
    for name in sorted(sizes):
        for record in _walk(look, look.root / "warc" / name):
            record_id = record.fields["WARC-Record-ID"]
            if record_id in records:
                look.faults.append(f"record {record_id} is there twice")
            records[record_id] = record
    return records


def _walk(look: Look, path: Path) -> Iterator[Found]:
    data, offset = path.read_bytes(), 0
    while offset < len(data):
        member = zlib.decompressobj(31)
        content = member.decompress(data[offset:])
        if not member.eof:
            look.faults.append(f"{path.name} breaks off at {offset}")
            return
        length = len(data) - offset - len(member.unused_data)
        head, _, rest = content.partition(b"\r\n\r\n")
        fields = {k.decode(): v.decode().strip() for k, v in _FIELD.findall(head)}
        block = rest[:-4]
        look.expect("length of a block", int(fields["Content-Length"]), len(block))
        look.expect("digest of a block", fields["WARC-Block-Digest"], _digest(block))
        yield Found(filename=path.name, offset=offset, length=length, fields=fields, block=block)
        offset += length


def _check_captures(look: Look, db: sqlite3.Connection, records: dict[str, Found]) -> None:
    """Compare the archive's answers with the journal's captures, and those with the pages."""
    answers = {
        record_id: record.place
        for record_id, record in records.items()
        if record.fields["WARC-Type"] in {"response", "revisit"}
    }
    captures = {
        record_id: place
        for record_id, *place in db.execute(
            "SELECT record_id, warc_filename, warc_offset, warc_length FROM capture "
            "WHERE record_type IS NOT NULL"
        )
    }
    look.expect("answers", answers, {key: tuple(value) for key, value in captures.items()})
    urls = Counter(row[0] for row in db.execute("SELECT url FROM capture"))
    look.expect(
        "captures of each page",
        urls,
        {_url(number): requests_of(number) for number in range(look.pages)},
    )
    requests = [each for each in records.values() if each.fields["WARC-Type"] == "request"]
    look.expect("requests", len(requests), urls.total())
    for record in records.values():
        target = record.fields.get("WARC-Refers-To")
        if target is not None and target not in records:
            look.faults.append(f"a revisit of {target}, which is not there")


def _check_parts(look: Look, db: sqlite3.Connection) -> None:
    """Compare the Parquet files with the journal's parts, byte for byte."""
    named = dict(db.execute("SELECT path, sha256 FROM part"))
    there = {
        path.relative_to(look.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for name in ("articles", "captures", "coverage")
        for path in (look.root / name).rglob("*")
        if path.is_file()
    }
    look.expect("parts", there, named)


def _check_rows(look: Look, db: sqlite3.Connection, records: dict[str, Found]) -> None:
    """Look whether every article, capture and advertised address has its row, once."""
    pages = range(look.pages)
    stories = {_url(number): number for number in pages if not is_gone(number)}
    articles = _rows(look, "articles")
    look.expect("articles", Counter(row["url"] for row in articles), Counter(set(stories)))
    look.expect("versions", {row["version"] for row in articles}, {1})
    for row in articles:
        record = records.get(str(row["warc_record_id"]))
        place = (row["warc_filename"], row["warc_record_offset"], row["warc_record_length"])
        if record is None or record.place != place:
            look.faults.append(f"the row of {row['url']} leads nowhere")
        elif not record.block.endswith(body_of(stories[str(row["url"])])):
            look.faults.append(f"the row of {row['url']} leads to another page")
    captured = Counter(row[0] for row in db.execute("SELECT record_id FROM capture"))
    published = Counter(row["warc_record_id"] for row in _rows(look, "captures"))
    look.expect("rows of captures", published, captured)
    ledger = _rows(look, "coverage")
    look.expect("advertised", Counter(row["url"] for row in ledger), Counter(map(_url, pages)))
    fates = {row["url"]: (row["fate"], row["attempts"]) for row in ledger}
    look.expect("fates", fates, {_url(number): _fate(number) for number in pages})


def _fate(number: int) -> tuple[str, int]:
    return ("gone" if is_gone(number) else "archived"), 1 + is_shy(number)


def _rows(look: Look, dataset: str) -> list[dict[str, object]]:
    return [
        row
        for path in sorted((look.root / dataset).rglob("*.parquet"))
        for batch in pq.ParquetFile(path).iter_batches()
        for row in batch.to_pylist()
    ]


def _url(number: int) -> str:
    return f"https://x.example/{number}"


def _digest(block: bytes) -> str:
    sha1 = hashlib.sha1(block, usedforsecurity=False).digest()
    return "sha1:" + base64.b32encode(sha1).decode()


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) < 200 else f"{text[:200]}..."
