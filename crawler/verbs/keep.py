"""Keep: what proves, tidies, reads again and hands on."""

from pathlib import Path
from typing import Annotated, Final

import typer

from archive.bucket import is_bucket
from archive.errors import ConfigError
from crawler.options import (
    ExportKind,
    Json,
    OfSite,
    Since,
    Store,
    StoreOrBucket,
    Until,
    on_disk,
)

app = typer.Typer()

PANEL: Final = "Keep"


@app.command(rich_help_panel=PANEL)
def verify(
    *,
    store: StoreOrBucket = "store",
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
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Also tell what is half done, with no crawl beside; it ends with 3."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --repair: say what it would do; write nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read everything back, and compare.

    Records, rows and ledger are checked each by itself and against the others.

    Example: newsreel verify --store store
    """
    if dry_run and not repair:
        raise ConfigError("--dry-run goes with --repair: verify alone writes nothing")
    if repair and strict:
        raise ConfigError("--strict goes without --repair, which heals what is half done")
    if is_bucket(store):
        if repair or strict or fresh:
            raise ConfigError("what workers shipped is verified as it is: give --json or nothing")
        from crawler.commands.gather import verify_shipped  # noqa: PLC0415 - pyarrow

        raise typer.Exit(verify_shipped(store, as_json=as_json))
    root = on_disk(Path(store))
    if repair:
        from crawler.commands.repair import repair_store  # noqa: PLC0415 - scrapy

        raise typer.Exit(repair_store(root, is_rehearsal=dry_run, as_json=as_json))
    from crawler.commands.verify import verify_store  # noqa: PLC0415 - pyarrow

    raise typer.Exit(verify_store(root, is_fresh=fresh, is_strict=strict, as_json=as_json))


@app.command(rich_help_panel=PANEL)
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
    """Make one file a site of every closed month, or one for each 50,000 rows.

    Readers may go on reading.

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


@app.command(rich_help_panel=PANEL)
def publish(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to: s3://bucket/prefix.")],
    *,
    store: Store = Path("store"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent; send nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Send the datasets to an object store, for others to read.

    What is not there yet is sent, then all of it is named at once.

    Example: newsreel publish s3://bucket/news
    """
    from crawler.commands.publish import publish_store  # noqa: PLC0415 - pyarrow

    raise typer.Exit(publish_store(store, url, is_rehearsal=dry_run, as_json=as_json))


@app.command(rich_help_panel=PANEL)
def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="WARC, WACZ or HTML files.")],
    *,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="The address of an HTML file.")
    ] = None,
    generic: Annotated[bool, typer.Option("--generic", help="Read without site files.")] = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One record a line, which is the form without it, too.")
    ] = False,
) -> None:
    """Read articles out of any WARC, WACZ or saved page.

    A crawl's, a browser's or Common Crawl's; no store is needed.

    Example: newsreel extract page.html --url https://www.example.com/a/ --jsonl
    """
    from crawler.commands.extract import extract_files  # noqa: PLC0415 - trafilatura's workers

    del jsonl  # for scripts that would rather say so
    raise typer.Exit(extract_files(files, url=url, is_generic=generic))


@app.command(rich_help_panel=PANEL)
def reextract(  # noqa: PLR0913 - one parameter an option
    *,
    store: Store = Path("store"),
    site: OfSite = None,
    since: Since = None,
    until: Until = None,
    sample: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Only look: read N rows again, and compare."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", show_default="one a core", help="Worker processes."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Have the workers of a Dask cluster do it: tcp://HOST:PORT."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read everything again; write nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read the kept pages again with today's rules.

    What reads differently now is a new snapshot.

    Example: newsreel reextract --site fandomwire --sample 100
    """
    from crawler.extract.pool import warm  # noqa: PLC0415 - pebble

    if scheduler is None:
        warm("crawler.reextract.crew")
    from crawler.commands.reextract import reextract_store  # noqa: PLC0415 - scrapy

    code = reextract_store(
        store,
        site=site,
        since=since,
        until=until,
        sample_rows=sample,
        jobs=jobs,
        scheduler=scheduler,
        is_rehearsal=dry_run,
        as_json=as_json,
    )
    raise typer.Exit(code)


@app.command(rich_help_panel=PANEL)
def forget(  # noqa: PLR0913 - one parameter an option
    urls: Annotated[list[str], typer.Argument(metavar="URL", help="Addresses to take down.")],
    *,
    store: Store = Path("store"),
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason", metavar="TEXT", help="Why, for the log and for who asks for it later."
        ),
    ] = None,
    erase: Annotated[
        bool,
        typer.Option("--erase", help="Also overwrite the records in the WARCs, for good."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --erase: do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be taken down; change nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Withdraw addresses from all readers: honour a takedown.

    They are never asked for again, and all of it is logged.

    Example: newsreel forget https://www.example.com/2026/a-story/ --reason "letter of 2 March"
    """
    if yes and not erase:
        raise ConfigError("--yes goes with --erase: nothing else is asked")
    from crawler.commands.forget import forget_addresses  # noqa: PLC0415 - pyarrow

    code = forget_addresses(
        store,
        urls,
        reason=reason,
        is_erasing=erase,
        is_sure=yes,
        is_rehearsal=dry_run,
        as_json=as_json,
    )
    raise typer.Exit(code)


@app.command(rich_help_panel=PANEL)
def export(  # noqa: PLR0913 - one parameter an option
    kind: Annotated[ExportKind, typer.Argument(metavar="KIND", help="What to write.")],
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="PATH", help="The file or folder; it must be new.")
    ],
    store: Store = Path("store"),
    site: OfSite = None,
    since: Since = None,
    until: Until = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a WACZ, JSON lines, CSV, Iceberg or Hugging Face files.

    Example: newsreel export wacz --site fandomwire --out fandomwire.wacz
    """
    from crawler.commands.export import export_store  # noqa: PLC0415 - pyarrow

    limits = {"site": site, "since": since, "until": until}
    code = export_store(store, kind, out, limits=limits, is_rehearsal=dry_run, as_json=as_json)
    raise typer.Exit(code)
