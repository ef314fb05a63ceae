"""`newsreel show`: one article as text, or the record it was read from."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive import open_store
from archive.article import COLUMN_NAMES
from archive.columns import plain
from archive.counted import counted
from archive.errors import ConfigError
from archive.message import parse_message, split_interim
from archive.withdrawn import refuse_withdrawn
from crawler.console import answer_bytes, answer_console

_FIND = (
    "SELECT * FROM articles WHERE url = $ref OR canonical_url = $ref OR article_id = $ref "
    "OR warc_record_id = $ref ORDER BY version DESC LIMIT 1"
)
_FIND_CAPTURE = (
    "SELECT * FROM captures WHERE (url = $ref OR warc_record_id = $ref) "
    "AND record_type IS NOT NULL ORDER BY fetch_time DESC LIMIT 1"
)
# A rendering has no head of its own.
_FIND_ANSWER = (
    "SELECT a.* FROM captures r JOIN captures a ON a.warc_record_id = r.refers_to "
    "WHERE r.warc_record_id = $id AND r.record_type = 'conversion'"
)


def show_capture(root: Path, ref: str, form: str, *, at: str | None = None) -> int:
    """Print the newest article, or capture, that a reference names: as text, json, raw or head.

    Raises ConfigError when nothing in the store has that name, WithdrawnError when it is withdrawn.
    """
    store = open_store(root, at=at)
    connection = store.connect()
    found = [
        rows[0]
        for query in (_FIND, _FIND_CAPTURE)
        if (rows := connection.sql(query, params={"ref": ref}).to_arrow_table().to_pylist())
    ]
    if not found:
        refuse_withdrawn(store.layout, ref)
        raise ConfigError(
            f"nothing in {root} is called {ref}: give an address that was crawled, an article id "
            "or a WARC-Record-ID"
        )
    row = found[0]
    if form == "head":
        params = {"id": row["warc_record_id"]}
        behind = connection.sql(_FIND_ANSWER, params=params).to_arrow_table().to_pylist()
        row = next(iter(behind), row)
    if form in {"raw", "head"}:
        block = store.record(row)
        is_whole = form == "raw"
        shown = block if is_whole else block[: parse_message(split_interim(block)[1]).head_length]
        if b"\0" in shown and sys.stdout.isatty():
            raise ConfigError(
                f"the record of {ref} is binary, which a terminal would take for commands: "
                "write it to a file with `> FILE`, or look at it with --headers"
            )
        answer_bytes(shown)
        return 0
    console = answer_console()
    if form == "json":
        console.out(json.dumps(plain(row), ensure_ascii=False, indent=1))
        return 0
    lines = _article_lines(row) if COLUMN_NAMES[0] in row else _capture_lines(row)
    for line in lines:
        console.print(line, soft_wrap=not console.is_terminal)
    return 0


def _article_lines(row: dict[str, Any]) -> Iterator[str]:
    """Yield an article as a reader would see it, and where its bytes are."""
    yield row["headline"]
    if row["dek"]:
        yield row["dek"]
    byline = ", ".join(author["name"] for author in row["authors"])
    date = f"{row['published_at']:%-d %b %Y %H:%M} UTC" if row["published_at"] else "no date"
    length = counted(row["word_count"], "word")
    yield f"{byline or 'no byline'} · {date} · {row['site_domain']} · {length}"
    yield ""
    for point in row["key_points"]:
        yield f"  • {point}"
    if row["key_points"]:
        yield ""
    yield row["text"]
    for image in row["images"]:
        words = [image["caption"], f"[{image['credit']}]" if image["credit"] else None]
        yield f"\n  {image['role']} image: {' '.join(filter(None, words)) or image['alt'] or '-'}"
        yield f"  {image['url']}"
    yield ""
    captured = f"captured {row['fetch_time']:%Y-%m-%d %H:%M} UTC"
    yield f"version {row['version']} of {row['article_id']}, {captured}"
    yield _place(row)


def _capture_lines(row: dict[str, Any]) -> Iterator[str]:
    """Yield what is known of a capture that is no article."""
    yield f"{row['fetch_status']} {row['url']}"
    kind = row["page_kind"] or row["address_kind"]
    size = counted(row["content_length"] or 0, "byte")
    yield f"{row['content_mime_type'] or 'no type'}, {size}, {kind}"
    yield _place(row)


def _place(row: dict[str, Any]) -> str:
    return (
        f"{row['warc_filename']} @{row['warc_record_offset']} +{row['warc_record_length']}  "
        f"{row['content_digest']}"
    )
