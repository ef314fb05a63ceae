"""Start: what a newcomer types first."""

from pathlib import Path
from typing import Annotated, Final

import typer

app = typer.Typer()

PANEL: Final = "Start"


@app.command(rich_help_panel=PANEL)
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where the demo's store goes.")
    ] = Path("newsreel-demo"),
) -> None:
    """Crawl a small made-up news world on this machine and show the result.

    Example: newsreel demo
    """
    from crawler.commands.demo import show_demo  # noqa: PLC0415 - duckdb

    raise typer.Exit(show_demo(folder))
