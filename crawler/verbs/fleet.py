"""Fleet: one crawl from several machines, and what it shipped."""

from pathlib import Path
from typing import Annotated, Final

import typer

from crawler.options import Json, NewStore, OfSite

app = typer.Typer()

PANEL: Final = "Several machines"


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
