"""Every WARC and WACZ that the tests wrote is taken by the tools that others use: `make judged`.

keeping/sitecustomize.py kept them as they got their names.
"""

import os
import socket
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from archive.index.build import warc_lines
from archive.message import parse_head
from archive.replay.place import digits_of
from archive.warc.reader import walk
from archive.warc.records import Record
from tests.archive.cdx_tools import run, told
from tests.replay.pywb_server import ROOT, indexed_by_pywb, pywb

KEPT: Final = Path(os.environ.get("NEWSREEL_KEPT", ROOT / "build" / "kept"))
NO_CONTENT: Final = 204
NOT_MODIFIED: Final = 304
REDIRECTS: Final = range(300, 400)

pytestmark = pytest.mark.judged


@pytest.fixture(scope="module")
def warcs() -> list[Path]:
    """Return the WARCs that were kept."""
    found = sorted(KEPT.glob("*/*.warc.gz"))
    assert found, f"no WARC is in {KEPT}; `make judged` runs the tests that write them"
    return found


def refused(paths: list[Path], judge: Callable[[Path], str | None]) -> dict[str, str]:
    """Return what a tool has against each file that it does not take, by where it was written."""
    with ThreadPoolExecutor(os.cpu_count()) as judges:
        said = zip(paths, judges.map(judge, paths), strict=True)
        return {f"{whence(path)}/{path.name}": why for path, why in said if why is not None}


def whence(path: Path) -> str:
    """Return the folder that a file was kept from."""
    return path.with_name("whence.txt").read_text("utf-8")


def test_warcio_finds_every_digest_right(warcs: list[Path]) -> None:
    checked = run("warcio", "check", *warcs)

    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr


def test_fastwarc_finds_every_record_right(warcs: list[Path]) -> None:
    def judge(path: Path) -> str | None:
        types = Counter(record.type for _, record in walk(path))
        # FastWARC compares the digest of a revisit with the payload that a revisit leaves out.
        payloads = () if types["revisit"] else ("--verify-payloads",)
        checked = run("fastwarc", "check", *payloads, path)
        return None if checked.returncode == 0 else checked.stdout[-500:] + checked.stderr

    assert refused(warcs, judge) == {}


def test_cdxj_indexer_lists_the_records_that_newsreel_lists(warcs: list[Path]) -> None:
    indexed = run("cdxj-indexer", "--dir-root", KEPT, *warcs)

    assert indexed.returncode == 0, indexed.stderr
    theirs = [told(line) for line in indexed.stdout.splitlines()]
    ours = [
        told(line.decode())
        for path in warcs
        for line in warc_lines(path, path.relative_to(KEPT).as_posix())
    ]
    assert sorted(map(place, theirs)) == sorted(map(place, ours))


def place(known: Mapping[str, Any]) -> tuple[str, int]:
    """Return where a line of an index leads to."""
    return known["filename"], int(known["offset"])


def test_wacz_packs_them_all_and_finds_its_package_valid(warcs: list[Path], tmp_path: Path) -> None:
    for path in warcs:  # a package has a name once
        tmp_path.joinpath(f"{path.parent.name}-{path.name}").symlink_to(path)
    packed = tmp_path / "all.wacz"

    created = run("wacz", "create", "-o", packed, *sorted(tmp_path.glob("*.gz")))

    assert created.returncode == 0, created.stderr
    assert invalid(packed) is None


def test_wacz_finds_every_exported_package_valid() -> None:
    packages = sorted(KEPT.glob("*/*.wacz"))

    assert packages
    assert refused(packages, invalid) == {}


def invalid(path: Path) -> str | None:
    """Return what `wacz validate` has against a package."""
    judged = run("wacz", "validate", "-f", path)
    is_valid = judged.returncode == 0 and "the passed WACZ is valid" in judged.stdout
    return None if is_valid else judged.stdout[-500:] + judged.stderr


def test_pywb_lists_and_replays_every_answer(warcs: list[Path], tmp_path: Path) -> None:
    for path in warcs:
        with (tmp_path / f"{path.parent.name}.cdxj").open("ab") as lines:
            lines.writelines(warc_lines(path, path.name))
    stores = {path.parent.name: path.parent for path in warcs}
    for name in stores:
        index = tmp_path / f"{name}.cdxj"
        index.write_bytes(b"".join(sorted(index.read_bytes().splitlines(keepends=True))))
    indexes = {name: (tmp_path / f"{name}.cdxj", folder) for name, folder in stores.items()}
    asked = {
        f"/{name}/{stamp}id_/{url}": statuses
        for name, folder in stores.items()
        for (stamp, url), statuses in replayable(folder).items()
    }

    indexed_by_pywb(warcs, tmp_path / "own.cdxj")
    with pywb(indexes, tmp_path) as origin:

        def judge(place: str) -> str | None:
            status, is_memento = head_of(origin, place)
            is_right = is_memento and status in asked[place]
            return None if is_right else f"{place} gives {status}, not {asked[place]}"

        with ThreadPoolExecutor(2) as askers:
            wrong = [why for why in askers.map(judge, asked) if why]

    assert len(asked) > len(warcs)
    assert not wrong, "\n".join(wrong[:20])


def replayable(folder: Path) -> Mapping[tuple[str, str], set[int]]:
    """Return the statuses of a store's answers, by second and address.

    What is no HTTP cannot be replayed, and nor can a revisit whose original is in a file that was
    set aside, or a 304 that was not asked for: pywb fails over the length that it announces.
    """
    records = [record for path in folder.glob("*.warc.gz") for _, record in walk(path)]
    there = {record.record_id for record in records}
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for record in records:
        status = parse_head(record.block).status
        is_revisit = record.type == "revisit" and record.field("WARC-Refers-To") in there
        is_answer = record.type == "response" and status != NOT_MODIFIED
        if not (is_revisit or is_answer) or is_beyond_pywb(record):
            continue
        if status and record.date and record.target_uri:
            found[digits_of(record.date), record.target_uri].add(status)
    return found


def is_beyond_pywb(record: Record) -> bool:
    """Whether pywb has an answer of its own for what a server should not have sent.

    It gives 400 for a redirect to where it stands, as a browser would go round, and 500 for what
    its own server may not send: a carriage return within a field, a length with a 204.
    """
    head = record.block.partition(b"\r\n\r\n")[0]
    answer = parse_head(record.block)
    if answer.status in REDIRECTS:
        return (record.target_uri or "").endswith(answer.field("Location") or "no location")
    is_split = b"\r" in head.replace(b"\r\n", b"")
    has_length = answer.field("Content-Length") is not None
    return is_split or (answer.status == NO_CONTENT and has_length)


def head_of(origin: str, place: str) -> tuple[int | None, bool]:
    """Return the status that is answered, and whether it is that of a capture.

    The body of an answer that was cut off never ends: it is announced as it was.
    """
    place_of = urlsplit(origin)
    with socket.create_connection((place_of.hostname, place_of.port), timeout=10) as connection:
        lines = (f"GET {place} HTTP/1.1", f"Host: {place_of.netloc}", "Accept-Encoding: gzip, br")
        connection.sendall("\r\n".join((*lines, "Connection: close", "", "")).encode())
        said = b""
        while b"\r\n\r\n" not in said and (more := connection.recv(1 << 16)):
            said += more
    head = parse_head(said)  # http.client refuses more than a hundred fields
    return head.status, head.field("Memento-Datetime") is not None
