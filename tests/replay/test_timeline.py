"""Of the captures of an address, the one that is meant is shown, and it knows the others."""

from datetime import timedelta
from pathlib import Path

import pytest

from archive.exchange import Exchange
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.replay.place import replay_url
from archive.room.serving import Serving
from tests.archive.store_samples import NOON
from tests.replay.replay_samples import (
    AT_NOON,
    NOT_MODIFIED,
    URL,
    Replay,
    answered,
    ask,
    captured,
    days,
    follow,
    record,
    replayed,
    serving,
)

WEDNESDAY = 'datetime="Wed, 20 May 2026 12:00:00 GMT"'

NEAREST = {
    "exact": ("20260519120000", "20260519120000"),
    "before_all": ("20250101000000", "20260518120000"),
    "after_all": ("20270101000000", "20260520120000"),
    "nearer_to_the_one_before": ("20260518230000", "20260518120000"),
    "nearer_to_the_one_behind": ("20260519010000", "20260519120000"),
    "as_near_to_both": ("20260519000000", "20260519120000"),
    "year_alone": ("2026", "20260518120000"),
}


@pytest.mark.parametrize(("asked", "shown"), NEAREST.values(), ids=NEAREST.keys())
def test_the_nearest_capture_is_shown(week: Serving, asked: str, shown: str) -> None:
    path, answer = follow(week.replay_origin, f"/{asked}/{URL}")

    assert path == f"/{shown}/{URL}"
    assert answer.status == 200


def test_a_capture_says_when_it_was_and_what_stands_around_it(week: Serving) -> None:
    origin = week.replay_origin

    answer = ask(origin, f"/20260519120000/{URL}")

    assert answer.headers["Memento-Datetime"] == "Tue, 19 May 2026 12:00:00 GMT"
    assert answer.headers["Link"].split(", <") == [
        f'<{URL}>; rel="original"',
        f'{origin}/{URL}>; rel="timegate"',
        f'{origin}/timemap/link/{URL}>; rel="timemap"; type="application/link-format"',
        f'{origin}{AT_NOON}>; rel="first prev memento"; datetime="Mon, 18 May 2026 12:00:00 GMT"',
        f'{origin}/20260520120000/{URL}>; rel="next last memento"; {WEDNESDAY}',
    ]


def test_the_only_capture_is_first_and_last(replay: Replay) -> None:
    served = replay(*days("one"))

    answer = ask(served.replay_origin, AT_NOON)

    assert 'rel="first last memento"' in answer.headers["Link"]


def test_a_timemap_lists_every_capture(week: Serving) -> None:
    answer = ask(week.replay_origin, f"/timemap/link/{URL}")

    assert answer.headers["Content-Type"] == "application/link-format"
    assert [line for line in answer.text.splitlines() if "memento" in line] == [
        f'<{week.replay_origin}/202605{day}120000/{URL}>; rel="memento"; '
        f'datetime="{name}, {day} May 2026 12:00:00 GMT"{end}'
        for day, name, end in ((18, "Mon", ","), (19, "Tue", ","), (20, "Wed", ""))
    ]


def test_a_timegate_leads_to_the_time_that_is_asked_for(week: Serving) -> None:
    answer = ask(week.replay_origin, f"/{URL}", Accept_Datetime="Tue, 19 May 2026 10:00:00 GMT")

    assert answer.status == 302
    assert answer.headers["Location"] == f"/20260519120000/{URL}"
    assert answer.headers["Vary"] == "accept-datetime"


def test_a_timegate_without_a_time_leads_to_the_newest(week: Serving) -> None:
    assert replayed(week, f"/{URL}").text == "three"


def test_a_timegate_refuses_what_is_no_time(week: Serving) -> None:
    answer = ask(week.replay_origin, f"/{URL}", Accept_Datetime="soon")

    assert (answer.status, answer.text[:15]) == (400, "Accept-Datetime")


