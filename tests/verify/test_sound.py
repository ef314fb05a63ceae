"""No false alarm: on a sound store, on one that a crawl writes to, and on one it was killed on."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from archive.coverage import Fate
from archive.durable import held
from archive.errors import NoStoreError, StoreFormatError, StoreInUseError
from archive.journal.captures import UnreadCapture
from archive.journal.journal import Journal
from archive.verify.problem import Area, Check, Findings
from archive.verify.report import Step
from archive.verify.store import verify
from tests.archive.warc_samples import ODD_HEADS
from tests.verify.small_store import (
    BEGIN,
    CHUNKED,
    FIRST_WARC,
    Crawl,
    answer,
    change_journal,
    crawling,
)

THIRD_RUN = "20260518T091200Z-0003"
THIRD_WARC = f"newsreel-{THIRD_RUN}-00001.warc.gz"


@contextmanager
def third_run(root: Path) -> Iterator[Crawl]:
    """Begin another run on the store, with something committed that is not read yet."""
    with crawling(root, THIRD_RUN, BEGIN + timedelta(hours=2)) as crawl:
        crawl.fetch("/fresh", answer(b"<p>Fresh"))
        yield crawl


def files_of(root: Path) -> dict[str, bytes]:
    """Return every file of a store; SQLite's own working files come and go."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith("journal.db-")
    }


def test_a_sound_store_is_sound(sound: Path) -> None:
    report = verify(sound)

    assert report.is_sound
    assert (report.problems, report.remarks) == ((), ())


def test_the_report_counts_what_was_read(sound: Path) -> None:
    report = verify(sound)

    assert (report.warcs.files, report.warcs.records) == (2, 41)
    assert report.warcs.size_bytes == sum(p.stat().st_size for p in (sound / "warc").iterdir())
    assert report.dataset.rows == {"articles": 3, "captures": 13, "coverage": 13}
    assert report.links == 3
    assert report.ledger.runs == 2
    assert report.ledger.fates["archived"] == 3


def test_nothing_is_written(store: Path) -> None:
    before = files_of(store)

    verify(store)

    assert files_of(store) == before


def test_progress_reaches_the_end_of_every_area(sound: Path) -> None:
    steps: list[Step] = []

    verify(sound, report=steps.append)

    last = {step.area: (step.done, step.total) for step in steps}
    assert set(last) == {Area.WARC, Area.DATASET, Area.LEDGER}
    assert all(done == total for done, total in last.values())


def torn_tail(root: Path) -> None:
    with (root / "warc" / f"{THIRD_WARC}.open").open("ab") as file:
        file.write(b"\x1f\x8b\x08 half a member")


def part_not_named_yet(root: Path) -> None:
    folder = root / "articles" / "site=x-example" / "month=2026-05"
    (folder / f"part-{THIRD_RUN}-091200000000-00001.parquet").write_bytes(b"to be named next")


def part_being_written(root: Path) -> None:
    (root / "staging" / f"articles-part-{THIRD_RUN}-1.parquet").write_bytes(b"half a part")


def warc_not_committed_yet(root: Path) -> None:
    name = THIRD_WARC.replace("00001", "00002")
    (root / "warc" / f"{name}.open").write_bytes(b"\x1f\x8b\x08 half a warcinfo")


def nothing(_: Path) -> None:
    """Leave everything as it was committed."""


def sealed_but_not_noted(root: Path) -> None:
    path = root / "warc" / f"{THIRD_WARC}.open"
    path.rename(path.with_suffix(""))


IN_FLIGHT = {
    "committed": nothing,
    "torn_tail": torn_tail,
    "part_not_named_yet": part_not_named_yet,
    "part_being_written": part_being_written,
    "warc_not_committed_yet": warc_not_committed_yet,
    "sealed_but_not_noted": sealed_but_not_noted,
}


@pytest.mark.parametrize("flight", IN_FLIGHT.values(), ids=IN_FLIGHT.keys())
def test_what_a_running_crawl_has_in_flight_is_no_damage(
    flight: Callable[[Path], None], store: Path
) -> None:
    with third_run(store):
        flight(store)

        assert verify(store).problems == ()


