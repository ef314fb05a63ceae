"""Rows of a site that brings no more: published beside the crawl of the others."""

from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import pytest

from archive.errors import CaptureError
from tests.archive.sink_bench import Bench, flushes


@dataclass(frozen=True, slots=True)
class TooMuch:
    """An article for which there is no room."""

    fetch_time: Any

    def __getattr__(self, _: str) -> Any:
        raise MemoryError


def test_a_site_at_rest_is_published_before_the_others(bench: Bench) -> None:
    ours, theirs = bench.row(), bench.row(site="y")
    bench.sink.append(ours)
    bench.sink.append(theirs)

    bench.sink.rest("x")
    parts = flushes(bench)

    assert parts == 1
    assert bench.published("articles") == [ours.article.url]
    assert bench.published("captures") == [ours.article.url]
    bench.sink.close(is_finished=True)
    assert bench.published("articles") == [ours.article.url, theirs.article.url]
    assert sorted(bench.published("captures")) == [ours.article.url, theirs.article.url]


def test_a_site_that_rests_again_without_news_makes_no_part(bench: Bench) -> None:
    bench.sink.append(bench.row())

    bench.sink.rest("x")
    flushes(bench)
    bench.sink.rest("x")

    assert flushes(bench) == 1
    assert len(bench.paths("captures")) == 1


def test_sites_that_come_to_rest_together_are_named_in_few_transactions(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        bench.sink.append(bench.row(site=f"site-{number}"))
    commits: list[None] = []
    monkeypatch.setattr(bench.desk.recorder, "_on_commit", lambda: commits.append(None))

    busy = Event()
    bench.sink._thread.submit(busy.wait)  # noqa: SLF001 - parts are being written
    for number in range(12):
        bench.sink.rest(f"site-{number}")
    busy.set()

    assert flushes(bench) == 12
    assert len(commits) < 12


def test_rows_at_rest_that_cannot_be_written_stop_the_crawl(bench: Bench) -> None:
    bench.sink.append(bench.row())
    in_the_way = bench.desk.store.layout.dataset("articles") / "site=x"
    in_the_way.write_bytes(b"")

    bench.sink.rest("x")
    with pytest.raises(CaptureError) as error:
        bench.sink.close(is_finished=True)

    in_the_way.unlink()
    assert error.value is bench.desk.recorder.failure
    assert len(bench.desk.reader.captures.unread(after=0, limit=9)) == 1
    assert bench.published("articles") == []


def test_what_nobody_foresaw_in_writing_rows_stops_the_crawl(bench: Bench) -> None:
    row = bench.row()
    article: Any = TooMuch(fetch_time=row.article.fetch_time)
    bench.sink.append(replace(row, article=article))

    bench.sink.rest("x")
    with pytest.raises(CaptureError, match="MemoryError"):
        bench.sink.close(is_finished=True)

    assert bench.desk.recorder.failure is not None
    assert bench.published("articles") == bench.published("coverage") == []
