"""`newsreel`: its verbs, and what ends each of them: an exit code, and one sentence at most.

The answer goes to standard output, progress and errors to standard error. Nothing heavy is imported
before a command needs it: `newsreel --help` loads neither Scrapy nor DuckDB.
"""

import atexit
import gc
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup
from typing_extensions import override

from archive.errors import NewsreelError
from archive.fault import arm
from crawler.console import UNREAD, on_one_line
from crawler.stopping import INTERRUPTED
from crawler.verbs import fleet, keep, look, run, start


def _tell_version(is_asked: bool) -> None:  # noqa: FBT001 - as typer calls it
    if is_asked:
        typer.echo(f"newsreel {version('newsreel')}")
        raise typer.Exit


def _untyped(params: list[Any], ctx: Any) -> list[Any]:
    """Leave out of the help what Python makes of a flag or an argument, unless it is a choice."""
    for each in params:
        is_named = isinstance(each, TyperArgument) and "|" not in str(each.display_type(ctx))
        if is_named or getattr(each, "is_flag", False):
            each.display_type_rich = lambda ctx: None  # noqa: ARG005 - as typer calls it
    return params


class _Verb(TyperCommand):
    @override
    def get_params(self, ctx: Any) -> list[Any]:
        return _untyped(super().get_params(ctx), ctx)


class _Verbs(TyperGroup):
    @override
    def get_params(self, ctx: Any) -> list[Any]:
        return _untyped(super().get_params(ctx), ctx)


app = typer.Typer(
    name="newsreel",
    cls=_Verbs,
    help="Archive entertainment news: WARC you can replay, Parquet you can query.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _newsreel(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Tell which Newsreel this is."
        ),
    ] = False,
) -> None:
    """Archive entertainment news: WARC you can replay, Parquet you can query."""


for _panel in (start, run, look, keep, fleet):
    for _command in _panel.app.registered_commands:
        _command.cls = _Verb
    app.add_typer(_panel.app)


def _leave_things_where_they_are() -> None:
    """Keep Python from looking through all that is loaded for what it could free.

    It takes a third of a second, and the process ends anyway. DuckDB tells what it finds left.
    """
    if "_duckdb" not in sys.modules:
        gc.freeze()


def main() -> None:
    """Run `newsreel` and exit with its code; what went wrong is one sentence, never a traceback."""
    # Arrow reads it when it is loaded. The allocator that it would choose keeps more of what is
    # freed: 30 MiB in a crawl, 60 in a compaction.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # Else the processes that we begin would look for modules in the folder we are called in first,
    # as is right for `python -m crawler` in a checkout.
    if not Path("crawler", "cli.py").is_file():
        os.environ.setdefault("PYTHONSAFEPATH", "1")
    atexit.register(_leave_things_where_they_are)
    try:
        arm(os.environ.get("NEWSREEL_FAULT", ""))
        app(prog_name="newsreel")
    except NewsreelError as error:
        typer.echo(f"error: {on_one_line(str(error))}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except SystemExit as ended:
        # typer and rich print help by themselves, and end with 1 when nobody reads it on.
        if isinstance(ended.__context__, BrokenPipeError):
            sys.exit(UNREAD)
        raise


if __name__ == "__main__":
    main()