def test_captures_of_one_second_are_told_apart(replay: Replay) -> None:
    first = captured(URL, answered("first"), at=NOON)
    second = captured(URL, answered("second"), at=NOON + timedelta(microseconds=5))
    served = replay(first, second)
    row = {"url": URL, "fetch_time": first.started_at}

    path, newest = follow(served.replay_origin, AT_NOON)

    assert (path, newest.text) == (f"/20260518120000000005/{URL}", "second")
    assert replayed(served, replay_url(row)).text == "first"


def test_a_row_opens_its_capture(week: Serving) -> None:
    answer = replayed(week, replay_url({"url": URL, "fetch_time": NOON}))

    assert answer.text == "one"


SAME_ADDRESS = {
    "tracked": "https://x.example/a?utm_source=mail",
    "other_scheme": "http://x.example/a",
    "port_of_the_scheme": "https://x.example:443/a",
    "upper_case_host": "https://X.EXAMPLE/a",
    "one_slash": "https:/x.example/a",
    "dots": "https://x.example/b/%2e%2e/a",
}


@pytest.mark.parametrize("url", SAME_ADDRESS.values(), ids=SAME_ADDRESS.keys())
def test_an_address_written_otherwise_is_found(week: Serving, url: str) -> None:
    assert replayed(week, f"/20260518120000/{url}").text == "one"


def test_another_query_is_another_page(replay: Replay) -> None:
    served = replay(captured(f"{URL}?page=2", answered("two")))

    assert replayed(served, f"{AT_NOON}?page=2").text == "two"
    assert replayed(served, f"{AT_NOON}?page=3").status == 404


NOT_SHOWN = {
    "unanswered": captured(URL, b"", failure="timeout"),
    "head": captured(URL, answered("words"), method="HEAD"),
    "not_modified_since_nobody_knows_what": captured(URL, NOT_MODIFIED),
    "no_message": captured(URL, b"junk"),
}


@pytest.mark.parametrize("exchange", NOT_SHOWN.values(), ids=NOT_SHOWN.keys())
def test_what_is_no_answer_to_a_reader_is_not_shown(replay: Replay, exchange: Exchange) -> None:
    served = replay(exchange)

    assert ask(served.replay_origin, AT_NOON).status == 404


def test_a_revisit_has_its_own_head_and_the_payload_of_its_target(replay: Replay) -> None:
    later = NOON + timedelta(days=1)
    first = captured("https://x.example/first", answered("words"))
    again = captured(URL, answered("words", "text/html; charset=koi8-r"), at=later)
    served = replay(first, again)

    answer = replayed(served)

    assert (answer.status, answer.text) == (200, "words")
    assert answer.headers["Memento-Datetime"] == "Tue, 19 May 2026 12:00:00 GMT"


def test_an_unchanged_page_is_shown_as_it_was(tmp_path: Path) -> None:
    layout = record(tmp_path / "store", [captured(URL, answered("words"))])
    _remember_validators(layout)
    later = NOON + timedelta(days=1)
    record(tmp_path / "store", [captured(URL, NOT_MODIFIED, at=later)])

    with serving(layout) as served:
        answer = ask(served.replay_origin, f"/20260519120000/{URL}")

    assert (answer.status, answer.text) == (200, "words")
    assert answer.headers["Memento-Datetime"] == "Tue, 19 May 2026 12:00:00 GMT"


def _remember_validators(layout: Layout) -> None:
    journal = Journal.open(layout.journal)
    address = journal.addresses.find(URL)
    assert address
    newest = journal.captures.newest(URL)
    assert newest
    with journal.transaction():
        journal.addresses.keep_validators(
            address.id, etag='"1"', last_modified=None, payload_id=journal.captures.id_of(newest)
        )
    journal.close()


def test_a_growing_file_is_replayed_and_a_sealed_one_too(tmp_path: Path) -> None:
    texts = []
    for is_finished in (False, True):
        layout = record(tmp_path / str(is_finished), days("one"), is_finished=is_finished)
        with serving(layout) as served:
            texts.append(replayed(served).text)

    assert texts == ["one", "one"]
