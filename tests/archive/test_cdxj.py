"""An index says of each record what cdxj-indexer says of it, with two reasoned exceptions."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.digest import labelled_sha1
from archive.errors import CorruptArchiveError
from archive.exchange import Location
from archive.index.build import warc_lines
from archive.index.cdxj import Entry, parse_line
from archive.message import parse_message, split_interim
from archive.warc.reader import walk
from archive.warc.records import Profile, Record, exchange_records
from tests.archive.cdx_tools import differences, indexed_by_tool, told
from tests.archive.warc_samples import (
    CHUNKED,
    EARLY_HINTS,
    HELLO_DIGEST,
    NOT_MODIFIED,
    PLAIN,
    exchange,
    referred,
    write_warc,
)
from tests.e2e.wire_cases import MATRICES

OK = b"HTTP/1.1 200 OK\r\n"

# What servers answer, each so that a head is read in another way.
ALIKE = {
    "plain": PLAIN,
    "no_body": b"HTTP/1.1 204 No Content\r\n\r\n",
    "bare_line_ends": b"HTTP/1.0 200\nContent-Type: text/html\n\nlf",
    "no_reason": b"HTTP/1.1 404 \r\n\r\n",
    "two_spaces": b"HTTP/1.1  200 OK\r\n\r\nx",
    "no_content_type": OK + b"\r\nx",
    "an_empty_content_type": OK + b"Content-Type:\r\n\r\nx",
    "parameters": OK + b"Content-Type: Text/HTML ; charset=x\r\n\r\nx",
    "parameters_alone": OK + b"content-type: ;x\r\n\r\nx",
    "two_content_types": OK + b"Content-Type: a/b\r\nContent-Type: c/d\r\n\r\nx",
    "a_folded_content_type": OK + b"Content-Type: a/b;\r\n charset=x\r\n\r\nx",
    "a_latin_content_type": OK + b"Content-Type: caf\xe9/x\r\n\r\nx",
    "a_line_without_colon": OK + b"No colon\r\nContent-Type : a/b\r\n\r\nx",
    "a_torn_head": OK + b"Content-Type: text/html\r\n",
    "http_2": b"HTTP/2 200\r\n\r\nx",
    "hints_before_it": EARLY_HINTS + PLAIN,
    "hints_alone": EARLY_HINTS,
    "a_space_in_the_address": OK + b"\r\nspace",
}
UNLIKE = {
    "chunked": CHUNKED,
    "chunked_with_trailer": OK
    + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n",
    "no_http": b"<html>x</html>\nabc\n\nfoo",
    "a_second_word": b"junk here no http",
}
URLS = {
    "a_space_in_the_address": "https://x.example/a b?Q=\xe9&a=b c",
    "plain": "https://WWW.x.example",
}


def records() -> Iterator[Record]:
    for number, (name, response) in enumerate((ALIKE | UNLIKE).items(), start=1):
        url = URLS.get(name, f"https://x.example/{name}")
        yield from exchange_records(exchange(response, number=number, url=url))
    identical = referred(Profile.IDENTICAL_PAYLOAD_DIGEST)
    yield from exchange_records(exchange(number=801), refers_to=identical)
    unmodified = referred(Profile.SERVER_NOT_MODIFIED)
    yield from exchange_records(exchange(NOT_MODIFIED, number=802), refers_to=unmodified)
    unknown = referred(Profile.SERVER_NOT_MODIFIED, digest=None)
    yield from exchange_records(exchange(NOT_MODIFIED, number=803), refers_to=unknown)


def our_lines(path: Path) -> list[str]:
    return sorted(line.decode().removesuffix("\n") for line in warc_lines(path, path.name))


@pytest.fixture(scope="module")
def compared(
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, tuple[str | None, str | None]]:
    """Return our line and the tool's for every record of a file, by offset."""
    path = tmp_path_factory.mktemp("cdxj") / "judged.warc.gz"
    write_warc(path, records())
    ours = {told(line)["offset"]: line for line in our_lines(path)}
    tools = {told(line)["offset"]: line for line in indexed_by_tool(path)}
    return {
        f"{record.type} {record.target_uri or record.field('WARC-Concurrent-To')}": (
            ours.get(str(location.offset)),
            tools.get(str(location.offset)),
        )
        for location, record in walk(path)
    }


@pytest.mark.parametrize("name", [name for name in ALIKE if name not in {*URLS, "hints_alone"}])
def test_an_answer_is_listed_as_the_tool_lists_it(
    compared: Mapping[str, tuple[str, str]], name: str
) -> None:
    ours, tool = compared[f"response https://x.example/{name}"]

    assert ours == tool is not None


