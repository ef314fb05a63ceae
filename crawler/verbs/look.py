"""Look: what reads a store."""

from pathlib import Path
from typing import Annotated, Final

import typer

from crawler.options import At, Format, Json, Store, StoreOrBucket

app = typer.Typer()

PANEL: Final = "Look"


@app.command(rich_help_panel=PANEL)
def show(
    ref: Annotated[
        str, typer.Argument(metavar="REF", help="An address, an article id or a WARC-Record-ID.")
    ],
    *,
    store: Store = Path("store"),
    raw: Annotated[
        bool, typer.Option("--raw", help="The record's bytes as they crossed the wire.")
    ] = False,
    headers: Annotated[
        bool, typer.Option("--headers", help="The answer's first part only.")
    ] = False,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Show one article as text, or the record it was read from.

    Example: newsreel show https://www.example.com/2026/a-story/ --raw
    """
    from crawler.commands.show import show_capture  # noqa: PLC0415 - duckdb

    form = "raw" if raw else "head" if headers else "json" if as_json else "text"
    raise typer.Exit(show_capture(store, ref, form, at=at))


@app.command(rich_help_panel=PANEL)
def diff(
    ref: Annotated[
        str, typer.Argument(metavar="REF", help="An address, an article id or a WARC-Record-ID.")
    ],
    *,
    store: Store = Path("store"),
    versions: Annotated[
        tuple[int, int] | None,
        typer.Option("--versions", metavar="A B", help="These two; else each and the next."),
    ] = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Show what was edited in an article, word by word.

    Example: newsreel diff https://www.example.com/2026/a-story/
    """
    from crawler.commands.diff import diff_article  # noqa: PLC0415 - duckdb

    raise typer.Exit(diff_article(store, ref, at=at, versions=versions, as_json=as_json))


@app.command(rich_help_panel=PANEL)
def sql(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="One SELECT over the views.")],
    *,
    store: StoreOrBucket = "store",
    at: At = None,
    form: Annotated[
        Format, typer.Option("--format", help="How the answer is written.")
    ] = Format.TABLE,
) -> None:
    """Ask the dataset a question in SQL.

    Views: articles, articles_latest, article_versions, captures, coverage,
    images, quotes, authors, links, key_points, blocks, daily_counts,
    reprints, near_duplicates.

    Example: newsreel sql "select headline from articles_latest limit 5"
    """
    from crawler.commands.sql import run_sql  # noqa: PLC0415 - duckdb

    raise typer.Exit(run_sql(store, query, form, at=at))


@app.command(rich_help_panel=PANEL)
def report(
    *,
    store: Store = Path("store"),
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The page; one that is there is replaced.")
    ] = Path("newsreel-report.html"),
) -> None:
    """Write how the store stands as one HTML file, to mail.

    Example: newsreel report --store store --out report.html
    """
    from crawler.commands.report import write_report  # noqa: PLC0415 - jinja2

    raise typer.Exit(write_report(store, out))


@app.command(rich_help_panel=PANEL)
def serve(
    *,
    store: Store = Path("store"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="Port of the room; 0: any free one.")
    ] = 8090,
    replay_port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            metavar="N",
            show_default="the next port",
            help="Port of the replay: an origin of its own.",
        ),
    ] = None,
) -> None:
    """Open the store in a browser of this machine: the reading room.

    Example: newsreel serve --store store --port 8090
    """
    from crawler.commands.serve import serve_store  # noqa: PLC0415 - starlette

    raise typer.Exit(serve_store(store, port=port, replay_port=replay_port))
