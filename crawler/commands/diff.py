"""`newsreel diff`: what an article said before, and what it says now."""

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from rich.text import Text

from archive import open_store
from archive.columns import plain
from archive.dataset.revision import Change, Difference, Span, differences
from archive.errors import ConfigError
from archive.withdrawn import refuse_withdrawn
from crawler.console import answer_console

_FIND: Final = (
    "SELECT * FROM articles WHERE article_id = (SELECT article_id FROM articles WHERE url = $ref "
    "OR canonical_url = $ref OR article_id = $ref OR warc_record_id = $ref LIMIT 1) "
    "ORDER BY version"
)
# As `wdiff` marks them, so that a pipe or a monochrome terminal shows them too.
_MARKS: Final[Mapping[Change, tuple[str, str, str]]] = {
    Change.KEPT: ("", "", ""),
    Change.REMOVED: ("[-", "-]", "red strike"),
    Change.ADDED: ("{+", "+}", "green"),
}
_CONTEXT: Final = 60
"""Characters of unchanged words shown on each side of a change."""


def diff_article(
    root: Path, ref: str, *, at: str | None, versions: tuple[int, int] | None, as_json: bool
) -> int:
    """Print what changed between an article's versions: each and the next, or two that are named.

    Raises ConfigError when nothing has that name, or a version is not there, WithdrawnError when it
    is withdrawn.
    """
    store = open_store(root, at=at)
    with store.connect() as connection:
        rows = connection.sql(_FIND, params={"ref": ref}).to_arrow_table().to_pylist()
    if not rows:
        refuse_withdrawn(store.layout, ref)
        raise ConfigError(
            f"no article in {root} is called {ref}: give an address that was crawled, an article "
            "id or a WARC-Record-ID"
        )
    pairs = _pairs(rows, versions)
    console = answer_console()
    if as_json:
        console.out(json.dumps([_told(*pair) for pair in pairs], ensure_ascii=False, indent=1))
        return 0
    if not pairs:
        only = rows[0]
        console.print(
            f"there is one version of {only['url']}, of {only['fetch_time']:%Y-%m-%d %H:%M} UTC: "
            "nothing changed since",
            soft_wrap=True,
        )
    for before, after in pairs:
        for line in _lines(before, after):
            console.print(line, soft_wrap=True)
    return 0


_Row = dict[str, Any]


def _pairs(rows: list[_Row], versions: tuple[int, int] | None) -> list[tuple[_Row, _Row]]:
    if versions is None:
        return list(pairwise(rows))
    known = {row["version"]: row for row in rows}
    for number in versions:
        if number not in known:
            there = ", ".join(map(str, known))
            raise ConfigError(f"there is no version {number} of {rows[0]['url']}: it has {there}")
    return [(known[versions[0]], known[versions[1]])]


def _told(before: _Row, after: _Row) -> dict[str, Any]:
    return {
        "article_id": after["article_id"],
        "url": after["url"],
        "versions": [before["version"], after["version"]],
        "captured": [plain(before["fetch_time"]), plain(after["fetch_time"])],
        "differences": [_difference(each) for each in differences(before, after)],
    }


def _difference(each: Difference) -> dict[str, Any]:
    if each.spans:
        spans = [{"change": span.change, "text": span.text} for span in each.spans]
        return {"column": each.column, "words": spans}
    return {"column": each.column, "removed": list(each.removed), "added": list(each.added)}


def _lines(before: _Row, after: _Row) -> Iterator[Text]:
    yield Text(f"{after['url']}")
    yield Text(
        f"version {before['version']} of {before['fetch_time']:%Y-%m-%d %H:%M} UTC to "
        f"version {after['version']} of {after['fetch_time']:%Y-%m-%d %H:%M} UTC"
    )
    for each in differences(before, after):
        yield Text("")
        yield Text(each.column, style="bold")
        if each.spans:
            yield _words(each.spans)
        for change, records in ((Change.REMOVED, each.removed), (Change.ADDED, each.added)):
            for record in records:
                yield _marked(change, _record(record))
    yield Text("")


def _words(spans: tuple[Span, ...]) -> Text:
    """Return the words that changed, with some around them."""
    line = Text("  ")
    last = len(spans) - 1
    for place, span in enumerate(spans):
        if span.change is Change.KEPT:
            line.append(_shortened(span.text, is_first=place == 0, is_last=place == last))
        else:
            line.append_text(_marked(span.change, span.text))
    return line


def _marked(change: Change, text: str) -> Text:
    begin, end, style = _MARKS[change]
    inner = text.strip()
    head, _, tail = text.partition(inner)
    return Text(head).append(f"{begin}{inner}{end}", style=style).append(tail)


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    head = "" if is_first else text[:_CONTEXT]
    tail = "" if is_last else text[-_CONTEXT:]
    if len(text) <= len(head) + len(tail):
        return text
    return f"{head} … {tail}"


def _record(record: Mapping[str, Any]) -> str:
    said = (f"{name}: {value}" for name, value in record.items() if value is not None)
    return "; ".join(said)
