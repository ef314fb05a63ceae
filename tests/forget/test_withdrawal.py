"""What is withdrawn is gone for every reader, the records stay, and the store is sound."""

import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from archive import open_store
from archive.errors import ConfigError, StoreError, WithdrawnError
from archive.index.build import drop_indexes, update_index
from archive.index.cdxj import parse_line
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.selection import Selection
from archive.verify.problem import Check
from archive.verify.store import verify
from archive.wacz.export import export_wacz
from archive.withdrawn import Step, Withdrawal, note, withdrawals
from tests.forget.taken_down import (
    NOW,
    OTHER,
    STORY,
    TWIN,
    WORD,
    erase_from,
    files_with,
    forget,
    packed_warcs,
)
from tests.replay.replay_samples import ask, follow, serving
from tests.verify.small_store import FIRST_RUN, SECOND_RUN, change_journal, places


def problems(root: Path) -> list[tuple[Check, str]]:
    return [(each.check, each.what) for each in verify(root).problems]


def with_pandas(folder: Path) -> set[str]:
    return set(pd.read_parquet(folder, columns=["url"])["url"])


def with_duckdb(folder: Path) -> set[str]:
    with duckdb.connect() as connection:
        rows = connection.sql(f"SELECT url FROM read_parquet('{folder}/**/*.parquet')").fetchall()
    return {row[0] for row in rows}


@pytest.mark.parametrize("read", [with_pandas, with_duckdb])
def test_plain_readers_find_no_row_of_it(store: Path, read: Callable[[Path], set[str]]) -> None:
    assert STORY in read(store / "articles") & read(store / "captures")

    forget(store, STORY)

    assert read(store / "articles") == {OTHER}
    assert STORY not in read(store / "captures")
    assert TWIN in read(store / "captures")
    assert problems(store) == []


def test_the_ledger_goes_on_accounting_for_it(store: Path) -> None:
    forget(store, STORY)

    rows = open_store(store).coverage.to_arrow().to_pylist()
    told = [row for row in rows if row["url"] == STORY]
    assert [row["run_id"] for row in told] == [FIRST_RUN, SECOND_RUN]
    for row in told:
        assert (row["fate"], row["reason"]) == ("refused", "withdrawn")
        emptied = ("advertised_title", "article_id", "warc_record_id", "fetch_time")
        assert [row[name] for name in emptied] == [None] * 4


def test_nobody_can_go_back_to_before(store: Path) -> None:
    row = next(r for r in open_store(store).articles.to_arrow().to_pylist() if r["url"] == STORY)

    forget(store, STORY)

    with pytest.raises(ConfigError):
        open_store(store, at=1).articles.to_arrow()
    with pytest.raises(WithdrawnError, match="was withdrawn on 2026-05-19"):
        open_store(store).record(row)
    assert not [each for each in (store / "snapshots").iterdir() if "000001" in each.name]


def test_no_word_of_it_is_left_but_in_the_warcs(store: Path) -> None:
    assert len(files_with(store, WORD)) > 3

    forget(store, STORY, TWIN)

    assert {Path(name).parts[0] for name in files_with(store, WORD)} == {"warc"}


def test_indexes_leave_it_out_also_when_they_are_made_anew(store: Path) -> None:
    forget(store, STORY)
    thinned = {path.name: path.read_bytes() for path in (store / "index").glob("*.cdxj")}

    drop_indexes(Layout(store))
    update_index(Layout(store))

    assert {path.name: path.read_bytes() for path in (store / "index").glob("*.cdxj")} == thinned
    lines = thinned["index.cdxj"].splitlines(keepends=True)
    urls = {parse_line(line, store, 0).url for line in lines}
    assert STORY not in urls
    assert {TWIN, OTHER} <= urls


def test_replay_and_reading_room_say_that_it_was_withdrawn(store: Path) -> None:
    article = next(
        row["article_id"]
        for row in open_store(store).articles.to_arrow().to_pylist()
        if row["url"] == STORY
    )
    forget(store, STORY, reason="a letter")

    with serving(Layout(store), now=NOW) as served:
        paths = (f"/{STORY}", f"/20260518071200/{STORY}", f"/timemap/link/{STORY}")
        answers = [ask(served.replay_origin, path) for path in paths]
        answers.append(ask(served.room_origin, f"/articles/{article}"))
        _, twin = follow(served.replay_origin, f"/20260518071200id_/{TWIN}")

    assert [each.status for each in answers] == [451] * 4
    assert all("was withdrawn on 2026-05-19 (a letter)" in each.text for each in answers)
    assert (twin.status, twin.text) == (200, f"<p>{WORD}")


