"""Independent readers take what we write: warcio's own, and FastWARC."""

from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastWarcIterator
from warcio.archiveiterator import ArchiveIterator

from archive.warc.reader import walk
from archive.warc.records import Record, exchange_records
from tests.archive.cdx_tools import run
from tests.archive.warc_samples import (
    CHUNKED,
    EARLY_HINTS,
    ODD_HEADS,
    PLAIN,
    exchange,
    small_file,
    write_warc,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "judged.warc.gz"


def identities(records: list[Record]) -> list[tuple[str, str, bytes]]:
    return [(record.type, record.record_id, record.block) for record in records]


def test_warcio_reads_every_record_where_and_as_we_wrote_it(path: Path) -> None:
    records = small_file(path)

    with path.open("rb") as file:
        found = []
        places = []
        iterator = ArchiveIterator(file, no_record_parse=True)
        for record in iterator:
            named = record.rec_headers.get_header
            block = record.raw_stream.read()
            found.append((named("WARC-Type"), named("WARC-Record-ID"), block))
            places.append((iterator.get_record_offset(), iterator.get_record_length()))
        iterator.close()

    assert found == identities(records)
    assert places == [(location.offset, location.length) for location, _ in walk(path)]


def test_fastwarc_reads_every_record_as_we_wrote_it(path: Path) -> None:
    records = small_file(path)

    with path.open("rb") as file:
        found = [
            (record.headers["WARC-Type"], record.record_id, record.reader.read())
            for record in FastWarcIterator(file, parse_http=False)
        ]

    assert found == identities(records)


def test_warcio_finds_every_digest_right(path: Path) -> None:
    small_file(path)

    checked = run("warcio", "check", "-v", str(path))

    assert checked.returncode == 0, checked.stdout
    assert "fail" not in checked.stdout


def test_fastwarc_finds_every_block_digest_right(path: Path) -> None:
    records = small_file(path)

    checked = run("fastwarc", "check", str(path))

    assert checked.returncode == 0, checked.stdout
    assert f"{len(records)} records were verified successfully" in checked.stdout


def test_fastwarc_finds_every_payload_digest_right(path: Path) -> None:
    write_warc(  # no revisit: FastWARC compares its digest with the body that is left out
        path,
        [
            *exchange_records(exchange(EARLY_HINTS + PLAIN, number=1)),
            *exchange_records(exchange(CHUNKED, number=2)),
        ],
    )

    checked = run("fastwarc", "check", "-p", str(path))

    assert checked.returncode == 0, checked.stdout
    assert "Failed" not in checked.stdout


@pytest.mark.parametrize("tool", ["warcio check", "fastwarc check -p", "cdxj-indexer"])
def test_no_tool_stumbles_over_an_odd_head(path: Path, tool: str) -> None:
    write_warc(
        path,
        [
            record
            for number, answer in enumerate(ODD_HEADS.values(), start=1)
            for record in exchange_records(exchange(answer, number=number))
        ],
    )

    judged = run(*tool.split(), str(path))

    assert judged.returncode == 0, judged.stdout
