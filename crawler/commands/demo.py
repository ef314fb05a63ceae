"""`newsreel demo`: the whole job on this machine, on an invented news world."""

import itertools
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from archive import open_store
from archive.counted import counted
from archive.instant import now_utc
from crawler.console import answer_console
from crawler.newsroom.server import Newsroom

_BY_SITE: Final = (
    "select site_domain, count(*) as articles, sum(len(images)) as images, "
    "max(version) as newest_version from articles group by all order by all"
)
_CONTACT: Final = "you@example.com"
_EDITED: Final = "select url from articles where version = 2 order by url limit 1"


def show_demo(folder: Path) -> int:
    """Crawl the invented sites twice, show what was kept, and leave the store to play with.

    Returns the worst exit code of the commands it ran.
    """
    began = time.monotonic()
    store = _fresh(folder)
    console = answer_console()
    with Newsroom(now=now_utc()) as newsroom:
        sites = newsroom.sites
        proxy = sites[0].base_url.rstrip("/")
        names = ", ".join(site.title for site in sites)
        console.print(
            f"A made-up news world is running on this machine: {names}.\n", soft_wrap=True
        )
        crawl = ("crawl", *(f"http://{site.host}/" for site in sites))
        crawl = (*crawl, "--proxy", proxy, "--delay", "0", "--store", str(store))
        crawl = (*crawl, "--contact", _CONTACT)
        codes = [_newsreel(*crawl)]
        edits, published = newsroom.edit(1), newsroom.publish(1)
        console.print(
            f"\nEditors changed {counted(len(edits), 'story')} and published {len(published)}. "
            "The second crawl asks what is new:\n",
            soft_wrap=True,
        )
        codes.append(_newsreel(*crawl))
    edited = open_store(store).sql(_EDITED).to_pylist()[0]["url"]
    for arguments in _tour(store, edited):
        console.print()
        codes.append(_newsreel(*arguments))
    console.print(f"\nThat took {time.monotonic() - began:.0f} s. Try next\n")
    if shutil.which("newsreel") is None:
        console.print(f"  . {shlex.quote(sys.prefix)}/bin/activate", soft_wrap=True)
    for arguments in _more(store, edited):
        console.print(f"  newsreel {shlex.join(arguments)}", soft_wrap=True)
    return max(codes)


def _tour(store: Path, edited: str) -> Iterator[Sequence[str]]:
    """Yield what shows that everything was kept: an article, the rows, its bytes, the proof."""
    yield ("show", edited, "--store", str(store))
    yield ("sql", _BY_SITE, "--store", str(store))
    yield ("show", edited, "--headers", "--store", str(store))
    yield ("verify", "--store", str(store))


def _more(store: Path, edited: str) -> Iterator[Sequence[str]]:
    yield ("status", "--store", str(store))
    quotes = "select speaker, source, text from quotes where speaker is not null limit 3"
    yield ("sql", quotes, "--store", str(store))
    yield ("sql", "select fate, reason, count(*) from coverage group by all", "--store", str(store))
    yield ("show", edited, "--raw", "--store", str(store))
    yield ("diff", edited, "--store", str(store))
    yield ("crawl", "https://www.example.com/", "--contact", _CONTACT)


def _newsreel(*arguments: str) -> int:
    """Show a command, run it as anybody would, and return its exit code."""
    answer_console().print(f"$ newsreel {shlex.join(arguments)}", soft_wrap=True)
    sys.stdout.flush()
    # Each in a process of its own: Twisted's reactor cannot be started twice.
    command = [sys.executable, "-m", "crawler", *arguments]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own program


def _fresh(folder: Path) -> Path:
    """Return the folder, or the first numbered one beside it that is not there yet."""
    names = itertools.chain([folder.name], (f"{folder.name}-{n}" for n in itertools.count(2)))
    return next(path for name in names if not (path := folder.with_name(name)).exists())
