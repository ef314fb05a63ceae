"""Times as whole microseconds: exact in both directions."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.instant import from_micros, now_utc, to_micros

zones = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)


@given(moment=st.datetimes(timezones=st.just(UTC)))
def test_a_moment_comes_back_to_the_microsecond(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment


@given(
    moment=st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001 - hypothesis puts the zone to it
)
def test_the_zone_a_moment_is_told_in_makes_no_difference(moment: datetime) -> None:
    assert to_micros(moment) == to_micros(moment.astimezone(UTC))


@given(first=st.datetimes(timezones=st.just(UTC)), second=st.datetimes(timezones=st.just(UTC)))
def test_numbers_sort_as_the_moments_do(first: datetime, second: datetime) -> None:
    assert (to_micros(first) < to_micros(second)) == (first < second)


MOMENTS = {
    "epoch": (datetime(1970, 1, 1, tzinfo=UTC), 0),
    "before_it": (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
    "beyond_32_bits": (datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC), 2_147_483_648_000_000),
    # As a float of seconds, this one's last digit is lost.
    "many_digits": (datetime(2026, 5, 18, 7, 12, 0, 123_457, tzinfo=UTC), 1_779_088_320_123_457),
}


@pytest.mark.parametrize(("moment", "micros"), MOMENTS.values(), ids=MOMENTS.keys())
def test_microseconds_since_1970(moment: datetime, micros: int) -> None:
    assert to_micros(moment) == micros
    assert from_micros(micros) == moment


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        to_micros(datetime(2026, 5, 18))  # noqa: DTZ001 - that is what is tried


def test_the_wall_clock_speaks_utc() -> None:
    assert now_utc().tzinfo is UTC
