"""Times of feeds and sitemaps: UTC when the zone is known, nothing when it is not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.moment import moment_of, moment_or_midnight

MORNING = datetime(2026, 5, 18, 7, 2, 41, tzinfo=UTC)

WITH_ZONE = {
    "rfc3339_zulu": "2026-05-18T07:02:41Z",
    "rfc3339_offset": "2026-05-18T09:02:41+02:00",
    "offset_without_colon": "2026-05-18T09:02:41+0200",
    "offset_apart": "2026-05-18 09:02:41 +0200",
    "zone_by_name": "2026-05-18 07:02:41 UTC",
    "lower_case": "2026-05-18t07:02:41z",
    "rfc822": "Mon, 18 May 2026 07:02:41 GMT",
    "rfc822_offset": "Mon, 18 May 2026 00:02:41 -0700",
    "rfc822_without_weekday": "18 May 2026 09:02:41 +0200",
    "rfc822_american_zone": "Mon, 18 May 2026 03:02:41 EDT",
    "rfc822_short_year": "Mon, 18 May 26 07:02:41 +0000",
    "white_space_within": "\n Mon, 18 May 2026\n  07:02:41 +0000 ",
}


@pytest.mark.parametrize("text", WITH_ZONE.values(), ids=WITH_ZONE.keys())
def test_a_time_with_its_zone_is_read(text: str) -> None:
    assert moment_of(text) == MORNING


def test_fractions_of_a_second_are_kept() -> None:
    assert moment_of("2026-05-18T07:02:41.5Z") == MORNING.replace(microsecond=500_000)


NO_MOMENT = {
    "none": None,
    "empty": " ",
    "word": "yesterday",
    "no_zone": "2026-05-18T07:02:41",
    "rfc822_no_zone": "Mon, 18 May 2026 07:02:41",
    "date": "2026-05-18",
    "no_such_day": "2026-02-30T00:00:00Z",
    "no_such_hour": "2026-05-18T25:00:00Z",
    "zero_of_a_program": "1970-01-01T00:00:00Z",
    "first_day_of_the_calendar": "0001-01-01T00:00:00+05:00",
    "long_number": "9" * 5000,
}


@pytest.mark.parametrize("text", NO_MOMENT.values(), ids=NO_MOMENT.keys())
def test_anything_else_is_no_moment(text: str | None) -> None:
    assert moment_of(text) is None


def test_a_bare_date_is_its_midnight_where_that_will_do() -> None:
    assert moment_or_midnight(" 2026-05-18\n") == datetime(2026, 5, 18, tzinfo=UTC)
    assert moment_or_midnight("2026-05-18T09:02:41+02:00") == MORNING
    assert moment_or_midnight("2026-05") is None
    assert moment_or_midnight("2026-02-30") is None


@given(
    moment=st.datetimes(
        min_value=datetime(1990, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone itself
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - same
        timezones=st.timezones(),
    )
)
def test_what_python_writes_is_read_back(moment: datetime) -> None:
    moment = moment.replace(fold=0)

    read = moment_of(moment.isoformat())

    assert read == moment.astimezone(UTC)
    assert read.tzinfo is UTC


@given(text=st.text(max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    read = moment_or_midnight(text)

    assert read is None or read.tzinfo is UTC
