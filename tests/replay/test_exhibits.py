"""What was answered is shown: status, type, charset and bytes, and redirects inside the archive."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.journal.journal import Journal
from archive.room.serving import Serving
from tests.replay.replay_samples import (
    AT_NOON,
    BINARY,
    URL,
    Answer,
    Replay,
    answered,
    ask,
    captured,
    days,
    record,
    replayed,
    serving,
)

_DEEP = f"<base href='https://x.example/{'a' * 1900}/'>"

# What servers answered, by name; the tables behind say what a browser gets of it.
ANSWERS = {
    "gone": answered("words", status="410 Gone"),
    "unavailable": answered("words", status="503 Busy"),
    "created": answered("words", status="201 Created"),
    "no_such_status": answered("words", status="999 Request denied"),
    "charset_of_header": answered("Да".encode("koi8-r"), "text/html; charset=koi8-r"),
    "charset_of_meta": answered("<meta charset=koi8-r>Да".encode("koi8-r"), "text/html"),
    "gzip": answered(gzip.compress(b"words"), Content_Encoding="gzip"),
    "torn_gzip": answered(gzip.compress(b"words", mtime=0)[:-8], Content_Encoding="gzip"),
    "chunked": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nwor\r\n2\r\nds\r\n0\r\n\r\n"
    ),
    "folded_type": answered("words", "text/html;\r\n charset=utf-8"),
    "picture": answered(BINARY, "image/png"),
    "text_in_another_charset": answered(b"\xe4", "text/plain; charset=koi8-r"),
    "script": answered(b"<a href=/b>", "text/javascript"),
    "without_type": answered(b"words <p>", None),
    "page_without_type": answered(
        gzip.compress(b"\n<!DOCTYPE html>words"), None, Content_Encoding="gzip"
    ),
    "strange_type": answered(b"words", "text/\x01html\xe4"),
    "large_page_in_gzip": answered(gzip.compress(bytes(9 << 20)), Content_Encoding="gzip"),
    "large_page": answered(bytes(9 << 20)),
    "page_that_grows": answered(_DEEP + "<a href=b>" * 30_000),
    "page_of_tags": answered("<b>" * 200_001),
    "large_picture_in_gzip": answered(
        gzip.compress(bytes(40 << 20)), "image/png", Content_Encoding="gzip"
    ),
    "not_in_its_coding": answered("words", Content_Encoding="gzip"),
}

STATUSES = {"gone": 410, "unavailable": 503, "created": 201, "no_such_status": 502}

PAGES = {
    "charset_of_header": "Да",
    "charset_of_meta": "<meta charset=koi8-r>Да",
    "gzip": "words",
    "torn_gzip": "words",
    "chunked": "words",
    "folded_type": "words",
    "page_without_type": "\n<!DOCTYPE html>words",
}

KEPT: dict[str, tuple[bytes, str | None]] = {
    "picture": (BINARY, "image/png"),
    "text_in_another_charset": (b"\xe4", "text/plain; charset=koi8-r"),
    "script": (b"<a href=/b>", "text/javascript"),
    "without_type": (b"words <p>", None),
    "strange_type": (b"words", None),
}

REFUSED = (
    "large_page_in_gzip",
    "large_page",
    "page_that_grows",
    "page_of_tags",
    "large_picture_in_gzip",
    "not_in_its_coding",
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve one capture of each answer in the tables below, at the address of its name."""
    root = tmp_path_factory.mktemp("shelf") / "store"
    exchanges = [captured(address_of(name), response) for name, response in ANSWERS.items()]
    with serving(record(root, exchanges)) as served:
        yield served


def address_of(name: str) -> str:
    """Return where an answer of the tables stands."""
    return f"https://x.example/{name}"


def shown(shelf: Serving, name: str, **headers: str) -> Answer:
    """Return how an answer of the tables is replayed."""
    return ask(shelf.replay_origin, f"/20260518120000/{address_of(name)}", **headers)


@pytest.mark.parametrize(("name", "expected"), STATUSES.items(), ids=STATUSES.keys())
def test_a_status_is_replayed(shelf: Serving, name: str, expected: int) -> None:
    answer = shown(shelf, name)

    assert (answer.status, answer.text) == (expected, "words")


def test_an_answer_without_content_is_replayed(replay: Replay) -> None:
    served = replay(captured(URL, b"HTTP/1.1 204 No Content\r\n\r\n"))

    assert ask(served.replay_origin, AT_NOON).status == 204


REDIRECT = answered("", status="301 Moved", Location="/b#c")


def test_a_redirect_leads_to_the_archived_target(replay: Replay) -> None:
    served = replay(captured(URL, REDIRECT), captured("https://x.example/b", answered("there")))

    answer = ask(served.replay_origin, AT_NOON)

    assert answer.status == 301
    assert answer.headers["Location"] == "/20260518120000/https://x.example/b#c"
    assert replayed(served).text == "there"


