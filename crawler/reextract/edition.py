"""Which reader reads: a digest of everything that a row depends on beside its page's bytes."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import crawler.extract
import crawler.spiders

# What the reader stands on; another version may read another text out of the same bytes.
LIBRARIES: Final = ("trafilatura", "lxml", "lxml_html_clean", "cssselect", "python-dateutil")


@cache
def reader_edition() -> str:
    """Return the digest (hex) of the extractor, the site files and the libraries below them."""
    digest = hashlib.sha256()
    for package in (crawler.extract, crawler.spiders):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            digest.update(path.read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library}=={version(library)}\n".encode())
    return digest.hexdigest()
