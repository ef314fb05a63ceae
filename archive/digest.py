"""Digests as WARC and Common Crawl write them: SHA-1, base32, with the algorithm in front."""

import base64
import hashlib
from typing import Final


def labelled_sha1(data: bytes | memoryview) -> str:
    """Return `sha1:` and the base32 SHA-1 of the data (WARC 1.1 section 5.8)."""
    if not len(data):
        return _OF_NOTHING  # of every request without a body
    return label(hashlib.sha1(data, usedforsecurity=False).digest())


def label(sha1: bytes) -> str:
    """Return a SHA-1 of 20 bytes in the labelled form."""
    return "sha1:" + base64.b32encode(sha1).decode("ascii")


_OF_NOTHING: Final = label(hashlib.sha1(b"", usedforsecurity=False).digest())
