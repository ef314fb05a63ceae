"""Fleet: one crawl from several machines, and what it shipped."""

from pathlib import Path
from typing import Annotated, Final

import typer

from crawler.fetch.politeness import DEFAULT_DELAY_S
from crawler.options import (
    AllowNetwork,
    Contact,
    Delay,
    Json,
    MaxPages,
    NewStore,
    OfSite,
    Proxy,
)

app = typer.Typer()

PANEL: Final = "Several machines"


@app.command(rich_help_panel=PANEL)
def work(  # noqa: PLR0913 - one parameter an option
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET",
            help="Sites, by name or address, that the ledger shall have; none are needed once it "
            "has some.",
            show_default=False,
        ),
    ] = None,
    *,
    to: Annotated[
        str, typer.Option("--to", metavar="URL", help="Where to ship to: s3://bucket/prefix.")
    ],
    ledger: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="NEWSREEL_LEDGER",
            show_default="SQLite in --store",
            help="The ledger that all workers share: postgresql+psycopg://USER@HOST/DB, or "
            "sqlite:////PATH for workers of one machine.",
        ),
    ] = None,
    store: NewStore = Path("worker"),
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            show_default="the machine's, and --store",
            help="What the ledger calls this worker; no other may have it.",
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, max=64, metavar="N", help="Sites that are crawled at a time.")
    ] = 4,
    lease: Annotated[
        int,
        typer.Option(
            min=3, metavar="SECONDS", help="After so long without a sign another takes a site over."
        ),
    ] = 120,
    every: Annotated[
        int, typer.Option(min=0, metavar="MINUTES", help="Between two turns of a site, at least.")
    ] = 360,
    once: Annotated[
        bool, typer.Option("--once", help="End when no site is due, instead of waiting.")
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Have the workers of a Dask cluster do it: tcp://HOST:PORT."
        ),
    ] = None,
    max_pages: MaxPages = None,
    delay: Delay = DEFAULT_DELAY_S,
    proxy: Proxy = None,
    allow_network: AllowNetwork = None,
    contact: Contact = None,
    as_json: Json = False,
) -> None:
    """Crawl due sites beside other workers, and ship them to an object store.

    A site has one worker at a time; one that is lost is replaced.

    Example: newsreel work https://www.example.com/ --to s3://bucket/news --store worker
    """
    from crawler.commands.work import Assignment, readers_of  # noqa: PLC0415 - scrapy, SQLAlchemy
    from crawler.commands.work import work as take_turns  # noqa: PLC0415 - the same
    from crawler.fleet.crawling import Terms  # noqa: PLC0415 - scrapy

    terms = Terms(
        delay_s=delay,
        proxy=proxy,
        allowed_networks=tuple(allow_network or ()),
        contact=contact,
        most_pages=max_pages,
        readers=readers_of(jobs),
    )
    assignment = Assignment(
        words=tuple(targets or ()),
        url=to,
        ledger=ledger,
        folder=store,
        name=name,
        lanes=jobs,
        lease_s=lease,
        every_minutes=every,
        is_once=once,
        scheduler=scheduler,
        terms=terms,
    )
    raise typer.Exit(take_turns(assignment, as_json=as_json))


@app.command(rich_help_panel=PANEL)
def fleet(
    *,
    ledger: Annotated[
        str,
        typer.Option(
            metavar="URL", envvar="NEWSREEL_LEDGER", help="The ledger that all workers share."
        ),
    ],
    as_json: Json = False,
) -> None:
    """Tell which worker has which site, and what is due.

    Example: newsreel fleet --ledger postgresql+psycopg://newsreel@db.example.com/news
    """
    from crawler.commands.fleet import show_fleet  # noqa: PLC0415 - SQLAlchemy

    raise typer.Exit(show_fleet(ledger, as_json=as_json))


@app.command(rich_help_panel=PANEL)
def gather(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Where workers ship to: s3://bucket/prefix.")
    ],
    *,
    store: NewStore = Path("gathered"),
    site: OfSite = None,
    as_json: Json = False,
) -> None:
    """Bring sites that workers shipped here, each as a store of its own.

    Again: brings only what was shipped since.

    Example: newsreel gather s3://bucket/news --store gathered
    """
    from crawler.commands.gather import gather_sites  # noqa: PLC0415 - pyarrow

    raise typer.Exit(gather_sites(url, store, site=site, as_json=as_json))
