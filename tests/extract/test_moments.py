"""Dates as pages write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.moments import parse_moment, shown_date

ZONED = {
    "offset": ("2031-05-18T09:02:41+02:00", datetime(2031, 5, 18, 7, 2, 41, tzinfo=UTC)),
    "zulu": ("2031-05-18T07:02:41.500Z", datetime(2031, 5, 18, 7, 2, 41, 500_000, UTC)),
    "compact_offset": ("2031-12-06T08:45-0500", datetime(2031, 12, 6, 13, 45, tzinfo=UTC)),
    "zone_of_a_script": (
        "Sun Nov 22 2026 10:00:00 GMT+0300 (Arabia Standard Time)",
        datetime(2026, 11, 22, 7, tzinfo=UTC),
    ),
    "zone_from_greenwich": ("22 Nov 2026 10:00 UTC-5", datetime(2026, 11, 22, 15, tzinfo=UTC)),
    "named_zone": ("Dec 23, 2031 5:06pm PST", datetime(2031, 12, 24, 1, 6, tzinfo=UTC)),
    "british": ("14 June 2031, 08:30 BST", datetime(2031, 6, 14, 7, 30, tzinfo=UTC)),
    "eastern_in_summer": ("May 1, 2031, 10:00 a.m. ET", datetime(2031, 5, 1, 14, 0, tzinfo=UTC)),
    "eastern_in_winter": ("Dec 1, 2031, 10:00 a.m. ET", datetime(2031, 12, 1, 15, 0, tzinfo=UTC)),
    "pacific_in_summer": ("May 1, 2031, 10:00am PT", datetime(2031, 5, 1, 17, 0, tzinfo=UTC)),
    "epoch": ("1700000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
    "epoch_ms": ("1700000000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
}
BARE = {
    "day": ("2031-05-18", datetime(2031, 5, 18, tzinfo=UTC)),
    "words": ("May 18, 2031", datetime(2031, 5, 18, tzinfo=UTC)),
    "ordinal": ("12th Sep 2031 / 2:19 pm", datetime(2031, 9, 12, 14, 19, tzinfo=UTC)),
    "compact": ("20310518", datetime(2031, 5, 18, tzinfo=UTC)),
    "german": ("14. März 2031, 08:30", datetime(2031, 3, 14, 8, 30, tzinfo=UTC)),
    "french": ("1er août 2031", datetime(2031, 8, 1, tzinfo=UTC)),
    "spanish": ("3 de enero de 2031", datetime(2031, 1, 3, tzinfo=UTC)),
    "japanese": ("2031年5月1日", datetime(2031, 5, 1, tzinfo=UTC)),
    "korean": ("2031년 5월 1일", datetime(2031, 5, 1, tzinfo=UTC)),
    "unknown_zone": ("Nov 22, 2031 00:01:00 EMT", datetime(2031, 11, 22, 0, 1, tzinfo=UTC)),
    "dotted": ("06.11.2031 13:30", datetime(2031, 11, 6, 13, 30, tzinfo=UTC)),
}
NONE = [
    "",
    "yesterday",
    "2031-13-45",
    "3 days ago",
    "0001-01-01",
    "10:00 AM",
    "May 2031",
    "9" * 12,
    "x" * 500,
]


@pytest.mark.parametrize(("raw", "at"), ZONED.values(), ids=ZONED)
def test_zone_is_honoured(raw: str, at: datetime) -> None:
    moment = parse_moment(raw, "meta")

    assert moment is not None
    assert (moment.at, moment.has_zone, moment.raw) == (at, True, raw)


@pytest.mark.parametrize(("raw", "at"), BARE.values(), ids=BARE)
def test_missing_zone_is_taken_for_utc_and_told(raw: str, at: datetime) -> None:
    moment = parse_moment(raw, "meta")

    assert moment is not None
    assert (moment.at, moment.has_zone) == (at, False)


@pytest.mark.parametrize("raw", NONE, ids=range(len(NONE)))
def test_what_names_no_day_is_none(raw: str) -> None:
    assert parse_moment(raw, "meta") is None


@given(st.text(max_size=80))
def test_no_text_makes_it_fail(raw: str) -> None:
    moment = parse_moment(raw, "meta")

    assert moment is None or moment.at.tzinfo is UTC


SHOWN = {
    "after_a_label": ("Published: Dec 22, 2031 10:20 PM", "Dec 22, 2031 10:20 PM", "Published: "),
    "clock_first": (
        "Published: 12:37 GMT, 21 December 2031",
        "21 December 2031 12:37",
        "Published: ",
    ),
    "abroad": ("Veröffentlicht am 1. Mai 2031, 10:30", "1. Mai 2031, 10:30", "Veröffentlicht am "),
    "glued": ("Dec 12, 2031 2:00 PMTags", "Dec 12, 2031 2:00 PM", ""),
}


@pytest.mark.parametrize(("line", "date", "before"), SHOWN.values(), ids=SHOWN)
def test_displayed_date_is_found(line: str, date: str, before: str) -> None:
    assert shown_date(line) == (date, before)
