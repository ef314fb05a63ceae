"""The commit: whole batches in the order they came, or nothing of them."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from archive.address import registrable_domain
from archive.capture import Capture
from archive.journal.journal import Journal
from archive.recorder import FULL_BYTES, FULL_ENTRIES, Recorder
from archive.warc.crawl_log import visit_of
from archive.warc.reader import read_record, walk
from archive.warc.records import Profile
from tests.archive.store_samples import (
    FIRST_WARC,
    NOON,
    RUN,
    Clock,
    Recording,
    advertised,
    answered,
    one_batch,
    page,
    recording,
    unanswered,
)
from tests.archive.warc_samples import EARLY_HINTS, NOT_MODIFIED

SAME = b"<p>the very same page</p>"


def test_an_exchange_is_in_archive_and_journal_once_its_future_is_done(
    desk: Recording, ids: list[int]
) -> None:
    capture = desk.recorder.keep(page(1), ids[1]).result(10)

    assert capture.url == "https://x.example/1"
    assert (capture.fetch_status, capture.record_type, capture.refers_to) == (200, "response", None)
    assert desk.reader.captures.get(str(capture.warc_record_id)) == capture
    assert [record.type for record in desk.records()] == ["response", "request", "metadata"]
    location = desk.reader.captures.payload(str(capture.warc_record_id))
    assert location is not None
    assert read_record(desk.warc, location.location).record_id == capture.warc_record_id


def test_an_address_that_was_asked_is_no_longer_queued(desk: Recording, ids: list[int]) -> None:
    desk.recorder.keep(page(1), ids[1]).result(10)

    queued = desk.reader.addresses.queued(RUN, "x", now=NOON, limit=9)
    (unread,) = desk.reader.captures.unread(after=0, limit=9)
    assert ids[1] not in {address.id for address in queued}
    assert desk.reader.addresses.get(ids[1]).attempts == 1
    assert unread.address_id == ids[1]


def test_changes_see_what_was_handed_in_before_them_and_nothing_later(
    desk: Recording, ids: list[int]
) -> None:
    def seen(journal: Journal) -> int:
        return journal.captures.count(RUN)

    with one_batch(desk.recorder):
        entries: list[Future[Any]] = [
            desk.recorder.write(seen),
            desk.recorder.keep(page(1), ids[1]),
            desk.recorder.write(seen),
            desk.recorder.keep(page(2), ids[2]),
            desk.recorder.write(seen),
        ]

    assert [entry.result(10) for entry in entries[::2]] == [0, 1, 2]


def test_a_batch_is_one_commit(desk: Recording, ids: list[int]) -> None:
    with one_batch(desk.recorder):
        before = len(desk.commits)
        futures = [desk.recorder.keep(page(number), ids[number]) for number in (1, 2, 3)]
    for future in futures:
        future.result(10)
    desk.recorder.close()

    assert len(desk.commits) == before + 2  # what held the batch together, and the batch


def test_a_page_seen_before_is_kept_as_a_revisit(desk: Recording, ids: list[int]) -> None:
    first = desk.recorder.keep(page(1, SAME), ids[1]).result(10)
    second = desk.recorder.keep(page(2, SAME), ids[2]).result(10)

    revisit = desk.records()[3]
    assert (second.record_type, second.refers_to) == ("revisit", first.warc_record_id)
    assert second.content_digest == first.content_digest
    assert revisit.type == "revisit"
    assert revisit.field("WARC-Profile") == Profile.IDENTICAL_PAYLOAD_DIGEST
    assert revisit.field("WARC-Refers-To") == first.warc_record_id
    assert revisit.field("WARC-Refers-To-Target-URI") == "https://x.example/1"
    assert SAME not in revisit.block
    assert desk.reader.captures.get(str(second.warc_record_id)) == second


def test_twins_of_one_batch_are_a_response_and_its_revisits(
    desk: Recording, ids: list[int]
) -> None:
    with one_batch(desk.recorder):
        futures = [desk.recorder.keep(page(number, SAME), ids[number]) for number in (1, 2, 3)]

    first, *others = (future.result(10) for future in futures)
    assert first.record_type == "response"
    assert {other.refers_to for other in others} == {first.warc_record_id}
    assert [record.type for record in desk.records()] == [
        *("response", "request", "metadata"),
        *("revisit", "request", "metadata") * 2,
    ]


def test_a_revisits_payload_is_found_in_a_later_run_of_the_process(
    root: Path, clock: Clock
) -> None:
    captures = []
    for number in (1, 2):
        with recording(root, clock) as desk:
            (address,) = desk.advertise(f"https://x.example/{number}")
            captures.append(desk.recorder.keep(page(number, SAME), address.id).result(10))

    assert [capture.record_type for capture in captures] == ["response", "revisit"]


def test_what_was_not_modified_stands_for_the_payload_its_address_had(
    desk: Recording, ids: list[int]
) -> None:
    first = desk.recorder.keep(page(1, SAME), ids[1]).result(10)
    keep_validators(desk, ids[1], first)

    again = desk.recorder.keep(answered(5, NOT_MODIFIED), ids[1]).result(10)

    revisit = desk.records()[3]
    assert (again.fetch_status, again.record_type) == (304, "revisit")
    assert (again.refers_to, again.content_digest) == (first.warc_record_id, first.content_digest)
    assert revisit.field("WARC-Profile") == Profile.SERVER_NOT_MODIFIED


def keep_validators(desk: Recording, address_id: int, capture: Capture) -> None:
    def change(journal: Journal) -> None:
        payload_id = journal.captures.id_of(str(capture.warc_record_id))
        journal.addresses.keep_validators(
            address_id, etag='"a"', last_modified=None, payload_id=payload_id
        )

    desk.recorder.write(change).result(10)


def test_what_was_not_modified_since_nobody_knows_when_is_kept_as_it_came(
    desk: Recording, ids: list[int]
) -> None:
    capture = desk.recorder.keep(answered(1, NOT_MODIFIED), ids[1]).result(10)

    assert (capture.fetch_status, capture.record_type, capture.refers_to) == (
        304,
        "response",
        None,
    )


@pytest.mark.parametrize("in_one_batch", [True, False], ids=["same_batch", "from_the_journal"])
def test_what_was_cut_off_stands_for_nothing_and_nothing_stands_for_it(
    desk: Recording, ids: list[int], *, in_one_batch: bool
) -> None:
    exchanges = [
        page(1, SAME, truncated="length"),
        page(2, SAME),
        page(3, SAME, truncated="disconnect"),
        page(4, SAME),
    ]
    futures = []
    with one_batch(desk.recorder):
        if in_one_batch:
            futures = [desk.recorder.keep(each, ids[n]) for n, each in enumerate(exchanges, 1)]
    captures = [future.result(10) for future in futures] or [
        desk.recorder.keep(each, ids[n]).result(10) for n, each in enumerate(exchanges, 1)
    ]

    assert [capture.record_type for capture in captures] == [
        "response",
        "response",
        "response",
        "revisit",
    ]
    assert captures[3].refers_to == captures[1].warc_record_id
    assert [capture.content_truncated for capture in captures] == [
        "length",
        None,
        "disconnect",
        None,
    ]


def test_empty_answers_are_nobodys_twins(desk: Recording, ids: list[int]) -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    captures = [
        desk.recorder.keep(answered(number, moved), ids[number]).result(10) for number in (1, 2)
    ]

    assert [capture.record_type for capture in captures] == ["response", "response"]
    assert captures[0].fetch_redirect == "https://x.example/b"


def test_a_request_without_an_answer_is_a_capture_without_a_record(
    desk: Recording, ids: list[int]
) -> None:
    capture = desk.recorder.keep(unanswered(1), ids[1]).result(10)

    assert (capture.fetch_failure, capture.fetch_status) == ("timeout", None)
    assert (capture.record_type, capture.warc_filename) == (None, None)
    assert [record.type for record in desk.records()] == ["request", "metadata"]
    assert desk.reader.captures.get(str(capture.warc_record_id)) == capture


def test_where_nothing_crossed_the_wire_only_the_visit_is_told(
    desk: Recording, ids: list[int]
) -> None:
    capture = desk.recorder.keep(unanswered(1, "dns", request=b""), ids[1]).result(10)

    assert capture.fetch_failure == "dns"
    (record,) = desk.records()
    told = visit_of(record)
    assert told is not None
    assert (record.record_id, record.type) == (capture.warc_record_id, "metadata")
    assert (told.url, told.failure) == ("https://x.example/1", "dns")


def test_an_answer_that_never_came_behind_its_early_hints_is_no_record(
    desk: Recording, ids: list[int]
) -> None:
    exchange = answered(1, EARLY_HINTS, failure="disconnect")

    capture = desk.recorder.keep(exchange, ids[1]).result(10)

    assert (capture.fetch_status, capture.record_type, capture.warc_filename) == (None, None, None)
    assert [record.type for record in desk.records()] == ["request", "metadata", "metadata"]
    assert desk.reader.captures.payload(str(capture.warc_record_id)) is None


def test_who_waits_for_a_capture_may_hand_something_in_from_there(
    desk: Recording, ids: list[int]
) -> None:
    settled = threading.Event()

    def settle(done: "Future[Capture]") -> None:
        record_id = str(done.result().warc_record_id)
        change = desk.recorder.write(lambda journal: journal.captures.mark_read(record_id))
        change.add_done_callback(lambda _: settled.set())

    desk.recorder.keep(page(1), ids[1]).add_done_callback(settle)

    assert settled.wait(10)
    assert desk.reader.captures.unread(after=0, limit=9) == ()


def test_the_crawl_is_held_back_while_too_much_waits(desk: Recording, ids: list[int]) -> None:
    large = b"x" * (FULL_BYTES // 2)
    with one_batch(desk.recorder):
        first = desk.recorder.keep(page(1, large), ids[1])
        after_one = desk.recorder.is_full
        second = desk.recorder.keep(page(2, large), ids[2])
        after_two = desk.recorder.is_full
    first.result(60)
    second.result(60)
    desk.recorder.close()

    assert (after_one, after_two) == (False, True)
    assert not desk.recorder.is_full


def test_the_crawl_is_held_back_while_too_many_changes_wait_however_small(desk: Recording) -> None:
    with one_batch(desk.recorder):  # which is held up by a change of its own
        changes = [desk.recorder.write(lambda _: None) for _ in range(FULL_ENTRIES - 1)]
        after_many = desk.recorder.is_full
        changes.append(desk.recorder.write(lambda _: None))
        after_one_more = desk.recorder.is_full
    changes[-1].result(10)
    desk.recorder.close()

    assert (after_many, after_one_more) == (False, True)
    assert not desk.recorder.is_full


def test_the_recorder_is_idle_when_all_is_committed(desk: Recording) -> None:
    with one_batch(desk.recorder):
        waiting = desk.recorder.is_idle
    desk.recorder.close()

    assert (waiting, desk.recorder.is_idle) == (False, True)


def test_closing_commits_what_waits(desk: Recording, ids: list[int]) -> None:
    with one_batch(desk.recorder):
        future = desk.recorder.keep(page(1), ids[1])
    desk.recorder.close()

    assert future.done()
    assert desk.reader.captures.count(RUN) == 1


CLOSINGS: dict[str, tuple[Callable[[Recorder], None], list[str]]] = {
    "finished": (lambda recorder: recorder.close(is_finished=True), [FIRST_WARC]),
    "interrupted": (lambda recorder: recorder.close(), [f"{FIRST_WARC}.open"]),
}


@pytest.mark.parametrize(("close", "expected"), CLOSINGS.values(), ids=CLOSINGS.keys())
def test_closing_seals_a_finished_run_alone(
    desk: Recording, ids: list[int], close: Callable[[Recorder], None], expected: list[str]
) -> None:
    desk.recorder.keep(page(1), ids[1]).result(10)

    close(desk.recorder)
    desk.recorder.close()

    assert [path.name for path in desk.store.layout.warcs.iterdir()] == expected


def test_a_file_that_is_full_is_sealed_and_the_next_one_begun(root: Path, clock: Clock) -> None:
    with recording(root, clock, rotate_bytes=1) as desk:
        addresses = desk.advertise("https://x.example/1", "https://x.example/2")
        captures = [
            desk.recorder.keep(page(number), address.id).result(10)
            for number, address in enumerate(addresses, 1)
        ]
        desk.recorder.close(is_finished=True)

        for capture in captures:
            path = desk.store.layout.warc(str(capture.warc_filename))
            assert capture.warc_record_id in {record.record_id for _, record in walk(path)}

    assert [capture.warc_filename for capture in captures] == [
        FIRST_WARC,
        FIRST_WARC.replace("00001", "00002"),
    ]


def test_an_address_is_captured_under_its_own_registered_domain(
    desk: Recording, ids: list[int]
) -> None:
    url = "https://www.x.example/ä?b=1"
    desk.recorder.write(
        lambda journal: journal.addresses.advertise(RUN, [advertised(url)], now=NOON)
    )

    capture = desk.recorder.keep(page(1, url=url), ids[1]).result(10)

    assert capture.url == url
    assert capture.url_host_registered_domain == registrable_domain(url) == "x.example"
