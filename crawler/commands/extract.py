"""`newsreel extract`: articles out of any archive or saved page, one JSON record a line."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from archive.address import crawl_address
from archive.article import Article, to_json
from archive.counted import counted
from archive.errors import ConfigError, ExtractError
from archive.instant import now_utc
from archive.warc.foreign import Damage, ForeignRecord, looks_like_warc, read_any, what_it_is
from crawler.console import answer_console, message_console
from crawler.extract.page import SourcePage
from crawler.extract.pool import ReadingPool
from crawler.extract.rules import Design
from crawler.typed import why_no_address, without_secrets

if TYPE_CHECKING:  # trafilatura is loaded in the worker processes alone
    from crawler.extract.reading import Reading

_AHEAD: Final = 8
"""Pages handed to each worker before the first one's answer is waited for."""
_HTML: Final = frozenset({"text/html", "application/xhtml+xml", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A page, and what is known of where it lies."""

    page: SourcePage
    place: str
    provenance: dict[str, Any]


def extract_files(paths: Sequence[Path], *, url: str | None, is_generic: bool) -> int:
    """Print an article a line for every page that is one; say on standard error what is not.

    Returns 3 when a page could not be read. Before anything is printed, raises ConfigError for a
    file that is not there, and for one that is no archive when there is no address for it.
    """
    answer, errors = answer_console(), message_console()
    address = None if url is None else _address(url)
    for path in paths:
        _require_readable(path, address)
    design_of = _no_design if is_generic else _site_design()
    pool = ReadingPool(workers=os.cpu_count() or 1)
    articles = others = 0
    troubles = _Troubles(errors)
    try:
        tasks = (task for path in paths for task in _tasks(path, address, troubles))
        for task, reading in _readings(pool, tasks, design_of):
            try:
                article = reading.result().article
            except ExtractError as error:
                troubles.note_failure(task, error)
                continue
            if article is None:
                others += 1
                continue
            articles += 1
            answer.out(to_json(_placed(article, task)))
    finally:
        pool.stop()
    damages = f", {counted(troubles.damages, 'damaged place')}" if troubles.damages else ""
    errors.print(
        f"{counted(articles, 'article')}, {counted(others, 'other page')}, "
        f"{troubles.pages:,} unreadable{damages}"
    )
    return 3 if troubles.pages or troubles.damages else 0


class _Troubles:
    """What of an archive could not be read, told at once with its place: the rest goes on."""

    def __init__(self, errors: Console) -> None:
        self._errors = errors
        self.damages = 0
        self.pages = 0
        """Pages that are there and cannot be had."""

    def note_damage(self, damage: Damage) -> None:
        """Tell where no record can be read."""
        self.damages += 1
        self._say(f"damaged {damage.filename}@{damage.offset}: {damage.why}")

    def note_page(self, record: ForeignRecord) -> None:
        """Tell of a page without a body that could be read."""
        self.pages += 1
        self._say(f"unreadable {_place(record)} {record.url}: {record.problem}")

    def note_cut(self, record: ForeignRecord) -> None:
        """Tell of a page that is read as far as it goes."""
        self._say(f"cut off {_place(record)} {record.url}")

    def note_failure(self, task: _Task, error: ExtractError) -> None:
        """Tell of a page whose reading failed."""
        self.pages += 1
        self._say(f"unreadable {task.place} {task.page.url}: {error}")

    def _say(self, text: str) -> None:
        self._errors.print(text, soft_wrap=True)


def _address(url: str) -> str:
    """Return the address that was typed, as crawls write it."""
    address = crawl_address(url)
    if address is None:
        raise ConfigError(
            f"--url {without_secrets(url)} is not an address of a page: {why_no_address(url)}"
        )
    return address


def _require_readable(path: Path, address: str | None) -> None:
    if not path.is_file():
        raise ConfigError(f"{path} is not a file")
    if address is None and not looks_like_warc(path):
        raise ConfigError(f"{path} is {what_it_is(path)}; for an HTML page say --url ADDRESS")


def _tasks(path: Path, address: str | None, troubles: _Troubles) -> Iterator[_Task]:
    if address is None or looks_like_warc(path):
        found = read_any(path, on_damage=troubles.note_damage)
        return (task for record in found if (task := _record_task(record, troubles)))
    page = SourcePage(url=address, body=path.read_bytes(), captured_at=_modified(path))
    return iter((_Task(page=page, place=path.name, provenance={}),))


def _record_task(record: ForeignRecord, troubles: _Troubles) -> _Task | None:
    """Return the page of a record; None when it is no HTML page that was found."""
    kind = (record.content_type or "").partition(";")[0].strip().lower()
    if kind not in _HTML or record.status not in {200, None}:
        return None
    if record.problem is not None and not record.payload:
        troubles.note_page(record)
        return None
    if record.problem is not None:
        troubles.note_cut(record)
    page = SourcePage(
        url=record.url,
        body=record.payload,
        content_type=record.content_type,
        headers=record.fields,
        captured_at=record.date,
        is_whole=record.problem is None,
    )
    provenance = {
        "fetch_time": record.date,
        "fetch_status": record.status,
        "warc_filename": record.filename,
        "warc_record_offset": record.offset,
        "warc_record_length": record.length,
        "warc_record_id": record.record_id,
        "content_digest": record.payload_digest,
    }
    return _Task(page=page, place=_place(record), provenance=provenance)


def _place(record: ForeignRecord) -> str:
    return f"{record.filename}@{record.offset}"


def _readings(
    pool: ReadingPool, tasks: Iterator[_Task], design_of: Callable[[SourcePage], Design | None]
) -> "Iterator[tuple[_Task, Future[Reading]]]":
    """Yield readings in the order of the tasks, with some handed in ahead."""
    waiting: deque[tuple[_Task, Future[Reading]]] = deque()
    for task in tasks:
        waiting.append((task, pool.submit(task.page, design_of(task.page))))
        if len(waiting) >= _AHEAD * (os.cpu_count() or 1):
            yield waiting.popleft()
    yield from waiting


def _placed(article: Article, task: _Task) -> Article:
    return replace(article, **task.provenance) if task.provenance else article


def _no_design(_: SourcePage) -> Design | None:
    return None


def _site_design() -> Callable[[SourcePage], Design | None]:
    """Return what finds the site file's design for a page."""
    from crawler.registry import known_sites  # noqa: PLC0415 - scrapy

    sites = known_sites()

    def design_of(page: SourcePage) -> Design | None:
        site = sites.holding(page.url)
        return site.design_at(page.captured_at or now_utc()) if site else None

    return design_of


def _modified(path: Path) -> datetime:
    """Return when a saved page was saved, as far as its file tells."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