@pytest.mark.parametrize(
    "selection", [Selection(), Selection(site="x-example")], ids=["whole", "of_a_site"]
)
def test_an_export_leaves_its_records_out(
    store: Path, tmp_path: Path, selection: Selection
) -> None:
    forget(store, STORY)
    out = tmp_path / "out.wacz"

    export_wacz(store, out, selection, now=NOW, software="Newsreel/0")

    for path in packed_warcs(out, tmp_path):
        content = b"".join(place.content for place in places(path))
        assert WORD.encode() not in content
        if selection.is_whole:  # rows go on saying where their bytes are
            assert path.stat().st_size == (store / "warc" / path.name).stat().st_size


def test_what_holds_the_same_article_is_withdrawn_with_it(store: Path) -> None:
    change_journal(
        store,
        "UPDATE address SET article_id = (SELECT article_id FROM address WHERE url = ?) "
        "WHERE url = ?",
        STORY,
        TWIN,
    )

    forget(store, STORY)

    assert {each.url for each in withdrawals(Layout(store)).values()} == {STORY, TWIN}
    erase_from(store, STORY)  # the journal does not know any more that they belong together
    assert all(each.is_erased for each in withdrawals(Layout(store)).values())


def test_captures_are_never_stood_on_again(store: Path) -> None:
    with closing(Journal.read(store / "journal.db")) as journal:
        record_id = journal.captures.newest(OTHER)
        capture = journal.captures.get(str(record_id))
    assert capture is not None
    forget(store, OTHER)

    with closing(Journal.read(store / "journal.db")) as journal:
        assert journal.captures.same_payload(str(capture.content_digest)) is None
        assert journal.captures.newest(OTHER) is None
        address = journal.addresses.find(OTHER)
    assert address is not None
    assert (address.etag, address.payload_id, address.article_id) == (None, None, None)


def test_the_same_command_again_changes_nothing(store: Path) -> None:
    forget(store, STORY)
    before = {path: path.stat().st_ino for path in store.rglob("*.parquet")}

    forget(store, f"{STORY}?utm_source=mail", now=NOW.replace(year=2027))

    assert {path: path.stat().st_ino for path in store.rglob("*.parquet")} == before
    (line,) = (store / "withdrawn.jsonl").read_text("utf-8").splitlines()
    told = json.loads(line)
    assert (told["step"], told["url"], told["captures"]) == ("withdrawn", STORY, 2)
    assert told["rows"] == {"articles": 2, "captures": 2, "coverage": 2}


def test_verify_tells_of_a_journal_that_is_older_than_the_log(store: Path) -> None:
    forget(store, STORY)
    change_journal(store, "UPDATE capture SET state = 'read' WHERE state = 'withdrawn'")

    (what,) = [what for check, what in problems(store) if check is Check.WITHDRAWN]

    assert "2 captures" in what
    assert f"newsreel forget {STORY}" in what
    forget(store, STORY)
    assert problems(store) == []


UNKNOWN = {
    "an_address": "https://x.example/never",
    "no_address": "a story",
    "a_robots_txt": "https://x.example/robots.txt",
}


@pytest.mark.parametrize("url", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_cannot_be_forgotten_is_said_before_anything_is_done(store: Path, url: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(url)):
        forget(store, STORY, url)

    assert not (store / "withdrawn.jsonl").exists()


def test_a_line_that_was_cut_off_was_never_written(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    first, second = Withdrawal(url=STORY, at=NOW), Withdrawal(url=OTHER, at=NOW)
    note(layout, Step.WITHDRAWN, [first, second], at=NOW)
    whole = layout.withdrawn.read_bytes()

    layout.withdrawn.write_bytes(whole[:-1])

    assert set(withdrawals(layout)) == {STORY}
    note(layout, Step.WITHDRAWN, [second], at=NOW)
    assert layout.withdrawn.read_bytes() == whole


def test_a_log_that_cannot_be_read_shows_nothing(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.withdrawn.write_bytes(b"{}\n")

    with pytest.raises(StoreError, match="line 1"):
        withdrawals(layout)