def test_a_redirect_to_no_web_address_leads_nowhere(replay: Replay) -> None:
    served = replay(captured(URL, answered("app", status="302 Found", Location="app://open")))

    answer = ask(served.replay_origin, AT_NOON)

    assert (answer.status, answer.headers["Location"], answer.text) == (302, None, "app")


def test_a_redirect_from_the_other_scheme_does_not_run_in_a_circle(replay: Replay) -> None:
    plain = "http://x.example/a"
    served = replay(captured(plain, answered("", status="301 Moved", Location=URL)))

    assert ask(served.replay_origin, f"/20260518120000/{plain}").headers["Location"] == AT_NOON
    assert ask(served.replay_origin, AT_NOON).status == 404


@pytest.mark.parametrize(("name", "text"), PAGES.items(), ids=PAGES.keys())
def test_a_page_is_decoded_and_sent_as_utf8(shelf: Serving, name: str, text: str) -> None:
    answer = shown(shelf, name, Accept_Encoding="gzip")

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Content-Encoding" not in answer.headers
    assert answer.text == text


def test_a_stylesheet_is_rewritten(replay: Replay) -> None:
    served = replay(captured(URL, answered("a{b:url(/c)}", "text/css")))

    answer = ask(served.replay_origin, AT_NOON)

    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.text == 'a{b:url("/20260518120000/https://x.example/c")}'


@pytest.mark.parametrize(("name", "kept"), KEPT.items(), ids=KEPT.keys())
def test_all_else_keeps_its_bytes_and_its_type(
    shelf: Serving, name: str, kept: tuple[bytes, str | None]
) -> None:
    answer = shown(shelf, name)

    assert (answer.body, answer.headers["Content-Type"]) == kept


@pytest.mark.parametrize("accepted", ["gzip, br", "identity"], ids=["read", "not_read"])
def test_a_coding_is_undone_for_whom_it_must_be(replay: Replay, accepted: str) -> None:
    coded = gzip.compress(BINARY)
    served = replay(captured(URL, answered(coded, "image/png", Content_Encoding="gzip")))

    answer = ask(served.replay_origin, AT_NOON, Accept_Encoding=accepted)

    is_coded = answer.headers["Content-Encoding"] == "gzip"
    assert is_coded is accepted.startswith("gzip")
    assert answer.body == (coded if is_coded else BINARY)


def test_raw_bytes_are_unchanged(replay: Replay) -> None:
    coded = gzip.compress(b"<script>x</script>")
    served = replay(captured(URL, answered(coded, Content_Encoding="gzip", Set_Cookie="a=b")))

    answer = ask(served.replay_origin, AT_NOON.replace("00/", "00id_/"))

    assert answer.body == coded
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Set-Cookie" not in answer.headers


def test_raw_redirects_stay_raw_and_inside(replay: Replay) -> None:
    served = replay(captured(URL, REDIRECT))

    answer = ask(served.replay_origin, AT_NOON.replace("00/", "00id_/"))

    assert answer.headers["Location"] == "/20260518120000id_/https://x.example/b#c"


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_is_said_to(shelf: Serving, name: str) -> None:
    answer = shown(shelf, name)

    assert answer.status == 500
    assert answer.text.startswith("Cannot be shown: ")
    assert len(answer.text) < 500


def test_damage_is_said_and_not_shown(tmp_path: Path) -> None:
    layout = record(tmp_path / "store", days("one"), is_finished=True)
    journal = Journal.read(layout.journal)
    capture = journal.captures.get(str(journal.captures.newest(URL)))
    journal.close()
    assert capture is not None
    (warc,) = layout.warcs.iterdir()
    warc.write_bytes(warc.read_bytes()[: (capture.warc_record_offset or 0) + 50])

    with serving(layout) as served:
        answer = ask(served.replay_origin, AT_NOON)

    assert answer.status == 500
    assert warc.name in answer.text


def test_a_payload_that_is_not_what_was_captured_is_not_shown(tmp_path: Path) -> None:
    layout = record(tmp_path / "store", days("one"))
    journal = Journal.open(layout.journal)
    with journal.transaction():
        journal.query("UPDATE capture SET payload_digest = 'sha1:OTHER'")
    journal.close()

    with serving(layout) as served:
        answer = ask(served.replay_origin, AT_NOON)

    assert (answer.status, "the payload is not sha1:OTHER" in answer.text) == (500, True)


def test_a_picture_that_the_archive_lacks_is_not_offered(replay: Replay) -> None:
    page = "<img src=a.png srcset='a.png 1x, b.png 2x'>"
    served = replay(
        captured(URL, answered(page)),
        captured("http://x.example/b.png", answered(BINARY, "image/png")),
    )

    answer = ask(served.replay_origin, AT_NOON)

    prefix = "/20260518120000/https://x.example"
    assert answer.text == f'<img src="{prefix}/a.png" srcset="{prefix}/b.png 2x">'