def test_all_but_the_unlike_is_listed_as_the_tool_lists_it(
    compared: Mapping[str, tuple[str, str]],
) -> None:
    unlike = {name for name, (ours, tool) in compared.items() if ours != tool}

    assert unlike == {f"response https://x.example/{name}" for name in UNLIKE}


def test_requests_and_warcinfo_are_not_listed(compared: Mapping[str, tuple[str, str]]) -> None:
    listed = {name.split(" ")[0] for name, (ours, _) in compared.items() if ours}

    assert listed == {"response", "revisit", "metadata"}


def test_a_chunked_body_goes_by_the_digest_of_what_is_in_the_chunks(
    compared: Mapping[str, tuple[str, str]],
) -> None:
    ours, tool = map(told, compared["response https://x.example/chunked"])

    assert ours == tool | {"digest": HELLO_DIGEST}
    assert tool["digest"] == labelled_sha1(parse_message(CHUNKED).body)


def test_what_is_no_http_has_no_status(compared: Mapping[str, tuple[str, str]]) -> None:
    ours, tool = map(told, compared["response https://x.example/a_second_word"])

    assert tool["status"] == "here"
    entity = labelled_sha1(UNLIKE["a_second_word"])
    assert ours == {n: value for n, value in tool.items() if n != "status"} | {"digest": entity}


def test_all_that_the_matrix_of_servers_sends_is_listed_as_the_tool_lists_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "matrix.warc.gz"
    answers = [
        (case.path, b"".join(answer.pieces))
        for case in MATRICES["http"].cases.values()
        for answer in case.answers
    ]
    exchanges = [
        exchange(sent, number=number, url=f"https://x.example{place}")
        for number, (place, sent) in enumerate(answers, start=1)
    ]
    write_warc(path, [record for each in exchanges for record in exchange_records(each)])

    unlike = list(differences(our_lines(path), indexed_by_tool(path)))

    messages = [parse_message(split_interim(sent)[1]) for _, sent in answers if sent]
    digests = [
        {"digest": labelled_sha1(each.entity())}
        for each in messages
        if each.is_chunked or each.status is None
    ]
    assert len(answers) > 40
    assert sorted(map(str, (ours for ours, _ in unlike))) == sorted(map(str, digests))
    assert {name for _, tool in unlike for name in tool} == {"digest", "status"}


words = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1)
entries = st.builds(
    Entry,
    urlkey=words.map(lambda text: text.replace(" ", "%20")),
    captured_at=st.integers(0, 1 << 33).map(lambda second: datetime.fromtimestamp(second, UTC)),
    url=st.none() | words,
    mime=st.none() | words,
    status=st.none() | st.integers(100, 999),
    digest=st.none() | words,
    location=st.builds(
        Location,
        warc_filename=words,
        offset=st.integers(0, 1 << 40),
        length=st.integers(1, 1 << 40),
    ),
    record_digest=st.none() | words,
)
LINE = (
    b'example,x)/a 20260518071200 {"url": "https://x.example/a", "mime": "text/html", '
    b'"status": "200", "length": "300", "offset": "17", "filename": "a.warc.gz"}\n'
)


@given(entry=entries)
def test_a_line_says_all_of_its_entry(entry: Entry) -> None:
    assert parse_line(entry.line(), Path("index.cdxj"), 0) == entry


@given(entry=entries)
def test_an_entry_is_one_line(entry: Entry) -> None:
    assert entry.line().endswith(b"}\n")
    assert entry.line().count(b"\n") == 1


@pytest.mark.parametrize("end", range(len(LINE) - 1))
def test_a_line_that_breaks_off_is_corrupt_wherever_it_does(end: int) -> None:
    with pytest.raises(CorruptArchiveError, match="at byte 70: no line of an index"):
        parse_line(LINE[:end], Path("index.cdxj"), 70)


NO_LINES = {
    "no_json": b"example,x)/a 20260518071200 https://x.example/a\n",
    "no_place": b'example,x)/a 20260518071200 {"url": "https://x.example/a"}\n',
    "a_list": b"example,x)/a 20260518071200 [1]\n",
    "a_short_timestamp": LINE.replace(b"20260518071200", b"20260518"),
    "no_such_day": LINE.replace(b"20260518071200", b"20260230071200"),
    "a_status_in_words": LINE.replace(b'"200"', b'"fine"'),
    "bytes_of_no_text": LINE.replace(b"text", b"\xff\xfe"),
}


@pytest.mark.parametrize("line", NO_LINES.values(), ids=NO_LINES.keys())
def test_what_is_no_line_is_corrupt(line: bytes) -> None:
    with pytest.raises(CorruptArchiveError):
        parse_line(line, Path("index.cdxj"), 0)
