"""The captures: every request's row, its payload, and whether it was read and published."""

from dataclasses import replace

import pytest

from archive.errors import CaptureError
from archive.exchange import Location
from archive.journal.captures import Payload, UnreadCapture
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from tests.archive.journal_samples import capture
from tests.archive.store_samples import FIRST_WARC, NEXT_RUN, NOON, RUN, advertised

ONE, TWO, THREE = (str(capture(number).warc_record_id) for number in (1, 2, 3))


KINDS = {1: "page", 2: "feed", 3: "page"}
SITES = {1: "x", 2: "x", 3: "y"}


@pytest.fixture(autouse=True)
def addresses(journal: Journal) -> None:
    """Know the addresses of three captures, of two sites and kinds."""
    items = [
        advertised("https://x.example/1"),
        advertised("https://x.example/2", kind="feed"),
        advertised("https://x.example/3", site="y"),
    ]
    with journal.transaction():
        journal.addresses.advertise(RUN, items, now=NOON)


def add(journal: Journal, number: int, payload_id: int | None = None, **changes: object) -> int:
    return journal.captures.add(
        capture(number, **({"address_kind": KINDS[number]} | changes)),
        address_id=number,
        payload_id=payload_id,
        site=SITES[number],
    )


def test_a_capture_comes_back_as_it_was_put_in(journal: Journal) -> None:
    add(journal, 1, fetch_redirect="https://x.example/b", content_truncated="length")

    assert journal.captures.get(ONE) == capture(
        1, fetch_redirect="https://x.example/b", content_truncated="length"
    )
    assert journal.captures.get(TWO) is None


def test_a_request_without_an_answer_is_a_capture_too(journal: Journal) -> None:
    nothing = dict.fromkeys(
        (
            "fetch_status",
            "content_digest",
            "content_mime_type",
            "content_charset",
            "content_length",
            "record_type",
            "warc_filename",
            "warc_record_offset",
            "warc_record_length",
        )
    )
    add(journal, 1, fetch_failure="timeout", **nothing)

    assert journal.captures.get(ONE) == capture(1, fetch_failure="timeout", **nothing)
    assert journal.captures.payload(ONE) is None
    assert journal.captures.newest("https://x.example/1") is None


def test_a_capture_knows_why_its_address_was_asked_for(journal: Journal) -> None:
    add(journal, 2)

    kept = journal.captures.get(TWO)

    assert kept is not None
    assert kept.address_kind == "feed"


def test_what_a_capture_was_asked_for_stays_when_its_address_becomes_something_else(
    journal: Journal,
) -> None:
    add(journal, 2)
    journal.captures.mark_read(TWO)
    with journal.transaction():
        journal.query("UPDATE address SET kind = 'page', site = 'y' WHERE id = 2")

    ((_, site, kept),) = journal.captures.unpublished(9)

    assert (site, kept.address_kind) == ("x", "feed")


def test_a_record_is_captured_once(journal: Journal) -> None:
    add(journal, 1)

    with pytest.raises(CaptureError, match="UNIQUE"), journal.transaction():
        add(journal, 1, fetch_status=500)

    assert journal.captures.get(ONE) == capture(1)


def test_a_revisit_names_its_target_and_has_the_targets_payload(journal: Journal) -> None:
    first = add(journal, 1)
    add(journal, 2, payload_id=first, record_type="revisit")

    payload = Payload(
        capture_id=first,
        record_id=ONE,
        url="https://x.example/1",
        fetched_at=NOON,
        digest="sha1:1",
        location=Location(warc_filename=FIRST_WARC, offset=1000, length=900),
    )
    kept = journal.captures.get(TWO)
    assert kept is not None
    assert (kept.record_type, kept.refers_to) == ("revisit", ONE)
    assert journal.captures.payload(ONE) == journal.captures.payload(TWO) == payload
    assert journal.captures.payload_of(first) == payload


def test_what_is_no_response_is_nobodys_payload(journal: Journal) -> None:
    revisit = add(journal, 1, payload_id=99, record_type="revisit")

    assert journal.captures.payload_of(revisit) is None
    assert journal.captures.payload(ONE) is None
    assert journal.captures.payload_of(99) is None


def test_the_first_whole_response_stands_for_all_of_its_payload(journal: Journal) -> None:
    add(journal, 1, content_digest="sha1:same", content_truncated="length")
    whole = add(journal, 2, content_digest="sha1:same")
    add(journal, 3, content_digest="sha1:same")

    found = journal.captures.same_payload("sha1:same")

    assert found is not None
    assert found.capture_id == whole
    assert journal.captures.same_payload("sha1:other") is None


def test_the_newest_capture_of_an_address_is_its_last_answer(journal: Journal) -> None:
    add(journal, 1)
    second = replace(capture(2), url="https://x.example/1")
    journal.captures.add(second, address_id=1, payload_id=None, site="x")
    add(journal, 3)

    assert journal.captures.newest("https://x.example/1") == TWO
    assert journal.captures.newest("https://x.example/nowhere") is None


def test_a_capture_is_unread_until_it_is_read(journal: Journal) -> None:
    first, second, third = (add(journal, number) for number in (1, 2, 3))
    journal.captures.mark_read(TWO)

    unread = journal.captures.unread(after=0, limit=9)

    assert unread == (
        UnreadCapture(id=first, record_id=ONE, address_id=1),
        UnreadCapture(id=third, record_id=THREE, address_id=3),
    )
    assert journal.captures.unread(after=first, limit=9) == unread[1:]
    assert journal.captures.unread(after=0, limit=1) == unread[:1]
    assert second not in {each.id for each in unread}


def test_a_pages_kind_stays_when_it_is_read_again_without_one(journal: Journal) -> None:
    add(journal, 1)

    journal.captures.mark_read(ONE, "gallery")
    journal.captures.mark_read(ONE)

    kept = journal.captures.get(ONE)
    assert kept is not None
    assert kept.page_kind == "gallery"


def test_a_capture_is_published_once_and_only_when_it_was_read(journal: Journal) -> None:
    first, _, third = (add(journal, number) for number in (1, 2, 3))
    for record_id in (ONE, THREE):
        journal.captures.mark_read(record_id)

    waiting = journal.captures.unpublished(9)
    journal.captures.put_in_part((first,), part(journal))

    assert [(capture_id, site) for capture_id, site, _ in waiting] == [(first, "x"), (third, "y")]
    assert [row.warc_record_id for _, _, row in waiting] == [ONE, THREE]
    assert [capture_id for capture_id, _, _ in journal.captures.unpublished(9)] == [third]


def test_requests_are_counted_run_by_run(journal: Journal) -> None:
    add(journal, 1)
    add(journal, 2)
    add(journal, 3, run_id=NEXT_RUN)

    assert (journal.captures.count(RUN), journal.captures.count(NEXT_RUN)) == (2, 1)
    assert journal.captures.count("no-run") == 0


def part(journal: Journal) -> int:
    return journal.parts.add(
        PublishedPart(
            dataset="captures",
            path="captures/site=x/month=2026-05/part-1.parquet",
            rows=1,
            size_bytes=1,
            sha256="00",
            schema_version=1,
            run_id=RUN,
        ),
        at=NOON,
    )
