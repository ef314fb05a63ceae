"""Damaged WARCs as input: what of a file of seven pages is still read, and what is said of it.

How each is damaged stands in tests/verify/test_warcs.py, which holds `verify` to naming them.
"""

from dataclasses import dataclass
from typing import Final

PAGES: Final = 7
"""In the sound file; one of them is marked as cut off, and counts among those that break off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """One damaged file."""

    holds: str
    """In words, for the table in the docs."""
    pages: int = PAGES
    """That are read, those that break off too."""
    breaking_off: int = 1
    damages: int = 0
    """Places that are told with their offset."""

    @property
    def told(self) -> str:
        """What comes out, in words."""
        cut = f", {self.breaking_off} as far as they go" if self.breaking_off > 1 else ""
        damaged = f"; {self.damages} damaged place told" if self.damages else ""
        return f"{self.pages} of {PAGES} pages read{cut}{damaged}"


ROWS: Final[dict[str, Harm]] = {
    "torn_tail": Harm(holds="the last member breaks off", damages=1),
    "cut_on_boundary": Harm(holds="the last record is gone"),
    "payload_bit_flip": Harm(holds="a bit of a body, pressed anew", breaking_off=2),
    "gzip_bit_flip": Harm(holds="a bit of the file", pages=6, damages=1),
    "one_gzip_member": Harm(holds="the file gzipped as a whole"),
    "content_length_more": Harm(
        holds="a Content-Length that is too large", breaking_off=2, damages=1
    ),
    "content_length_less": Harm(
        holds="a Content-Length that is too small", breaking_off=2, damages=1
    ),
    "no_record_id": Harm(holds="no WARC-Record-ID"),
    "bad_date": Harm(holds="a date that is none"),
    "header_injection": Harm(holds="a line end in an address, and fields behind it"),
    "duplicate_record_id": Harm(holds="one WARC-Record-ID twice"),
    "body_decoded": Harm(holds="a decoded body, its coding still named", breaking_off=2),
    "chunks_removed": Harm(holds="a body without its chunks, still called chunked"),
    "empty_file": Harm(holds="nothing", pages=0, breaking_off=0),
    "garbage_between": Harm(holds="bytes between two members", damages=1),
    "record_end_missing": Harm(holds="a record without its two line ends"),
    "nul_in_header": Harm(holds="a NUL in an address"),
    "unknown_digest": Harm(holds="a digest that is none"),
    "dangling_revisit": Harm(holds="a revisit of what is not there"),
    "same_capture_twice": Harm(holds="one capture twice", pages=8),
    "content_length_huge": Harm(
        holds="a Content-Length of twenty digits", breaking_off=2, damages=1
    ),
    "content_length_negative": Harm(holds="a negative Content-Length", damages=1),
    "no_digests": Harm(holds="no digests"),
    "request_missing": Harm(holds="an answer without its request"),
}
