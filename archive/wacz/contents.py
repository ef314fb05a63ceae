"""The index and the page list of a WACZ, as players look for them."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

from archive.wacz.package import Package
from archive.warc.records import written_uri

BLOCK_LINES: Final = 1024
"""Lines a compressed block: what `wacz create` puts into one."""
PAGE_COLUMNS: Final = (
    "article_id", "version", "url", "headline", "text", "fetch_time",
    "warc_filename", "warc_record_offset",
)  # fmt: skip
_INDEX: Final = "index.cdx.gz"
_GZIP: Final = 31  # zlib's window bits for 32 KiB with a gzip header and trailer


def write_index(package: Package, lines: Iterable[bytes]) -> int:
    """Write sorted CDXJ lines in blocks, and the index of the blocks; return how many lines.

    A player reads the second index whole and one block at a time (ZipNum CDX). It is all that is
    held in memory here: a line for every 1,024 captures.
    """
    blocks = [_line("!meta 0", {"format": "cdxj-gzip-1.0", "filename": _INDEX})]
    count = 0
    waiting = iter(lines)
    with package.file(f"indexes/{_INDEX}") as index:
        while block := list(islice(waiting, BLOCK_LINES)):
            packed = zlib.compress(b"".join(block), wbits=_GZIP)
            told = {
                "offset": index.size_bytes,
                "length": len(packed),
                "digest": f"sha256:{hashlib.sha256(packed).hexdigest()}",
            }
            blocks.append(_line(block[0].partition(b" {")[0].decode(), told))
            index.write(packed)
            count += len(block)
    with package.file("indexes/index.idx", is_deflated=True) as listing:
        for line in blocks:
            listing.write(line)
    return count


def write_pages(package: Package, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write the list of articles that a player opens with; return how many there are."""
    count = 0
    with package.file("pages/pages.jsonl", is_deflated=True) as pages:
        for line in _page_lines(rows):
            pages.write(line)
            count += 1
    return count - 1


def _page_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    yield _line(
        "", {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
    )
    for row in rows:
        captured_at: datetime = row["fetch_time"]
        page = {
            "id": f"{row['article_id']}-{row['version']}",
            "url": written_uri(row["url"]),
            # To the second, as the index has it: a player looks the page up by both.
            "ts": f"{captured_at:%Y-%m-%dT%H:%M:%SZ}",
            "title": row["headline"],
            "text": row["text"],
        }
        yield _line("", page)


def _line(key: str, told: Mapping[str, Any]) -> bytes:
    return f"{key} {json.dumps(told)}\n".lstrip().encode()
