"""Times as Newsreel keeps them: UTC, and whole microseconds since 1970 where a number is needed."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(moment: datetime) -> int:
    """Return microseconds since 1970 UTC, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """Return the UTC time of a number of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=micros)


def now_utc() -> datetime:
    """Return the wall clock in UTC: the one clock that is handed in wherever time is asked for."""
    return datetime.now(UTC)
