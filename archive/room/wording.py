"""How figures, times and addresses are written on a page."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from archive.instant import from_micros

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_SIZES: Final = ("bytes", "kB", "MB", "GB", "TB")
_THOUSAND: Final = 1_000


def when(moment: datetime | int | None) -> str:
    """Return a time as a reader writes it, UTC; a dash for None.

    >>> when(datetime(2026, 11, 9, 15, 56, tzinfo=UTC))
    '9 Nov 2026, 15:56 UTC'
    """
    if moment is None:
        return "–"
    at = from_micros(moment) if isinstance(moment, int) else moment.astimezone(UTC)
    return f"{at:%-d %b %Y, %H:%M} UTC"


def day(moment: datetime | date | int | None) -> str:
    """Return a day.

    >>> day(date(2026, 11, 9))
    '9 Nov 2026'
    """
    if moment is None:
        return "–"
    at = from_micros(moment) if isinstance(moment, int) else moment
    return f"{at:%-d %b %Y}"


def span(seconds: float) -> str:
    """Return how long something took, in its largest unit.

    >>> span(125), span(0.2)
    ('2 min', '0 s')
    """
    whole = max(0, int(seconds))
    size, unit = next((each for each in _UNITS if whole >= each[0]), _UNITS[-1])
    return f"{whole // size} {unit}"


def size(count: int) -> str:
    """Return a number of bytes.

    >>> size(950), size(41_200_000)
    ('950 bytes', '41.2 MB')
    """
    shown, unit = float(count), 0
    while shown >= _THOUSAND and unit < len(_SIZES) - 1:
        shown, unit = shown / _THOUSAND, unit + 1
    return f"{shown:.1f} {_SIZES[unit]}" if unit else f"{count} {_SIZES[0]}"


def number(count: int | None) -> str:
    """Return a number with commas; a dash for None."""
    return "–" if count is None else f"{count:,}"


def percent(share: float | None) -> str:
    """Return a share of 0 to 1; a dash for None.

    >>> percent(0.936), percent(None)
    ('94%', '–')
    """
    return "–" if share is None else f"{share:.0%}"


def web_address(url: str | None) -> str | None:
    """Return an address that a link may lead to: on the web, and nothing that a browser would run.

    >>> web_address("javascript:alert(1)"), web_address("https://x.example/")
    (None, 'https://x.example/')
    """
    if not url:
        return None
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        return None
    return url if scheme in {"http", "https"} else None


def question(
    columns: str,
    view: str,
    *,
    where: Sequence[str] = (),
    group: str = "",
    order: str = "",
    limit: int | None = None,
) -> str:
    """Return a question to the views, as a reader may copy it; nobody asks it here.

    >>> question("url", "coverage", where=("fate = " + literal("gone"),), limit=5)
    "select url from coverage where fate = 'gone' limit 5"
    """
    parts = ["select", columns, "from", view]
    parts += ["where", " and ".join(where)] if where else []
    parts += ["group by", group] if group else []
    parts += ["order by", order] if order else []
    parts += ["limit", str(limit)] if limit is not None else []
    return " ".join(parts)


def literal(text: str) -> str:
    """Return a text as SQL writes it.

    >>> literal("O'Dell")
    "'O''Dell'"
    """
    return "'" + text.replace("'", "''") + "'"


def with_query(path: str, state: dict[str, Any]) -> str:
    """Return a page's address with what of its state is not empty.

    >>> with_query("/articles", {"q": "a b", "site": "", "before": None})
    '/articles?q=a+b'
    """
    kept = {name: value for name, value in state.items() if value not in ("", None, False)}
    return f"{path}?{urlencode(kept)}" if kept else path
