"""`newsreel serve`: the reading room of a store, in a browser of this machine."""

from pathlib import Path

from archive.counted import counted
from archive.extras import extra_missing
from archive.instant import now_utc
from archive.journal.journal import require_journal
from archive.layout import Layout
from crawler.console import answer_console, message_console
from crawler.registry import promised_rates
from crawler.stopping import BY_SIGNAL, INTERRUPTED
from crawler.telling import coverage_sentence, state_of

_WORTH_TELLING = 20_000


def serve_store(root: Path, *, port: int, replay_port: int | None) -> int:
    """Serve until Ctrl-C; raises ConfigError without a store, the extra `room`, or a free port."""
    layout = Layout(root)
    require_journal(layout)
    try:
        from archive.room.room import Teller  # noqa: PLC0415 - of an extra
        from archive.room.serving import open_serving  # noqa: PLC0415 - same
    except ModuleNotFoundError as error:
        raise extra_missing(f"serving needs {error.name}", "room") from error
    serving = open_serving(
        layout,
        teller=Teller(sentence=coverage_sentence, state=state_of, promised=promised_rates),
        clock=now_utc,
        port=port,
        replay_port=replay_port,
        report=_say_how_far,
    )
    console = answer_console()
    console.print(f"room    {serving.room_origin}/", soft_wrap=True)
    console.print(f"replay  {serving.replay_origin}/TIMESTAMP/ADDRESS", soft_wrap=True)
    console.print("Ctrl-C ends it.")
    try:
        signum = serving.run()
    except KeyboardInterrupt:
        return INTERRUPTED
    return BY_SIGNAL + signum if signum else 0


def _say_how_far(done: int, total: int) -> None:
    """Tell of an index that takes a while to be made; a small one is not worth a word."""
    if total >= _WORTH_TELLING:
        message_console().print(f"index  {done:,} of {counted(total, 'row')}", soft_wrap=True)