@pytest.mark.parametrize("flight", IN_FLIGHT.values(), ids=IN_FLIGHT.keys())
def test_what_a_killed_crawl_left_is_no_damage_before_and_after_healing(
    flight: Callable[[Path], None], store: Path, tmp_path: Path
) -> None:
    with third_run(store):
        flight(store)
        killed = Path(shutil.copytree(store, tmp_path / "killed"))

    assert verify(killed).problems == ()
    with crawling(killed, "20260518T101200Z-0004", BEGIN + timedelta(hours=3)) as next_crawl:
        next_crawl.finish()
    assert verify(killed).problems == ()


def test_a_stopped_run_is_sound(store: Path) -> None:
    with third_run(store) as crawl:
        crawl.finish("stopped")

    assert verify(store).problems == ()


def test_what_is_committed_meanwhile_is_left_for_the_next_time(store: Path) -> None:
    with third_run(store) as crawl:
        meanwhile = iter((_publish_more, _end))

        def go_on(_: Step) -> None:
            next(meanwhile, lambda _: None)(crawl)

        report = verify(store, report=go_on)

    assert report.problems == ()
    assert (report.warcs.files, report.ledger.runs) == (3, 2)
    assert verify(store).ledger.runs == 3


def _publish_more(crawl: Crawl) -> None:
    page = crawl.fetch("/fresh-article", answer(b"<p>News"))
    crawl.keep_article(page, "News")
    crawl.rows.flush().result()


def _end(crawl: Crawl) -> None:
    crawl.finish()


def test_a_run_that_begins_and_ends_meanwhile_is_left_alone(store: Path) -> None:
    def run_once(step: Step) -> None:
        if step.area is Area.WARC and step.done == step.total:
            with third_run(store) as crawl:
                _publish_more(crawl)
                crawl.finish()

    report = verify(store, report=run_once)

    assert report.problems == ()
    assert verify(store).warcs.files == 3


def test_what_is_staged_while_the_store_is_held_is_no_damage(store: Path) -> None:
    (store / "staging" / "index.cdxj").write_bytes(b"an index being made")

    with held(store / "lock"):
        assert verify(store).problems == ()
    assert [problem.check for problem in verify(store).problems] == [Check.LEFTOVER]


HALF_DONE: dict[str, set[Check]] = {
    "committed": set(),
    "torn_tail": {Check.WARC_LENGTH},
    "part_not_named_yet": {Check.DATASET_STRAY},
    "part_being_written": {Check.LEFTOVER},
    "warc_not_committed_yet": {Check.WARC_STRAY},
    "sealed_but_not_noted": set(),
}


@pytest.mark.parametrize("name", IN_FLIGHT)
def test_what_a_killed_crawl_left_is_half_done_until_the_next_has_ended(
    name: str, store: Path, tmp_path: Path
) -> None:
    with third_run(store):
        IN_FLIGHT[name](store)
        killed = Path(shutil.copytree(store, tmp_path / "killed"))

    report = verify(killed, is_strict=True)

    left = {each.check for each in report.half_done}
    # The WARC that the killed run wrote to is not sealed, but where it was on the way to be.
    unsealed = set() if name == "sealed_but_not_noted" else {Check.LEFTOVER}
    assert report.is_sound
    assert left == {Check.RUN} | HALF_DONE[name] | unsealed
    go_on_and_end(killed)
    assert verify(killed, is_strict=True).is_at_rest


def go_on_and_end(store: Path) -> None:
    """Take up the run that was killed, as the same command does, and end it."""
    with crawling(store, THIRD_RUN, BEGIN + timedelta(hours=3)) as crawl:
        for unread in crawl.reader.captures.unread(after=0, limit=10):

            def settle(journal: Journal, unread: UnreadCapture = unread) -> None:
                journal.captures.mark_read(unread.record_id)
                journal.addresses.settle(unread.address_id, Fate.NOT_ARTICLE)

            crawl.recorder.write(settle).result()
        crawl.finish()


def test_a_sound_store_is_at_rest(sound: Path) -> None:
    assert verify(sound, is_strict=True).is_at_rest


