"""What a WACZ is put together from: hashed files, an index in blocks, WARCs that begin anew."""

import gzip
import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from archive.journal.journal import Journal
from archive.layout import Layout
from archive.selection import Selection
from archive.wacz.captures import take, taken
from archive.wacz.contents import BLOCK_LINES, write_index, write_pages
from archive.wacz.copying import Maker, copy_captures
from archive.wacz.package import Package
from archive.warc.reader import walk
from archive.warc.records import Provenance
from tests.archive.cdx_tools import told
from tests.archive.store_samples import NOON
from tests.archive.wacz_samples import make_store


@pytest.fixture
def file() -> BytesIO:
    return BytesIO()


@pytest.fixture
def package(file: BytesIO) -> Iterator[Package]:
    with Package(file, created=NOON) as package:
        yield package


def finish(package: Package, file: BytesIO) -> zipfile.ZipFile:
    package.finish(title="Title", description="All of it.", software="Newsreel/0")
    package.__exit__(None, None, None)
    return zipfile.ZipFile(BytesIO(file.getvalue()))


def test_every_file_is_listed_with_its_hash_and_size(package: Package, file: BytesIO) -> None:
    with package.file("archive/A.warc.gz") as archive:
        archive.write(b"first ")
        archive.write(b"second")
    with package.file("pages/pages.jsonl", is_deflated=True):
        pass

    with finish(package, file) as packed:
        listed = json.loads(packed.read("datapackage.json"))
        assert packed.read("archive/A.warc.gz") == b"first second"

    assert listed["resources"] == [
        {
            "name": "a.warc.gz",
            "path": "archive/A.warc.gz",
            "hash": f"sha256:{hashlib.sha256(b'first second').hexdigest()}",
            "bytes": 12,
        },
        {
            "name": "pages.jsonl",
            "path": "pages/pages.jsonl",
            "hash": f"sha256:{hashlib.sha256(b'').hexdigest()}",
            "bytes": 0,
        },
    ]
    assert listed["wacz_version"] == "1.1.1"
    assert listed["created"] == "2026-05-18T12:00:00Z"


def test_the_list_itself_is_sealed_by_its_digest(package: Package, file: BytesIO) -> None:
    with finish(package, file) as packed:
        seal = json.loads(packed.read("datapackage-digest.json"))
        text = packed.read("datapackage.json")

    digest = f"sha256:{hashlib.sha256(text).hexdigest()}"
    assert seal == {"path": "datapackage.json", "hash": digest}


@pytest.mark.parametrize(
    "count", [1, BLOCK_LINES - 1, BLOCK_LINES, BLOCK_LINES + 1, 2 * BLOCK_LINES + 5]
)
def test_each_block_of_an_index_is_found_by_its_first_line(
    package: Package, file: BytesIO, count: int
) -> None:
    lines = [b'example,x)/%06d 20260518120000 {"url": "u"}\n' % number for number in range(count)]

    assert write_index(package, lines) == count

    with finish(package, file) as packed:
        index = packed.read("indexes/index.cdx.gz")
        _, *blocks = packed.read("indexes/index.idx").decode().splitlines()
    assert len(blocks) == -(-count // BLOCK_LINES)
    for number, block in enumerate(blocks):
        place: dict[str, Any] = told(block)
        content = index[place["offset"] : place["offset"] + place["length"]]
        held = lines[number * BLOCK_LINES : (number + 1) * BLOCK_LINES]
        assert gzip.decompress(content) == b"".join(held)
        assert held[0].startswith(" ".join(block.split(" ")[:2]).encode())
        assert place["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_a_page_is_one_line_whatever_its_text_is(package: Package, file: BytesIO) -> None:
    row = {
        "article_id": "a",
        "version": 2,
        "url": "https://x.example/a b",
        "headline": 'A "line"\nbreak\u2028',
        "text": "caf\xe9\n{",
        "fetch_time": NOON.replace(microsecond=7),
    }

    assert write_pages(package, [row]) == 1

    with finish(package, file) as packed:
        _, line = packed.read("pages/pages.jsonl").splitlines()
    assert json.loads(line) == {
        "id": "a-2",
        "url": "https://x.example/a%20b",
        "ts": "2026-05-18T12:00:00Z",
        "title": 'A "line"\nbreak\u2028',
        "text": "caf\xe9\n{",
    }


def test_a_new_warc_begins_between_exchanges(
    package: Package, file: BytesIO, tmp_path: Path
) -> None:
    layout = Layout(make_store(tmp_path / "store"))
    provenance = Provenance(software="Newsreel/0", run_id="newsreel export, site x")
    maker = Maker(provenance=provenance, now=NOON, scratch=tmp_path, largest=1600)
    journal = Journal.read(layout.journal)
    ends = {warc.filename: warc.committed_length for warc in journal.runs.warcs()}
    with closing(journal), journal.snapshot() as db:
        take(journal, layout, db, Selection(site="x"))
        captures = list(taken(db))
        lines = list(copy_captures(package, layout, captures, ends=ends, maker=maker))

    with finish(package, file) as packed:
        names = [name for name in packed.namelist() if name.startswith("archive/")]
        packed.extractall(tmp_path)
    assert len(lines) == len(captures) > len(names) > 1
    assert {told(line.decode())["filename"] for line in lines} == {n.split("/")[1] for n in names}
    for name in names:
        records = [record for _, record in walk(tmp_path / name)]
        assert records[0].type == "warcinfo"
        assert records[1].type in {"response", "revisit"}
        assert records[-1].type in {"request", "metadata"}
        assert b"isPartOf: newsreel export, site x" in records[0].block
