"""Start: what a newcomer types first."""

from pathlib import Path
from typing import Annotated, Final

import typer

from crawler.options import AllowNetwork, Contact, Proxy

app = typer.Typer()

PANEL: Final = "Start"


@app.command(rich_help_panel=PANEL)
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where the demo's store goes.")
    ] = Path("newsreel-demo"),
) -> None:
    """Crawl a small made-up news world here, and show the result.

    Example: newsreel demo
    """
    from crawler.commands.demo import show_demo  # noqa: PLC0415 - duckdb

    raise typer.Exit(show_demo(folder))


@app.command(rich_help_panel=PANEL)
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="The site's front page.")],
    *,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What the site is called; not given: after its domain."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the site file and a first page for its tests.")
    ] = False,
    proxy: Proxy = None,
    allow_network: AllowNetwork = None,
    contact: Contact = None,
) -> None:
    """Look at a site, and propose a site file for it.

    It asks for robots.txt, feeds, sitemaps and some articles, and tells how full each field is.

    Example: newsreel add https://www.example.com/ --contact you@example.com
    """
    from crawler.commands.add import add_site  # noqa: PLC0415 - scrapy

    options = {
        "proxy": proxy,
        "allowed_networks": tuple(allow_network or ()),
        "contact": contact,
    }
    raise typer.Exit(add_site(url, name=name, is_written=write, options=options))
