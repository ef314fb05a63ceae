"""`newsreel serve`: the captures of a store in a browser of this machine."""

from pathlib import Path

from archive.errors import ConfigError
from archive.journal.journal import require_journal
from archive.layout import Layout
from crawler.console import answer_console

_STOPPED = 130
"""Ended by Ctrl-C (docs/reference/exit-codes.md)."""


def serve_store(root: Path, *, port: int, replay_port: int | None) -> int:
    """Serve until Ctrl-C; raises ConfigError without a store, the extra `room`, or a free port."""
    layout = Layout(root)
    require_journal(layout)
    try:
        from archive.replay.serving import open_serving  # noqa: PLC0415 - of an extra
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"serving needs {error.name}: install it with `pip install 'newsreel[room]'`"
        ) from error
    serving = open_serving(layout, port=port, replay_port=replay_port)
    console = answer_console()
    console.print(f"captures  {serving.list_origin}/", soft_wrap=True)
    console.print(f"replay    {serving.replay_origin}/TIMESTAMP/ADDRESS", soft_wrap=True)
    console.print("Ctrl-C ends it.")
    try:
        serving.run()
    except KeyboardInterrupt:
        return _STOPPED
    return 0
