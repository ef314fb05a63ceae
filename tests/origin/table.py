"""The whole table of hostile answers, and the page of the reference that shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tests.origin import (
    bodies,
    charsets,
    codings,
    damaged,
    fields,
    framing,
    listings,
    pages,
    redirects,
    robots,
    status,
    waits,
)
from tests.origin.row import Row

QUICK: Final[Mapping[str, Mapping[str, Row]]] = {
    "Lengths and chunks": framing.ROWS,
    "Status lines": status.ROWS,
    "Header fields": fields.ROWS,
    "Content codings": codings.ROWS,
    "Redirects": redirects.ROWS,
    "Encodings": charsets.ROWS,
    "Bodies": bodies.ROWS,
    "Articles in hiding": pages.ROWS,
}
"""Topics that one crawl asks for; each is a site."""
WAITING: Final[Mapping[str, Mapping[str, Row]]] = {"Waits and endless answers": waits.ROWS}
"""Topics whose answers take as long as the limits they prove; each row is a site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the table, as it is shown."""

    topic: str
    name: str
    sends: str
    outcome: str


_CRAWLED: Final = "Each request ends within 5 s, and the whole crawl stays below 450 MiB."
# What a topic's rows may cost at most.
_BOUNDS: Final[Mapping[str, str]] = {
    **dict.fromkeys((*QUICK, *WAITING), _CRAWLED),
    "Sitemaps and feeds": _CRAWLED,
    "robots.txt": "Each request ends within 1 s.",
    "Pages against the reader": "Each has 5 s and 1.5 GB, in a worker of its own.",
}


def entries() -> Iterator[Entry]:
    """Yield every row."""
    for topic, rows in {**QUICK, **WAITING}.items():
        for name, row in rows.items():
            yield Entry(topic=topic, name=name, sends=row.sends, outcome=_told(row))
    for name, case in {**robots.CASES, **robots.OTHERS}.items():
        outcome = "kept; the page is asked for" if case.is_allowed else "kept; the page is not"
        yield Entry(topic="robots.txt", name=name, sends=case.sends, outcome=outcome)
    for name, listing in listings.ROWS.items():
        yield Entry(
            topic="Sitemaps and feeds",
            name=name,
            sends=listing.sends,
            outcome="kept; read, `doctype`: not parsed",
        )
    for name, (sends, _) in pages.ENDLESS.items():
        yield Entry(
            topic="Pages against the reader",
            name=name,
            sends=sends,
            outcome="kept; read, or quarantined: `timeout`, `memory`, `crash`; the next is read",
        )
    for name, harm in damaged.ROWS.items():
        yield Entry(
            topic="Damaged WARCs, read by `newsreel extract`",
            name=name,
            sends=harm.holds,
            outcome=harm.told,
        )


def _told(row: Row) -> str:
    """Return what comes of a row, in one line."""
    why = f", `{row.reason}`" if row.reason else ""
    mark = f" (`WARC-Truncated: {row.truncated}`)" if row.truncated else ""
    asked = f" after {row.attempts} requests" if row.attempts > 1 else ""
    return f"kept: {row.kept}{mark}; {row.fate}{why}{asked}"


_HEAD: Final = """\
# The hostile web

What Newsreel makes of answers that are wrong, endless or made to harm. Each row is an answer of an
origin on loopback, crawled in the tests; `python -m tests.origin` serves them by hand, and `make
hostile` runs those that take as long as the limits they prove. After each crawl the store is
`Sound.` to `newsreel verify`, and a sound page among them is read as ever.

A row that is *archived* has a row in `articles`; all others have none. Limits in these crawls:
1.5 s an answer and, for the endless ones, 1 MiB (a minute and 32 MiB otherwise).

This page is written by `make reference`.
"""


def page_of_the_table() -> str:
    """Return the page of the reference."""
    lines, topic, all_entries = [_HEAD], "", tuple(entries())
    for entry in all_entries:
        if entry.topic != topic:
            topic = entry.topic
            bound = f"{_BOUNDS[topic]}\n\n" if topic in _BOUNDS else ""
            lines.append(f"\n## {topic}\n\n{bound}| row | what is sent | what comes out |")
            lines.append("\n|---|---|---|\n")
        lines.append(f"| {entry.name} | {entry.sends} | {entry.outcome} |\n")
    lines.append(f"\n{len(all_entries)} rows in all.\n")
    return "".join(lines)
