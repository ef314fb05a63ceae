"""A document as one client may have it: unchanged, compressed, in chunks."""

import gzip
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from crawler.newsroom.listener import Request, Response
from crawler.newsroom.routes import HTML, Document

_COMPRESSED: Final = ("image/png", "application/gzip")


def make_response(
    request: Request, document: Document, now: datetime, *, chunked: bool
) -> Response:
    """Return the response; `chunked` sites send their pages without saying how long they are."""
    headers = {"Date": _http_date(now), "Content-Type": document.content_type, **document.headers}
    body = document.body
    zipped = _accepts_gzip(request) and document.content_type not in _COMPRESSED
    if document.changed_at:
        tag = hashlib.sha256(body).hexdigest()[:20]
        # A strong tag names the bytes: the compressed form has one of its own (RFC 9110 8.8.3).
        headers["ETag"] = f'"{tag}-gzip"' if zipped else f'"{tag}"'
        headers["Last-Modified"] = _http_date(document.changed_at)
        headers["Vary"] = "Accept-Encoding"
        if _is_unchanged(request.headers, tag, document.changed_at):
            del headers["Content-Type"]
            return Response(status=304, headers=tuple(headers.items()), body=b"")
    if zipped:
        body = gzip.compress(body, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    in_chunks = chunked and request.takes_chunks and document.content_type == HTML
    length = ("Transfer-Encoding", "chunked") if in_chunks else ("Content-Length", str(len(body)))
    return Response(
        status=document.status,
        headers=(*headers.items(), length),
        body=body,
        chunked=in_chunks,
    )


def _accepts_gzip(request: Request) -> bool:
    codings = request.headers.get("accept-encoding", "").lower().split(",")
    offered = {coding.partition(";")[0].strip(): coding for coding in codings}
    return "gzip" in offered and "q=0" not in offered["gzip"].replace("q=0.", "")


def _is_unchanged(headers: Mapping[str, str], tag: str, changed_at: datetime) -> bool:
    """Whether the client has this state already (RFC 9110 section 13.1)."""
    if tags := headers.get("if-none-match"):
        # The tag wins over the date; the compressed form is the same state.
        return tags.strip() == "*" or f'"{tag}"' in tags or f'"{tag}-gzip"' in tags
    since = headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return changed_at.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        # A date that is none, or has no zone, is as good as no condition (section 13.1.3).
        return False


def _http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
