"""One crawl of an origin that sends all that servers send: what is stored is what crossed the wire.

This is the canary for new versions of Scrapy and Twisted, under whose private names the tap sits.
"""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import pytest

from archive import open_store
from tests.e2e.command import Ended, newsreel_with
from tests.e2e.warc_blocks import WarcRecord, read_store
from tests.e2e.wire_cases import MATRICES, SCHEMES, Matrix
from tests.fetch.wire_origin import Received, WireOrigin, make_certificate

ANSWERS: Final = ("response", "revisit")

Row: TypeAlias = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """What one origin sent and saw, and what the store holds of it."""

    matrix: Matrix
    base_url: str
    received: Sequence[Received]
    records: Mapping[str, Sequence[WarcRecord]]
    """By path."""
    captures: Mapping[str, Sequence[Row]]
    """By path, in the order of the requests."""
    coverage: Mapping[str, Sequence[Row]]
    articles: Mapping[str, Sequence[Row]]

    def answers(self, name: str) -> list[WarcRecord]:
        """Return the response and revisit records of a case."""
        path = self.matrix.cases[name].path
        return [record for record in self.records[path] if record.type in ANSWERS]


@pytest.fixture(scope="module")
def origins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, WireOrigin]]:
    pem = make_certificate(tmp_path_factory.mktemp("origin"), datetime.now(UTC))
    plain, secure = MATRICES["http"], MATRICES["https"]
    with WireOrigin(plain.answer) as http, WireOrigin(secure.answer, certificate=pem) as https:
        yield {"http": http, "https": https}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wire") / "store"


@pytest.fixture(scope="module")
def command(origins: dict[str, WireOrigin], store: Path) -> Ended:
    """Crawl both origins at once."""
    return newsreel_with(
        {"NEWSREEL_SHORTEST_BACKOFF_S": 0},
        "crawl",
        *(f"{origin.base_url}/" for origin in origins.values()),
        *("--follow", "1", "--allow-network", "127.0.0.0/8", "--delay", "0", "--store", store),
    )


@pytest.fixture(scope="module")
def all_records(store: Path, command: Ended) -> tuple[WarcRecord, ...]:
    assert command.code in {0, 3}, command.err
    return read_store(store)


@pytest.fixture(scope="module", params=SCHEMES)
def crawled(
    request: pytest.FixtureRequest,
    origins: dict[str, WireOrigin],
    store: Path,
    all_records: tuple[WarcRecord, ...],
) -> Crawled:
    origin = origins[request.param]
    reader = open_store(store)
    captures = reader.captures.to_arrow().sort_by([("fetch_time", "ascending")]).to_pylist()
    articles = reader.articles.to_arrow().to_pylist()
    return Crawled(
        matrix=MATRICES[request.param],
        base_url=origin.base_url,
        received=origin.received,
        records=_by_path(origin, ((record.url, record) for record in all_records)),
        captures=_by_path(origin, ((row["url"], row) for row in captures)),
        coverage=_by_path(
            origin, ((row["url"], row) for row in reader.coverage.to_arrow().to_pylist())
        ),
        articles=_by_path(origin, ((row["url"], row) for row in articles)),
    )


def _by_path(origin: WireOrigin, found: Iterable[tuple[str | None, T]]) -> dict[str, list[T]]:
    """Sort what one origin is concerned with by path; a path without any has an empty list."""
    paths: dict[str, list[T]] = defaultdict(list)
    for url, thing in found:
        if url is not None and url.startswith(f"{origin.base_url}/"):
            paths[url.removeprefix(origin.base_url)].append(thing)
    return paths


def head_of(message: bytes) -> bytes:
    """Return a message without its body."""
    ends = [
        message.find(blank) + len(blank) for blank in (b"\r\n\r\n", b"\n\n") if blank in message
    ]
    return message[: min(ends)]


every_case = pytest.mark.parametrize("name", MATRICES["http"].cases)


@every_case
def test_every_answer_is_kept_as_it_was_sent(crawled: Crawled, name: str) -> None:
    records = crawled.answers(name)

    kept = [message for message in crawled.matrix.cases[name].kept if message]
    assert [record.block for record in records] == [
        head_of(message) if record.type == "revisit" else message
        for record, message in zip(records, kept, strict=True)
    ]


@every_case
def test_every_request_is_kept_as_it_was_received(crawled: Crawled, name: str) -> None:
    case = crawled.matrix.cases[name]
    records = [record for record in crawled.records[case.path] if record.type == "request"]

    received = [each.data for each in crawled.received if each.path == case.path]
    assert [record.block for record in records] == received[-len(case.kept) :]


@every_case
def test_every_address_is_asked_as_often_as_it_deserves(crawled: Crawled, name: str) -> None:
    case = crawled.matrix.cases[name]
    (row,) = crawled.coverage[case.path]

    answered = [each for each in crawled.received if each.path == case.path and each.is_answered]
    assert len(answered) == len(case.kept)
    assert len(crawled.captures[case.path]) == len(case.kept)
    assert row["attempts"] == len(case.kept)


@every_case
def test_every_address_has_its_fate(crawled: Crawled, name: str) -> None:
    case = crawled.matrix.cases[name]
    (row,) = crawled.coverage[case.path]

    assert row["fate"] == case.fate
    assert case.reason in {row["reason"], None}


@every_case
def test_what_stops_short_is_marked_and_nothing_else(crawled: Crawled, name: str) -> None:
    case = crawled.matrix.cases[name]
    whole = [record for record in crawled.answers(name) if record.type == "response"]

    assert {record.field("WARC-Truncated") for record in whole} <= {case.truncated}
    assert {row["content_truncated"] for row in crawled.captures[case.path]} == {case.truncated}


