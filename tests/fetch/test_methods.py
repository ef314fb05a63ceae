"""Requests that no crawl of ours makes are kept as they crossed the wire too: a body, no body."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.warc_blocks import WarcRecord, read_store
from tests.fetch.asking import ASKED, BINARY
from tests.fetch.wire_origin import Answer, Received, WireOrigin

ROOT: Final = Path(__file__).parents[2]
ANSWERS: Final = {
    "/head": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n\r\n",
    "/posted": b"HTTP/1.1 201 Made\r\nContent-Length: 4\r\n\r\nmade",
    "/put": b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",
    "/got": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ngot",
}
every_request = pytest.mark.parametrize("path", ANSWERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the origin received, and what the store holds of it."""

    received: Mapping[str, Received]
    records: Mapping[tuple[str, str], WarcRecord]
    """By path and record type."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    store = tmp_path_factory.mktemp("methods") / "store"
    with WireOrigin(lambda path, _: Answer(pieces=(ANSWERS[path],))) as origin:
        command = [sys.executable, "-m", "tests.fetch.asking", str(store), origin.base_url]
        subprocess.run(command, cwd=ROOT, check=True, timeout=120)
        base_url = origin.base_url
    return Asked(
        received={each.path: each for each in origin.received},
        records=_by_path(read_store(store), base_url),
    )


def _by_path(records: Sequence[WarcRecord], base_url: str) -> dict[tuple[str, str], WarcRecord]:
    return {(each.url.removeprefix(base_url), each.type): each for each in records if each.url}


@every_request
def test_the_request_is_kept_as_it_was_received(asked: Asked, path: str) -> None:
    assert asked.records[path, "request"].block == asked.received[path].data


@every_request
def test_the_answer_is_kept_as_it_was_sent(asked: Asked, path: str) -> None:
    record = asked.records[path, "response"]

    assert record.block == ANSWERS[path]
    assert record.field("WARC-Truncated") is None


def test_a_body_that_is_sent_is_kept_to_its_last_byte(asked: Asked) -> None:
    assert asked.records["/posted", "request"].block.endswith(b"\r\n\r\n" + BINARY)


def test_all_went_over_one_connection(asked: Asked) -> None:
    assert list(asked.received) == [path for path, _, _ in ASKED]
    assert len({each.connection for each in asked.received.values()}) == 1
