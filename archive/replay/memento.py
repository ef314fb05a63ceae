"""The words of the Memento protocol (RFC 7089): where a capture stands among its neighbours."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from archive.replay.place import replay_path
from archive.replay.timeline import Memento, Neighbours

LINK_FORMAT: Final = "application/link-format"
TIMEMAP: Final = "/timemap/link/"


def http_date(moment: datetime) -> str:
    """Return a moment as a header writes it, to the second."""
    return format_datetime(moment, usegmt=True)


def asked_moment(accept_datetime: str | None) -> datetime | None:
    """Return the time that Accept-Datetime asks for; None when it asks for none or is no date."""
    if accept_datetime is None:
        return None
    try:
        moment = parsedate_to_datetime(accept_datetime)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else None


def link_header(origin: str, memento: Memento, around: Neighbours) -> str:
    """Return a Link field: the original, the TimeMap, and the captures before and after."""
    roles: dict[str, list[str]] = {}
    moments: dict[str, Memento] = {}
    for role, one in (
        ("first", around.first),
        ("prev", around.previous),
        ("next", around.next),
        ("last", around.last),
    ):
        if one is not None:
            roles.setdefault(one.digits, []).append(role)
            moments[one.digits] = one
    links = [_memento_link(origin, moments[digits], roles[digits]) for digits in sorted(roles)]
    return ", ".join([*original_links(origin, memento.url), *links])


def original_links(origin: str, url: str) -> tuple[str, ...]:
    """Return what is linked from everything that speaks of an address."""
    return (
        f'<{url}>; rel="original"',
        f'<{origin}/{url}>; rel="timegate"',
        f'<{origin}{TIMEMAP}{url}>; rel="timemap"; type="{LINK_FORMAT}"',
    )


def time_map(origin: str, url: str, mementos: Iterable[Memento]) -> Iterator[str]:
    """Yield the TimeMap of an address, a line at a time (RFC 7089 section 5)."""
    yield f'<{url}>; rel="original",\n'
    yield f'<{origin}{TIMEMAP}{url}>; rel="self"; type="{LINK_FORMAT}",\n'
    yield f'<{origin}/{url}>; rel="timegate"'
    for memento in mementos:
        yield ",\n" + _memento_link(origin, memento, [])
    yield "\n"


def _memento_link(origin: str, memento: Memento, roles: list[str]) -> str:
    target = origin + replay_path(memento.digits, memento.url)
    rel = " ".join([*roles, "memento"])
    return f'<{target}>; rel="{rel}"; datetime="{http_date(memento.captured_at)}"'
