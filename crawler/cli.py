"""`newsreel`: arguments and exit codes; what a command does is one call below.

The answer goes to standard output, progress and errors to standard error. Nothing heavy is imported
before a command needs it: `newsreel --help` loads neither Scrapy nor DuckDB.
"""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from archive.errors import ConfigError, NewsreelError
from crawler.options import (
    DAY,
    AllowNetwork,
    At,
    Contact,
    ExportKind,
    Format,
    Json,
    NewStore,
    Proxy,
    Store,
    With,
)

app = typer.Typer(
    name="newsreel",
    help="Archive entertainment news: WARC you can replay, Parquet you can query.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

START: Final = "Start"
RUN: Final = "Run"
LOOK: Final = "Look"
KEEP: Final = "Keep"


@app.command(rich_help_panel=START)
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


@app.command(rich_help_panel=RUN)
def crawl(  # noqa: PLR0913 - one parameter an option
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET...",
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
    max_pages: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Ask for at most N pages a site.")
    ] = None,
    requisites: Annotated[
        With | None,
        typer.Option(
            help="What is fetched with each page so that it can be seen as it was; "
            "not given: what the site's file says, or none."
        ),
    ] = None,
    delay: Annotated[
        float,
        typer.Option(
            min=0, max=86_400, metavar="SECONDS", help="Pause between requests to a site."
        ),
    ] = 2.0,
    proxy: Proxy = None,
    allow_network: AllowNetwork = None,
    contact: Contact = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing when all went well.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fetch what is new on sites, or one page; look again at what is known.

    Example: newsreel crawl fandomwire https://www.example.com/ --store store
    """

    def crawl_now(words: Sequence[str]) -> int:
        from crawler.commands.crawl import plan_crawl, run_crawl  # noqa: PLC0415 - scrapy

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
        return run_crawl(store, plan, is_quiet=quiet, as_json=as_json)

    if due:
        from crawler.commands.due import crawl_due  # noqa: PLC0415 - the journal

        raise typer.Exit(crawl_due(store, targets or (), crawl_now, is_quiet=quiet))
    if not targets:
        raise typer.BadParameter(
            "name a site, its address, or a page's address", param_hint="TARGET"
        )
    raise typer.Exit(crawl_now(targets))


@app.command(rich_help_panel=RUN)
def status(*, store: Store = Path("store"), as_json: Json = False) -> None:
    """Tell what is archived, what is missing and what needs a look; works beside a crawl.

    Example: newsreel status --store store
    """
    from crawler.commands.status import show_status  # noqa: PLC0415 - rich tables

    raise typer.Exit(show_status(store, as_json=as_json))


@app.command(rich_help_panel=RUN)
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


@app.command(rich_help_panel=LOOK)
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
    as_json: Json = False,
) -> None:
    """Show one article as text, or the record it was read from.

    Example: newsreel show https://www.example.com/2026/a-story/ --raw
    """
    from crawler.commands.show import show_capture  # noqa: PLC0415 - duckdb

    raise typer.Exit(show_capture(store, ref, is_raw=raw, is_head=headers, as_json=as_json))


@app.command(rich_help_panel=LOOK)
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
    """Show what changed in an article since it was first captured, word by word.

    Example: newsreel diff https://www.example.com/2026/a-story/
    """
    from crawler.commands.diff import diff_article  # noqa: PLC0415 - duckdb

    raise typer.Exit(diff_article(store, ref, at=at, versions=versions, as_json=as_json))


@app.command(rich_help_panel=LOOK)
def sql(
    query: Annotated[str, typer.Argument(help="One SELECT over the views.")],
    *,
    store: Store = Path("store"),
    at: At = None,
    form: Annotated[
        Format, typer.Option("--format", help="How the answer is written.")
    ] = Format.TABLE,
) -> None:
    """Query the dataset: views articles, articles_latest, captures, coverage, images, quotes, ...

    Example: newsreel sql "select headline from articles_latest limit 5"
    """
    from crawler.commands.sql import run_sql  # noqa: PLC0415 - duckdb

    raise typer.Exit(run_sql(store, query, form, at=at))


@app.command(rich_help_panel=LOOK)
def serve(
    *,
    store: Store = Path("store"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="Port of the list; 0: any free one.")
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
    """Show captures in a browser of this machine as they were: without scripts, out of the archive.

    Example: newsreel serve --store store --port 8090
    """
    from crawler.commands.serve import serve_store  # noqa: PLC0415 - starlette

    raise typer.Exit(serve_store(store, port=port, replay_port=replay_port))


@app.command(rich_help_panel=KEEP)
def verify(
    *,
    store: Store = Path("store"),
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Mend what can be mended; what is replaced or cut is kept aside."
        ),
    ] = False,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Read everything, also what an interrupted verify had read."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --repair: say what it would do; write nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read everything back and compare: records, rows, ledger, and each against the others.

    Example: newsreel verify --store store
    """
    if dry_run and not repair:
        raise ConfigError("--dry-run goes with --repair: verify alone writes nothing")
    if repair:
        from crawler.commands.repair import repair_store  # noqa: PLC0415 - scrapy

        raise typer.Exit(repair_store(store, is_rehearsal=dry_run, as_json=as_json))
    from crawler.commands.verify import verify_store  # noqa: PLC0415 - pyarrow

    raise typer.Exit(verify_store(store, is_fresh=fresh, as_json=as_json))


@app.command(rich_help_panel=KEEP)
def compact(
    *,
    store: Store = Path("store"),
    current: Annotated[
        bool, typer.Option("--current", help="The month that is going on, too.")
    ] = False,
    keep_days: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="Days that a snapshot stays after the next took its place."
        ),
    ] = 7,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make one file a site of every closed month; readers may go on reading.

    Example: newsreel compact --store store
    """
    from crawler.commands.compact import compact_store  # noqa: PLC0415 - pyarrow

    code = compact_store(
        store,
        is_open_too=current,
        keep_days=keep_days,
        is_rehearsal=dry_run,
        as_json=as_json,
    )
    raise typer.Exit(code)


@app.command(rich_help_panel=KEEP)
def extract(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="WARC, WACZ or HTML files.")
    ],
    *,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="The address of an HTML file.")
    ] = None,
    generic: Annotated[bool, typer.Option("--generic", help="Read without site files.")] = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One record a line (the only form there is so far).")
    ] = False,
) -> None:
    """Read articles out of any archive: a crawl's, a browser's, Common Crawl's, or saved pages.

    Example: newsreel extract page.html --url https://www.example.com/a/ --jsonl
    """
    from crawler.commands.extract import extract_files  # noqa: PLC0415 - trafilatura's workers

    del jsonl  # the answer is JSON lines with and without it
    raise typer.Exit(extract_files(files, url=url, is_generic=generic))


@app.command(rich_help_panel=KEEP)
def export(  # noqa: PLR0913 - one parameter an option
    kind: Annotated[ExportKind, typer.Argument(help="What to write.")],
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="PATH", help="The file or folder; it must be new.")
    ],
    store: Store = Path("store"),
    site: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of this site only, as `status` names it.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=DAY, metavar="DATE", help="The first day of capture, UTC."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=DAY, metavar="DATE", help="The last day, included."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write captures as a WACZ, articles as JSON lines or CSV, or all datasets for other tools.

    Example: newsreel export wacz --site fandomwire --out fandomwire.wacz
    """
    from crawler.commands.export import export_store  # noqa: PLC0415 - pyarrow

    limits = {"site": site, "since": since, "until": until}
    code = export_store(store, kind, out, limits=limits, is_rehearsal=dry_run, as_json=as_json)
    raise typer.Exit(code)


def main() -> None:
    """Run `newsreel` and exit with its code; what went wrong is one sentence, never a traceback."""
    try:
        app(prog_name="newsreel")
    except NewsreelError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
