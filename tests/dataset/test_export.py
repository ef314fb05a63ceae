"""Articles are written as JSON lines and CSV a batch at a time, and only those that are meant."""

import csv
import json
import os
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archive.dataset.export import FORMS, count_rows, selected_rows, write_rows
from archive.dataset.format import to_csv, to_json_lines
from archive.dataset.reader import open_store
from archive.dataset.scan import DatasetReader
from archive.errors import CorruptArchiveError
from archive.layout import Layout
from archive.selection import Selection
from tests.dataset.conftest import JUNE

MANY = 700  # rows of one part: more than two batches


@pytest.fixture
def articles(layout: Layout, put: Callable[..., Any], record: Callable[..., Any]) -> DatasetReader:
    """Return the articles of a store: three of site x, one a day, and many of site y."""
    days = [record("articles", n, fetch_time=JUNE + timedelta(days=n)) for n in range(3)]
    put("articles", days, site="x")
    many = [record("articles", 10 + n, headline=f"=Story {n}") for n in range(MANY)]
    put("articles", many, site="y")
    return open_store(layout.root).articles


def written(articles: DatasetReader, form: str, selection: Selection) -> tuple[int, str]:
    file = BytesIO()
    rows = write_rows(articles, selection, file, form=form)
    return rows, file.getvalue().decode()


def test_lines_of_json_are_those_of_the_whole_table(articles: DatasetReader) -> None:
    rows, text = written(articles, "jsonl", Selection())

    assert rows == MANY + 3
    assert text == to_json_lines(articles.to_arrow(articles.dataset.schema.names))


def test_csv_is_that_of_the_whole_table_with_one_header(articles: DatasetReader) -> None:
    rows, text = written(articles, "csv", Selection())

    assert rows == MANY + 3
    assert text == to_csv(articles.to_arrow(articles.dataset.schema.names))
    assert sum(row[0] == "article_id" for row in csv.reader(StringIO(text))) == 1


def test_csv_runs_in_no_spreadsheet(articles: DatasetReader) -> None:
    _, text = written(articles, "csv", Selection(site="y"))

    headlines = {row["headline"][:7] for row in csv.DictReader(StringIO(text, newline=""))}
    assert headlines == {"'=Story"}


# Days of June, by the number of the article of site x that was captured on them, from 0.
SELECTED = {
    "a_site": (Selection(site="x"), {0, 1, 2}),
    "since": (Selection(site="x", since=date(2026, 6, 2)), {1, 2}),
    "until": (Selection(site="x", until=date(2026, 6, 2)), {0, 1}),
    "a_day": (Selection(site="x", since=date(2026, 6, 2), until=date(2026, 6, 2)), {1}),
    "no_such_site": (Selection(site="z"), set()),
    "no_such_day": (Selection(since=date(2030, 1, 1)), set()),
}


@pytest.mark.parametrize(("selection", "numbers"), SELECTED.values(), ids=SELECTED.keys())
def test_what_is_selected_is_written_and_counted(
    articles: DatasetReader, selection: Selection, numbers: set[int]
) -> None:
    rows, text = written(articles, "jsonl", selection)

    assert {int(json.loads(line)["article_id"], 16) for line in text.splitlines()} == numbers
    assert rows == len(numbers) == count_rows(articles, selection)


def test_csv_without_a_row_has_its_header(articles: DatasetReader) -> None:
    rows, text = written(articles, "csv", Selection(site="z"))

    assert rows == 0
    assert text.startswith("article_id,version,")
    assert text.count("\r\n") == 1


def test_rows_are_of_the_parts_there_were_when_they_were_asked_for(
    articles: DatasetReader, put: Callable[..., Any], record: Callable[..., Any]
) -> None:
    asked = selected_rows(articles, Selection(site="x"), ("article_id",))
    put("articles", [record("articles", 9)], site="x", part_id="later")

    assert [int(row["article_id"], 16) for row in asked] == [0, 1, 2]


@pytest.mark.parametrize("form", FORMS)
def test_a_damaged_part_is_named(articles: DatasetReader, form: str) -> None:
    part = articles.files()[0]
    first = pq.read_metadata(part).row_group(0).column(0)
    middle = first.data_page_offset + first.total_compressed_size // 2
    content = part.read_bytes()
    part.write_bytes(content[:middle] + b"damage" + content[middle + 6 :])

    with pytest.raises(CorruptArchiveError, match=part.name):
        written(articles, form, Selection())


def resident_bytes() -> int:
    """Return how much memory this process holds."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_memory_does_not_grow_with_the_number_of_parts(
    layout: Layout, put: Callable[..., Any], record: Callable[..., Any]
) -> None:
    part = layout.root / put("articles", [record("articles", 1)]).path
    for number in range(120):  # a footer takes 200 kB as Arrow holds it
        part.with_name(f"part-twin{number}.parquet").hardlink_to(part)
    articles = open_store(layout.root).articles
    rows = selected_rows(articles, Selection(), ("url",))
    read = [next(rows)["url"]]

    before = resident_bytes()
    read += [row["url"] for row in rows]

    assert len(read) == 121
    assert resident_bytes() - before < 12 << 20