@every_case
def test_every_body_is_read_as_the_article_it_holds(crawled: Crawled, name: str) -> None:
    case = crawled.matrix.cases[name]

    headlines = [row["headline"] for row in crawled.articles[case.path]]
    assert headlines == ([case.headline] if case.headline else [])


def test_interim_answers_are_kept_beside_their_response(
    crawled: Crawled, all_records: tuple[WarcRecord, ...]
) -> None:
    (response,) = crawled.answers("hinted")

    beside = [
        record
        for record in all_records
        if record.field("WARC-Concurrent-To") == response.field("WARC-Record-ID")
        and record.field("Content-Type") != "application/warc-fields"
    ]
    assert [(each.type, each.block) for each in beside if each.type != "request"] == [
        ("metadata", crawled.matrix.cases["hinted"].interim)
    ]


def test_the_second_of_two_equal_payloads_refers_to_the_first(crawled: Crawled) -> None:
    (first,) = crawled.answers("twin")
    (second,) = crawled.answers("twin-again")

    assert (first.type, second.type) == ("response", "revisit")
    assert second.field("WARC-Refers-To") == first.field("WARC-Record-ID")
    assert second.field("WARC-Refers-To-Target-URI") == first.url
    assert second.field("WARC-Refers-To-Date") == first.field("WARC-Date")
    assert second.field("WARC-Payload-Digest") == first.field("WARC-Payload-Digest")


def test_a_connection_that_dies_between_two_requests_costs_no_attempt(crawled: Crawled) -> None:
    lost = [each for each in crawled.received if not each.is_answered]

    assert [each.path for each in lost] == ["/dropped"]
    assert [row["attempts"] for row in crawled.coverage["/dropped"]] == [1]
    assert [row["fetch_failure"] for row in crawled.captures["/dropped"]] == [None]


def test_a_request_without_an_answer_is_accounted_for(crawled: Crawled) -> None:
    captures = crawled.captures["/silent"]

    assert {row["fetch_failure"] for row in captures} == {"broken"}
    assert {row["record_type"] for row in captures} == {None}
    assert {record.type for record in crawled.records["/silent"]} == {"request"}


def test_private_paths_are_never_asked_for(crawled: Crawled) -> None:
    assert crawled.received[0].path == "/robots.txt"
    assert not [each.path for each in crawled.received if each.path.startswith("/private")]
    (row,) = crawled.coverage["/private/diary"]
    assert (row["fate"], row["reason"], row["attempts"]) == ("refused", "robots", 0)


def test_only_what_the_matrix_holds_is_asked_for(crawled: Crawled) -> None:
    assert {each.path for each in crawled.received} == crawled.matrix.paths


def test_requests_say_who_asks_and_what_they_take(crawled: Crawled) -> None:
    lines = {line for each in crawled.received for line in each.data.split(b"\r\n")}

    assert {line for line in lines if line.lower().startswith(b"user-agent:")} == {
        b"User-Agent: Newsreel/0.1.0"
    }
    assert b"Accept-Encoding: gzip, deflate, br, zstd" in lines
    assert not [line for line in lines if line.lower().startswith((b"cookie:", b"referer:"))]


def test_every_exchange_names_its_server(crawled: Crawled) -> None:
    records = [record for each in crawled.records.values() for record in each]

    assert {record.field("WARC-IP-Address") for record in records} == {"127.0.0.1"}


def test_protocols_are_those_of_the_connection(crawled: Crawled) -> None:
    is_secure = crawled.base_url.startswith("https")
    tls = ("tls/1.3",) if is_secure else ()

    (modern,) = crawled.answers("gzip")
    (old,) = crawled.answers("http10")
    assert modern.values("WARC-Protocol") == ("http/1.1", *tls)
    assert old.values("WARC-Protocol") == ("http/1.0", *tls)
    assert (modern.field("WARC-Cipher-Suite") is not None) == is_secure


def test_the_command_says_what_needs_a_look(command: Ended) -> None:
    failed = [case for case in MATRICES["http"].cases.values() if case.fate == "failed"]

    assert command.code == 3
    assert command.out.count(f"{len(failed)} addresses failed after every attempt") == 2
    assert "Traceback" not in command.err


def test_the_file_begins_with_its_warcinfo(all_records: tuple[WarcRecord, ...]) -> None:
    first, *others = all_records

    assert first.type == "warcinfo"
    assert first.field("WARC-Filename") == first.file
    assert "warcinfo" not in {record.type for record in others}


def test_every_block_has_its_digest(all_records: tuple[WarcRecord, ...]) -> None:
    wrong = [each for each in all_records if each.field("WARC-Block-Digest") != sha1(each.block)]

    assert wrong == []


def test_no_two_records_share_an_id(all_records: tuple[WarcRecord, ...]) -> None:
    ids = [record.field("WARC-Record-ID") for record in all_records]

    assert len(set(ids)) == len(ids)


def test_every_capture_says_where_its_record_is(
    crawled: Crawled, all_records: tuple[WarcRecord, ...]
) -> None:
    rows = [row for each in crawled.captures.values() for row in each if row["record_type"]]

    said = {
        (row["warc_record_id"], row["warc_filename"], row["warc_record_offset"]) for row in rows
    }
    assert said == {
        (record.field("WARC-Record-ID"), record.file, record.offset)
        for record in all_records
        if record.type in ANSWERS and str(record.url).startswith(crawled.base_url)
    }


def sha1(data: bytes) -> str:
    """Return a digest as WARC writes it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()
