"""How long a file of a site stands for what is there now."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.freshness import LONGEST, SHORTEST, UNSAID, fresh_for

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

FIELDS: dict[str, tuple[dict[str, str], timedelta]] = {
    "nothing_said": ({}, UNSAID),
    "nothing_of_use": ({"Cache-Control": "public", "ETag": '"a"'}, UNSAID),
    "an_hour": ({"Cache-Control": "public, max-age=3600"}, SHORTEST),
    "three_days": ({"Cache-Control": "max-age=259200"}, timedelta(days=3)),
    "quoted": ({"Cache-Control": 'Max-Age="259200"'}, timedelta(days=3)),
    "a_year": ({"Cache-Control": "max-age=31536000"}, LONGEST),
    "for_ever": ({"Cache-Control": "max-age=31536000, immutable"}, LONGEST),
    "more_than_a_timedelta_holds": ({"Cache-Control": f"max-age={'9' * 5000}"}, LONGEST),
    "digits_of_another_script": ({"Cache-Control": "max-age=٣"}, UNSAID),
    "never": ({"Cache-Control": "no-store, max-age=31536000"}, SHORTEST),
    "until_a_day": ({"Expires": "Fri, 27 Nov 2026 12:00:00 GMT"}, timedelta(days=5)),
    "until_a_day_gone_by": ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, SHORTEST),
    "until_zero": ({"Expires": "0"}, SHORTEST),
    "until_a_day_without_a_zone": (
        {"Expires": "Fri, 27 Nov 2026 12:00:00 -0000"},
        timedelta(days=5),
    ),
    "age_before_day": (
        {"Cache-Control": "max-age=259200", "Expires": "Fri, 27 Nov 2026 12:00:00 GMT"},
        timedelta(days=3),
    ),
}


@pytest.mark.parametrize(("fields", "stands"), FIELDS.values(), ids=FIELDS.keys())
def test_a_file_stands_as_long_as_it_says_within_bounds(
    fields: dict[str, str], stands: timedelta
) -> None:
    assert fresh_for(fields.get, NOW) == stands


@given(st.text(), st.text())
def test_whatever_is_said_it_is_looked_at_again(control: str, expires: str) -> None:
    fields = {"Cache-Control": control, "Expires": expires}

    assert SHORTEST <= fresh_for(fields.get, NOW) <= LONGEST
