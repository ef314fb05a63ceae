"""Trafilatura as people call it: the baseline of reading, and what the other whole jobs read by."""

from typing import Any, Final

import trafilatura

# Its defaults, but for the last day that it takes for a date: that is today, and the project's own
# pages are of 2031. Of those it would search all text for another date, ten times as long as it
# takes for everything else, and be called wrong as well.
_DATES: Final = {"original_date": True, "extensive_search": True, "max_date": "2032-01-01"}


def with_metadata(body: bytes, url: str) -> Any:
    """Return text, title, author, day and description; None when it finds no text."""
    return trafilatura.bare_extraction(body, url, with_metadata=True, date_extraction_params=_DATES)


def text_alone(body: bytes, url: str) -> Any:
    """Return the text; None when it finds none."""
    return trafilatura.bare_extraction(body, url)
