"""The rendering: what a browser had made of a page when its scripts had run.

It is read where a site's articles are put in by scripts, and archived as a conversion of the answer
that it was made from (WARC 1.1 section 6.9): the answer stays what the server sent.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.address import registrable_domain
from archive.capture import Capture
from archive.digest import labelled_sha1
from archive.surt import surt_key

CONVERSION: Final = "conversion"
"""The record type, in the WARC and in rows."""
DOM_TYPE: Final = "text/html; charset=utf-8"
RENDERED_STATUS: Final = 200
"""Of the answers that are rendered; all others are no pages to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A page's document as a browser held it, and the answer it was made from."""

    url: str
    rendered_at: datetime
    """UTC; when the document was taken."""
    dom: bytes
    """The document as HTML, in UTF-8."""
    record_id: str
    """WARC-Record-ID, `<urn:uuid:...>`."""
    source_record_id: str
    """Of the answer it was made from: a response, or a revisit of one."""
    source_fetched_at: datetime
    """UTC."""
    truncated: str | None = None
    """length when the document was cut; None when it is whole."""
    elapsed_ms: int = 0
    """From the first script to the document that was taken."""


def rendered_capture(rendering: Rendering, *, run_id: str) -> Capture:
    """Return a rendering as a row; where it is kept is known only once it is written."""
    return Capture(
        url_surtkey=surt_key(rendering.url),
        url=rendering.url,
        url_host_registered_domain=registrable_domain(rendering.url),
        fetch_time=rendering.rendered_at,
        fetch_status=RENDERED_STATUS,
        elapsed_ms=rendering.elapsed_ms,
        content_digest=labelled_sha1(rendering.dom),
        content_mime_type="text/html",
        content_charset="utf-8",
        content_length=len(rendering.dom),
        content_truncated=rendering.truncated,
        record_type=CONVERSION,
        refers_to=rendering.source_record_id,
        warc_record_id=rendering.record_id,
        run_id=run_id,
    )