def test_a_strict_look_keeps_writers_off_and_is_kept_off_by_them(store: Path) -> None:
    def begin_beside(_: Step) -> None:
        with pytest.raises(StoreInUseError), held(store / "lock"):
            pass

    assert verify(store, is_strict=True, report=begin_beside).is_at_rest
    with held(store / "lock"), pytest.raises(StoreInUseError):
        verify(store, is_strict=True)


def test_what_waits_in_a_finished_run_is_half_done(store: Path) -> None:
    change_journal(store, "UPDATE capture SET state = 'unread' WHERE url LIKE '%/chunked'")

    report = verify(store)

    assert report.is_sound
    assert [each.what[:10] for each in report.half_done] == ["1 capture "]


LIES = {
    "plain": (b"<p>Plain", "bad_content_coding"),
    "broken_off": (
        answer(b"<p>" + b"x" * 99, coding="gzip").partition(b"\r\n\r\n")[2][:-9],
        "breaks off",
    ),
}


@pytest.mark.parametrize(("body", "why"), LIES.values(), ids=LIES.keys())
def test_a_coding_that_the_server_named_wrongly_is_remarked_and_no_damage(
    body: bytes, why: str, store: Path
) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    with third_run(store) as crawl:
        crawl.settle(crawl.fetch("/lie", head.encode() + body), Fate.UNREADABLE)
        crawl.finish()

    report = verify(store)

    assert report.is_sound
    (remark,) = (each for each in report.remarks if each.check is Check.CODING)
    assert why in remark.what
    assert remark.path == f"warc/{THIRD_WARC}"


ODD = {
    **ODD_HEADS,
    "latin_1_fields": b"HTTP/1.1 200 caf\xe9\r\nX-Lat: \xff\xfe\r\nContent-Length: 2\r\n\r\nok",
    "chunk_extensions": CHUNKED.replace(b"6\r\n<p>One", b"6;a=b\r\n<p>One"),
    "head_alone": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "empty_body": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
    "no_content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "switching": b"HTTP/1.1 101 Switching Protocols\r\n\r\nraw",
}


@pytest.mark.parametrize("response", ODD.values(), ids=ODD.keys())
def test_an_odd_answer_is_no_damage(response: bytes, store: Path) -> None:
    with third_run(store) as crawl:
        crawl.settle(crawl.fetch("/odd?a=<b> c", response), Fate.NOT_ARTICLE)
        crawl.settle(crawl.fetch("/odd-again", response), Fate.NOT_ARTICLE)
        crawl.finish()

    assert verify(store).problems == ()


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoStoreError):
        verify(tmp_path)


def test_a_journal_that_is_no_database_is_damaged(store: Path) -> None:
    (store / "journal.db").write_bytes(b"not a database at all" * 99)

    (problem,) = verify(store).problems

    assert (problem.check, problem.what) == (Check.JOURNAL, "file is not a database")
    assert "verify --repair" in problem.hint


def test_a_store_of_a_newer_newsreel_is_refused(store: Path) -> None:
    change_journal(store, "PRAGMA user_version = 99")

    with pytest.raises(StoreFormatError, match="newer Newsreel"):
        verify(store)


def test_a_part_of_a_newer_newsreel_is_refused(store: Path) -> None:
    change_journal(store, "UPDATE part SET schema_version = 99")

    with pytest.raises(StoreFormatError, match="newer Newsreel"):
        verify(store)


def test_of_many_problems_the_first_are_kept_and_all_are_counted() -> None:
    findings = Findings()

    for number in range(Findings.MOST_OF_A_CHECK + 5):
        findings.add(Check.FRAMING, "warc/x", "damaged", offset=number)
        findings.remark(Check.CODING, "warc/x", "odd", hint="nothing")

    assert len(findings.problems) == len(findings.remarks) == Findings.MOST_OF_A_CHECK
    assert findings.counts == {Check.FRAMING: Findings.MOST_OF_A_CHECK + 5}


def test_an_unreadable_file_is_named(store: Path) -> None:
    path = store / "warc" / FIRST_WARC
    path.unlink()
    path.mkdir()

    found = {(problem.check, problem.path) for problem in verify(store).problems}

    assert (Check.WARC_FILE, f"warc/{FIRST_WARC}") in found
