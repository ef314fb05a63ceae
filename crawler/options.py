"""The options that several commands have, each with one meaning everywhere."""

import re
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from archive.errors import ConfigError

_SCHEME: Final = re.compile(r"[a-z][a-z0-9]+:")


def on_disk(store: Path) -> Path:
    """Refuse an address of an object store, which would become a folder of that name."""
    if store.parts and _SCHEME.fullmatch(store.parts[0]):
        address = f"{store.parts[0]}//{'/'.join(store.parts[1:])}"
        raise ConfigError(
            f"a store is a folder on disk, and {address} is an address: "
            "of all verbs, only `sql`, `verify` and `gather` read what lies there"
        )
    return store


Store = Annotated[
    Path,
    typer.Option(
        "--store",
        metavar="DIR",
        callback=on_disk,
        help="The store: a folder that a crawl made.",
    ),
]
NewStore = Annotated[
    Path,
    typer.Option(
        "--store",
        metavar="DIR",
        callback=on_disk,
        help="The store: a folder, made when missing.",
    ),
]
StoreOrBucket = Annotated[
    str,
    typer.Option(
        "--store", metavar="DIR", help="The store, or the s3:// address it was published to."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]
AllowNetwork = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-network",
        metavar="CIDR",
        help="Let the address guard pass a network that is not public, e.g. 127.0.0.0/8.",
    ),
]
MaxPages = Annotated[
    int | None,
    typer.Option(
        "--max-pages", min=1, metavar="N", help="Ask for at most N pages of a site in one crawl."
    ),
]
Delay = Annotated[
    float,
    typer.Option(
        "--delay", min=0, max=86_400, metavar="SECONDS", help="Pause between requests to a site."
    ),
]
Proxy = Annotated[
    str | None,
    typer.Option("--proxy", metavar="URL", help="Fetch through this HTTP proxy; no other is used."),
]
Contact = Annotated[
    str | None,
    typer.Option(
        "--contact",
        metavar="ADDRESS",
        envvar="NEWSREEL_CONTACT",
        help="Mail or web address for site owners, sent in the User-Agent.",
    ),
]
DAY: Final = ["%Y-%m-%d"]
OfSite = Annotated[
    str | None,
    typer.Option("--site", metavar="NAME", help="Of this site only, as `status` names it."),
]
Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=DAY, metavar="DATE", help="The first day of capture, UTC."),
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", formats=DAY, metavar="DATE", help="The last day, included."),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="WHEN",
        help="As the dataset was: a snapshot's number, a day (its end), or 2026-06-01T12:00, UTC.",
    ),
]


class Format(StrEnum):
    """How a query's answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class With(StrEnum):
    """What is fetched with a page, as crawler.discover.requisites has it."""

    NONE = "none"
    IMAGES = "images"
    PAGE = "page"


class ExportKind(StrEnum):
    """What an export is written as."""

    WACZ = "wacz"
    JSONL = "jsonl"
    CSV = "csv"
    ICEBERG = "iceberg"
    HF = "hf"


class Clock(StrEnum):
    """What calls a crawl, as crawler.commands.schedule prints it."""

    SYSTEMD = "systemd"
    CRON = "cron"
    KUBERNETES = "kubernetes"
