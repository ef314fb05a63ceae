"""Run: what meets the web, and what tells how it went."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from crawler.fetch.politeness import DEFAULT_DELAY_S
from crawler.options import (
    AllowNetwork,
    Clock,
    Contact,
    Delay,
    Json,
    MaxPages,
    NewStore,
    Proxy,
    Store,
    With,
)

app = typer.Typer()

PANEL: Final = "Run"


@app.command(rich_help_panel=PANEL)
def crawl(  # noqa: PLR0913 - one parameter an option
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET",
            help="A site's name, a site's address (any site) or a page's address; with --due none "
            "are needed once the store knows them.",
            show_default=False,
        ),
    ] = None,
    *,
    store: NewStore = Path("store"),
    due: Annotated[
        bool,
        typer.Option(
            "--due", help="Only what is new or has come to its time; call it as often as you like."
        ),
    ] = False,
    follow: Annotated[
        int, typer.Option(min=0, metavar="DEPTH", help="Follow the site's own links this deep.")
    ] = 0,
    max_pages: MaxPages = None,
    requisites: Annotated[
        With | None,
        typer.Option(
            help="What is fetched with each page so that it can be seen as it was; "
            "not given: what the site's file says, or none."
        ),
    ] = None,
    delay: Delay = DEFAULT_DELAY_S,
    proxy: Proxy = None,
    allow_network: AllowNetwork = None,
    contact: Contact = None,
    ping: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="NEWSREEL_PING",
            help="Ask for URL/start when a crawl begins, and for URL/CODE when it ends.",
        ),
    ] = None,
    notify: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            envvar="NEWSREEL_NOTIFY",
            help="Where to tell what began and what is over, as Apprise names it.",
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing when all went well.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fetch what is new on sites, or one page, and what changed.

    Example: newsreel crawl fandomwire https://www.example.com/ --store store
    """

    def crawl_now(words: Sequence[str]) -> int:
        from crawler.commands.crawl import plan_crawl, run_crawl  # noqa: PLC0415 - scrapy
        from crawler.extract.pool import warm  # noqa: PLC0415 - pebble
        from crawler.herald import Herald  # noqa: PLC0415 - scrapy

        plan = plan_crawl(
            words,
            is_due=due,
            follow=follow,
            most_pages=max_pages,
            requisites=requisites,
            delay_s=delay,
            proxy=proxy,
            allowed_networks=allow_network or (),
            contact=contact,
        )
        if not due:  # such a call mostly reads no page
            warm(is_sigterm_heeded=True)
        herald = Herald(ping_url=ping, notify_urls=tuple(notify or ()))
        return run_crawl(store, plan, herald, is_quiet=quiet, as_json=as_json)

    if due:
        from crawler.commands.due import crawl_due  # noqa: PLC0415 - the journal

        raise typer.Exit(crawl_due(store, targets or (), crawl_now, is_quiet=quiet))
    if not targets:
        raise typer.BadParameter(
            "name a site, its address, or a page's address", param_hint="TARGET"
        )
    raise typer.Exit(crawl_now(targets))


@app.command(rich_help_panel=PANEL)
def schedule(  # noqa: PLR0913 - one parameter an option
    *,
    store: NewStore = Path("store"),
    form: Annotated[
        Clock | None,
        typer.Option("--print", help="Print what this clock needs; not given: call it from here."),
    ] = None,
    minutes: Annotated[
        int, typer.Option("--every", min=1, max=59, metavar="MINUTES", help="Between two calls.")
    ] = 5,
    delay: Delay = DEFAULT_DELAY_S,
    proxy: Proxy = None,
    allow_network: AllowNetwork = None,
    contact: Contact = None,
) -> None:
    """Print the timer that calls `crawl --due`, or call it from here.

    Nothing is installed.

    Example: newsreel schedule --print systemd --store store --contact you@example.com
    """
    from crawler.commands.schedule import (  # noqa: PLC0415 - scrapy
        loop,
        print_schedule,
        way_of,
    )

    networks = allow_network or ()
    way = way_of(contact=contact, delay_s=delay, proxy=proxy, allowed_networks=networks)
    call = loop if form is None else partial(print_schedule, form.value)
    raise typer.Exit(call(store, minutes=minutes, way=way))


@app.command(rich_help_panel=PANEL)
def status(*, store: Store = Path("store"), as_json: Json = False) -> None:
    """Tell what is archived, what is missing and what needs a look.

    It works beside a crawl.

    Example: newsreel status --store store
    """
    from crawler.commands.status import show_status  # noqa: PLC0415 - rich tables

    raise typer.Exit(show_status(store, as_json=as_json))


@app.command(rich_help_panel=PANEL)
def probe(
    url: Annotated[str, typer.Argument(help="A page's address.")],
    *,
    proxy: Proxy = None,
    allow_network: AllowNetwork = None,
    contact: Contact = None,
    as_json: Json = False,
) -> None:
    """Fetch one page and explain every step; nothing is written.

    Example: newsreel probe https://www.example.com/2026/a-story/
    """
    from crawler.commands.probe import probe_page  # noqa: PLC0415 - scrapy

    networks = tuple(allow_network or ())
    code = probe_page(url, proxy=proxy, networks=networks, contact=contact, as_json=as_json)
    raise typer.Exit(code)
