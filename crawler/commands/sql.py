"""`newsreel sql`: one question to the dataset."""

from typing import Final

from rich.table import Table

from archive import open_published, open_store
from archive.bucket import is_bucket
from archive.counted import counted
from archive.dataset.format import cells, to_csv, to_json
from crawler.console import answer_console

_AS_WIDE_AS_IT_IS: Final = 1 << 24


def run_sql(place: str, query: str, form: str, *, at: str | None = None) -> int:
    """Print a query's answer as table, csv or json; ConfigError says what is wrong with it.

    The place is a store's path, or the address that it was published to.
    """
    opened = open_published(place, at=at) if is_bucket(place) else open_store(place, at=at)
    answer = opened.sql(query)
    console = answer_console()
    if form == "csv":
        console.out(to_csv(answer), end="")
    elif form == "json":
        console.out(to_json(answer), end="")
    else:
        table = Table(box=None, pad_edge=False)
        for name in answer.column_names:
            # A piped table is read by a program or a person with a wide window: nothing is cut.
            table.add_column(name, no_wrap=not console.is_terminal)
        for row in cells(answer):
            table.add_row(*row)
        if not console.is_terminal:
            console.width = _AS_WIDE_AS_IT_IS
            console.width = console.measure(table).maximum
        console.print(table)
        console.print(f"\n{counted(answer.num_rows, 'row')}")
    return 0
