"""`newsreel publish`: the datasets to an object store, where others read them."""

import json
from dataclasses import asdict
from pathlib import Path

from archive.bucket import Bucket
from archive.counted import counted
from archive.existing import existing_store
from archive.instant import now_utc
from archive.journal.parts import PublishedPart
from archive.publication import Published, publish
from crawler.console import answer_console, message_console


def publish_store(root: Path, url: str, *, is_rehearsal: bool, as_json: bool) -> int:
    """Publish what the store's datasets are now, and say where they can be read.

    Raises ConfigError when there is no store or no such address, StoreInUseError when another
    publication came first.
    """
    layout, bucket = existing_store(root), Bucket(url)
    told = publish(layout, bucket, now=now_utc(), is_rehearsal=is_rehearsal, report=_say)
    console = answer_console()
    if as_json:
        console.out(json.dumps({"url": bucket.url, **asdict(told)}, indent=1))
    else:
        console.print(_sentence(bucket.url, told, is_rehearsal=is_rehearsal), soft_wrap=True)
    return 0


def _say(part: PublishedPart) -> None:
    message_console().print(f"{part.path}: {part.size_bytes / 1e6:,.1f} MB", soft_wrap=True)


def _sentence(url: str, told: Published, *, is_rehearsal: bool) -> str:
    held = f"{counted(told.rows, 'row')} in {counted(told.parts, 'part')}"
    if not told.is_new:
        return f"publication {told.number} at {url} has it all: {held}"
    sent = f"{counted(told.sent, 'part')}, {told.sent_bytes / 1e6:,.1f} MB"
    if is_rehearsal:
        return f"publication {told.number} at {url} would hold {held}; {sent} to send"
    return f"publication {told.number} at {url} holds {held}; {sent} sent"
