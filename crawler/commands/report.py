"""`newsreel report`: how a store stands, as one page that can be mailed."""

from pathlib import Path

from archive.durable import write_whole
from archive.errors import LossError, write_failure
from archive.extras import extra_missing
from archive.instant import now_utc
from archive.journal.journal import require_journal
from archive.layout import Layout
from crawler.console import answer_console, message_console
from crawler.registry import promised_rates
from crawler.telling import coverage_sentence, damages_told, state_of


def write_report(root: Path, target: Path) -> int:
    """Write the page, and return 5 when it tells of a damaged store.

    Raises ConfigError without a store or the extra `room`.
    """
    layout = Layout(root)
    require_journal(layout)
    try:
        from archive.room.report import make_report  # noqa: PLC0415 - of an extra
        from archive.room.room import Room, Teller  # noqa: PLC0415 - same
        from archive.search.index import open_index  # noqa: PLC0415 - duckdb
    except ModuleNotFoundError as error:
        raise extra_missing(f"a report needs {error.name}", "room") from error
    index = open_index(layout)
    index.refresh()
    teller = Teller(sentence=coverage_sentence, state=state_of, promised=promised_rates)
    room = Room(layout=layout, index=index, teller=teller, clock=now_utc, replay_origin="")
    page = make_report(room).encode("utf-8", "replace")
    try:
        write_whole(target, page)
    except OSError as error:
        raise write_failure(error, target) from error
    answer_console().print(f"{target}  {len(page) / 1e3:,.0f} kB", soft_wrap=True)
    damages = room.shortfalls()
    for line in damages_told(damages, root):
        message_console().print(line, soft_wrap=True)
    return LossError.exit_code if damages else 0
