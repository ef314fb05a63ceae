"""Dates as pages write them: parsed to UTC, with the text they came from."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from dateutil import parser as dateutil_parser

from crawler.extract.abroad import IN_WORDS, MONTH, in_digits
from crawler.extract.wording import tidy

_HOUR: Final = 3600
# A zone without its S or D is what the clock on the wall shows there, in summer and in winter.
_WALLS: Final = {
    "ET": ZoneInfo("America/New_York"),
    "CT": ZoneInfo("America/Chicago"),
    "MT": ZoneInfo("America/Denver"),
    "PT": ZoneInfo("America/Los_Angeles"),
}
# Abbreviations are ambiguous in theory (IST, CST); on news pages they mean these.
_ZONES: Final = MappingProxyType(
    _WALLS
    | {
        name: int(hours * _HOUR)
        for names, hours in (
            ("GMT UTC WET", 0),
            ("BST CET WEST", 1),
            ("CEST EET", 2),
            ("EEST MSK", 3),
            ("IST", 5.5),
            ("JST KST", 9),
            ("AEST", 10),
            ("AEDT", 11),
            ("EST", -5),
            ("EDT", -4),
            ("CST", -6),
            ("CDT", -5),
            ("MST", -7),
            ("MDT", -6),
            ("PST", -8),
            ("PDT", -7),
        )
        for name in names.split()
    }
)
_YEAR: Final = r"(?:19|20)\d\d"
_CLOCK: Final = (
    r"(?:[\s,|@/•·-]*(?:at\s*)?\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?"
    r"\s*(?:(?-i:[A-Z]{2,4})\b)?)?"
)
_SHOWN: Final = re.compile(
    rf"(?:{MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+{_YEAR}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH}\.?,?\s+{_YEAR}"
    rf"|{IN_WORDS}|{_YEAR}-\d\d-\d\d|\d{{1,2}}/\d{{1,2}}/{_YEAR}|\d{{1,2}}\.\d{{1,2}}\.{_YEAR}){_CLOCK}",
    re.IGNORECASE,
)
_CLOCK_FIRST: Final = re.compile(
    rf"(\d{{1,2}}:\d\d)(?:\s*[A-Z]{{2,4}})?,?\s+(\d{{1,2}}\s+{MONTH}\s+{_YEAR})", re.IGNORECASE
)
# As JavaScript writes a date. dateutil takes GMT+3 as POSIX does, the other way round, and fails
# at the name behind it.
_FROM_GREENWICH: Final = re.compile(r"\b(?:GMT|UTC)\s?([+-]\d[\d:]*)(?:\s\([^()]*\)$)?")
_DOTTED: Final = re.compile(r"^\d{1,2}\.\d{1,2}\.\d{4}")
_SLASHED: Final = re.compile(r"^\d{1,2}[/-]\d{1,2}[/-]\d{4}")
_CLOCK_ABROAD: Final = re.compile(r"(?<=[\s,])(\d{1,2})[.h](\d\d)(?=\s|$)")
"""A time of day as German, French or Portuguese pages write it: 14.05, 14h05."""
_HAS_DAY: Final = re.compile(r"\d{4}|\d[./-]\d+[./-]\d|[^\W\d_]{3,}\W+\d+\W+\d\d\b")
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_FILLING: Final = (datetime(2000, 1, 1), datetime(2000, 1, 2))  # noqa: DTZ001 - zone by text
"""For what a text leaves out; where the two give different days, it names none."""
_SHORTEST: Final = 8
_LONGEST: Final = 60
_COMPACT_DAY: Final = 8
_SECONDS: Final = 10
_MILLISECONDS: Final = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One dated claim."""

    at: datetime
    """Always UTC."""
    raw: str
    source: str
    """jsonld, meta, time, rule or address."""
    has_zone: bool
    """False when the text gave none, and UTC was assumed."""


@lru_cache(maxsize=1024)
def parse_moment(raw: str, source: str, *, day_first: bool = False) -> Moment | None:
    """Return the moment a text names, or None when it names none that can be.

    `day_first` says how the page's language reads 3/4/2031.
    """
    text = tidy(raw[: 2 * _LONGEST])
    if not _SHORTEST <= len(text) <= _LONGEST:
        return None
    if text.isdigit():
        return _numeric(text, source)
    at = _parsed(text, day_first=day_first)
    if at is None:
        return None
    has_zone = at.tzinfo is not None
    try:
        at = at.astimezone(UTC) if has_zone else at.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None
    return Moment(at=at, raw=text, source=source, has_zone=has_zone) if at >= _EARLIEST else None


def shows_date(text: str) -> bool:
    """Whether a text displays a date."""
    return bool(_SHOWN.search(text))


def shown_date(text: str) -> tuple[str, str] | None:
    """Return the first date that a text displays, and what stands before it; None without one."""
    if clock_first := _CLOCK_FIRST.search(text):
        return f"{clock_first[2]} {clock_first[1]}", text[: clock_first.start()]
    found = _SHOWN.search(text)
    return (found[0], text[: found.start()]) if found else None


def _parsed(text: str, *, day_first: bool) -> datetime | None:
    """Return what ISO 8601 or, failing that, dateutil makes of a text."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if not _HAS_DAY.search(text):
        return None  # dateutil would take a time of day for one of the day it fills in
    text = _FROM_GREENWICH.sub(r"\1", in_digits(text))
    text = _CLOCK_ABROAD.sub(r"\1:\2", text)
    is_day_first = bool(_DOTTED.match(text) or (day_first and _SLASHED.match(text)))
    try:
        at, other = (_filled(text, filling, is_day_first=is_day_first) for filling in _FILLING)
    except (ValueError, OverflowError, TypeError):
        return None
    return at if at == other else None


def _filled(text: str, filling: datetime, *, is_day_first: bool) -> datetime:
    """Return what dateutil makes of a text, with the parts of another date that it leaves out."""
    at: datetime = dateutil_parser.parse(
        text, default=filling, tzinfos=_zone, dayfirst=is_day_first
    )
    return at


def _zone(name: str | None, offset_s: int | None) -> tzinfo | None:
    """Return the zone that a text names; None when nobody can say which it is."""
    known = _ZONES.get(name or "", offset_s)
    return timezone(timedelta(seconds=known)) if isinstance(known, int) else known


def _numeric(text: str, source: str) -> Moment | None:
    """Return the moment of YYYYMMDD, or of a Unix time in seconds or milliseconds."""
    if len(text) == _COMPACT_DAY:
        try:
            at = datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC)
        except ValueError:
            return None
        return Moment(at=at, raw=text, source=source, has_zone=False)
    if len(text) not in {_SECONDS, _MILLISECONDS}:
        return None
    at = datetime.fromtimestamp(int(text[:_SECONDS]), UTC)
    return Moment(at=at, raw=text, source=source, has_zone=True)
