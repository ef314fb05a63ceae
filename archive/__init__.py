"""Code over the store on disk: what lasts of a crawl, and how analysts read it.

This package is code, not data: what it keeps goes to a store (`./store`, or any path given with
`--store`). It knows no Scrapy and no trafilatura, so analysts can use it alone.
"""

from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.dataset.published import PublishedStore
    from archive.dataset.reader import OpenStore

__all__ = ["open_published", "open_store"]


def open_store(path: Path | str, *, at: "int | str | date | datetime | None" = None) -> "OpenStore":
    """Open a store for reading, also while a crawl or a compaction writes to it.

    `at` is a snapshot's number or a moment (a day means its end): the store as it was then. Raises
    ConfigError when there is no store at the path, or nothing is kept of that time. Nothing of
    Arrow is loaded before the first call: `newsreel --help` shall not wait for it.
    """
    store: OpenStore = import_module("archive.dataset.reader").open_store(path, at=at)
    return store


def open_published(
    url: str, *, at: "int | str | date | datetime | None" = None
) -> "PublishedStore":
    """Open what `newsreel publish` sent to `s3://bucket/prefix`, with the same rows and views.

    `at` is a publication's number or a moment. Raises ConfigError when nothing is published there,
    ObjectStoreError when the object store cannot be asked.
    """
    opened: PublishedStore = import_module("archive.dataset.published").open_published(url, at=at)
    return opened
