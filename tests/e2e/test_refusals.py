"""What cannot be done is said in one sentence, with its exit code, and nothing is lost.

The codes are those of docs/reference/exit-codes.md.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from archive import open_store
from archive.errors import ConfigError
from crawler.commands.crawl import plan_crawl
from tests.e2e.command import NEWSREEL, PATIENCE_S, ROOT, Ended, finish, newsreel, start
from tests.e2e.watched import WatchedNewsroom
from tests.e2e.wire_cases import HTML, NOT_FOUND, OK, article, sized
from tests.fetch.wire_origin import Answer, WireOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A command that must not do anything, and what it says."""

    command: tuple[str, ...]
    code: int
    says: tuple[str, ...]
    """What its sentence has to hold: what is wrong, and what to do."""


# {folder} is an empty folder with a file in it; there is no store in it.
REFUSALS: Final = {
    "unknown_site": Refusal(
        command=("crawl", "fandomwir"), code=2, says=("fandomwir", "did you mean fandomwire?")
    ),
    "file": Refusal(command=("crawl", "file:///etc/hosts"), code=2, says=("file:///etc/hosts",)),
    "bad_network": Refusal(
        command=("crawl", "http://x.example/", "--allow-network", "300.0.0.0/8"),
        code=2,
        says=("300.0.0.0/8", "127.0.0.0/8"),
    ),
    "bad_proxy": Refusal(
        command=("crawl", "http://x.example/", "--proxy", "somewhere"),
        code=2,
        says=("--proxy somewhere", "http://127.0.0.1:8080"),
    ),
    "proxy_of_another_scheme": Refusal(
        command=("crawl", "http://x.example/", "--proxy", "ftp://a"),
        code=2,
        says=("--proxy ftp://a", "http://127.0.0.1:8080"),
    ),
    "loopback": Refusal(
        command=("crawl", "http://127.0.0.1:9/"), code=2, says=("loopback", "--allow-network")
    ),
    "probe_of_a_site": Refusal(
        command=("probe", "http://x.example/"), code=2, says=("whole site", "one page")
    ),
    "store_is_a_file": Refusal(
        command=("crawl", "http://x.example/", "--store", "{folder}/notes.txt"),
        code=2,
        says=("{folder}/notes.txt", "--store"),
    ),
    **{
        f"{verb[0]}_without_store": Refusal(
            command=(*verb, "--store", "{folder}"),
            code=2,
            says=("there is no store at {folder}; `newsreel crawl TARGET",),
        )
        for verb in (
            ("status",),
            ("report",),
            ("serve",),
            ("verify",),
            ("compact",),
            ("reextract",),
            ("sql", "select 1"),
            ("show", "https://x.example/a"),
            ("diff", "https://x.example/a"),
            ("forget", "https://x.example/a"),
            ("export", "csv", "--out", "{folder}/out.csv"),
            ("publish", "s3://bucket/news"),
        )
    },
    "repair_without_store": Refusal(
        command=("verify", "--repair", "--store", "{folder}"),
        code=2,
        says=("there is no store at {folder}; `newsreel crawl TARGET",),
    ),
    "due_without_store": Refusal(
        command=("crawl", "--due", "--store", "{folder}"),
        code=2,
        says=("there is no store at {folder}; `newsreel crawl TARGET",),
    ),
    "extract_missing": Refusal(
        command=("extract", "{folder}/none.warc.gz"), code=2, says=("{folder}/none.warc.gz",)
    ),
    "extract_no_warc": Refusal(
        command=("extract", "{folder}/notes.txt"), code=2, says=("no WARC", "--url")
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_wrong_is_said_before_anything_starts(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("not what you take it for")
    words = [word.format(folder=tmp_path) for word in REFUSALS[name].command]
    if words[0] == "crawl" and "--store" not in words:
        words += ["--store", str(tmp_path / "store")]

    ended = newsreel(*words)

    assert ended.code == REFUSALS[name].code
    said = sentence_of(ended)
    for part in REFUSALS[name].says:
        assert part.format(folder=tmp_path) in said
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("http://", "it names no host"),
        ("ftp://x.example/", "ftp://x.example/"),
        ("http://localhost/a/story.html", "loopback"),
        ("http://2130706433/", "loopback"),
        ("http://[::ffff:127.0.0.1]/", "mapped IPv4"),
        ("http://10.0.0.1/a/story.html", "private"),
        ("http://169.254.169.254/latest/", "cloud metadata"),
    ],
)
def test_a_target_that_is_no_public_address_is_no_plan(target: str, says: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)) as refused:
        plan_crawl((target,), allowed_networks=(), proxy=None)

    assert refused.value.exit_code == 2


def sentence_of(ended: Ended) -> str:
    """Return the one line that says what went wrong; nothing else may be said about it."""
    lines = ended.err.splitlines()
    errors = [line for line in lines if line.startswith("error: ")]
    assert "Traceback" not in ended.err
    assert len(errors) == 1
    assert lines[-1] == errors[0]
    return errors[0]


@pytest.fixture(scope="module")
def newsroom() -> Iterator[WatchedNewsroom]:
    with WatchedNewsroom(now=datetime.now(UTC)) as newsroom:
        yield newsroom


@pytest.fixture(scope="module")
def whole(newsroom: WatchedNewsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crawl one site, for stores to be copied and spoilt."""
    store = tmp_path_factory.mktemp("whole") / "store"
    assert newsreel(*crawl(newsroom, store)).code == 0
    return store


def crawl(newsroom: WatchedNewsroom, store: Path) -> tuple[str | Path, ...]:
    """Return the command that crawls one site."""
    options = ("--proxy", newsroom.sites[0].base_url, "--delay", "0", "--store", store)
    return ("crawl", "http://lampwick.example/", *options)


@pytest.fixture
def store(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "store", symlinks=True))


def contents(store: Path) -> dict[str, bytes]:
    """Return every file of a store that has to last; SQLite's two beside the journal need not."""
    names = {"journal.db-wal", "journal.db-shm", "lock"}
    files = (path for path in sorted(store.rglob("*")) if path.is_file() and path.name not in names)
    return {str(path.relative_to(store)): path.read_bytes() for path in files}


def test_a_store_of_a_newer_format_is_left_alone(newsroom: WatchedNewsroom, store: Path) -> None:
    with sqlite3.connect(store / "journal.db") as journal:
        journal.execute("PRAGMA user_version = 99")
    journal.close()
    before = contents(store)

    ended = newsreel(*crawl(newsroom, store))

    assert ended.code == 2
    assert "newer Newsreel (store format 99" in sentence_of(ended)
    assert contents(store) == before


def test_a_store_that_another_process_writes_to_is_left_to_it(
    newsroom: WatchedNewsroom, store: Path
) -> None:
    first = start(*crawl(newsroom, store))
    seconds: list[Ended] = []
    # In the midst of the first one's requests the second comes, and is sent away.
    newsroom.on_request(3, lambda: seconds.append(newsreel(*crawl(newsroom, store))))
    ended = finish(first)

    assert ended.code == 0
    assert [second.code for second in seconds] == [75]
    assert f"is being written by process {first.pid}" in sentence_of(seconds[0])


def test_a_store_that_lost_its_journal_is_damaged_and_is_left_as_it_is(
    newsroom: WatchedNewsroom, store: Path
) -> None:
    for path in store.glob("journal.db*"):
        path.unlink()
    before = contents(store)

    refused = newsreel(*crawl(newsroom, store))
    looked = [newsreel(verb, "--store", store) for verb in ("status", "verify")]

    assert [ended.code for ended in (refused, *looked)] == [5, 5, 5]
    assert all("verify --repair" in sentence_of(ended) for ended in (refused, *looked))
    assert contents(store) == before


def test_a_store_that_lost_committed_bytes_is_not_written_to_and_not_called_sound(
    newsroom: WatchedNewsroom, store: Path, tmp_path: Path
) -> None:
    (warc,) = (store / "warc").iterdir()
    size = warc.stat().st_size
    warc.write_bytes(warc.read_bytes()[:-1])
    before = contents(store)

    ended = newsreel(*crawl(newsroom, store))
    looked = newsreel("status", "--store", store)
    reported = newsreel("report", "--store", store, "--out", tmp_path / "report.html")

    assert (ended.code, looked.code, reported.code) == (5, 5, 5)
    assert "real loss" in sentence_of(ended)
    told = f"damaged: {warc} has {size - 1:,} bytes, not the {size:,} committed"
    assert looked.out.startswith("1 file of the store is damaged; ")
    assert told in looked.out
    assert "on track." not in looked.out.splitlines()[0]
    assert told in reported.err
    assert told.removeprefix("damaged: ") in (tmp_path / "report.html").read_text("utf-8")
    (store / "index" / "search.db").unlink()
    assert contents(store) == before


def test_a_file_in_the_place_of_a_folder_is_told_before_anything_is_asked_for(
    newsroom: WatchedNewsroom, store: Path
) -> None:
    (store / "quarantine").write_text("notes")
    before = contents(store)

    ended = newsreel(*crawl(newsroom, store))

    assert ended.code == 2
    assert f"{store}/quarantine is in the way" in sentence_of(ended)
    assert contents(store) == before


def test_a_journal_of_another_program_is_left_alone(
    newsroom: WatchedNewsroom, tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    with sqlite3.connect(tmp_path / "store" / "journal.db") as journal:
        journal.execute("CREATE TABLE recipes (name TEXT)")
    journal.close()
    before = contents(tmp_path)

    ended = newsreel(*crawl(newsroom, tmp_path / "store"))

    assert ended.code == 5
    assert "another program made it" in sentence_of(ended)
    assert contents(tmp_path) == before


def test_an_unknown_reference_is_named(store: Path) -> None:
    ended = newsreel("show", "http://lampwick.example/never-heard-of/", "--store", store)

    assert ended.code == 2
    assert "http://lampwick.example/never-heard-of/" in sentence_of(ended)


def test_a_query_that_is_none_is_told_what_is_wrong_with_it(store: Path) -> None:
    ended = newsreel("sql", "select nothing from nowhere", "--store", store)

    assert ended.code == 2
    assert "nowhere" in sentence_of(ended)


# A small disk of its own, that nobody else sees; what is on it is copied away before it is gone.
ON_A_SMALL_DISK: Final = """
mount -t tmpfs -o size=340k tmpfs "$DISK" || exit 42
"$@"; code=$?
cp -r "$DISK/store" "$KEPT"; exit $code
"""


def test_a_full_disk_stops_the_crawl_and_loses_nothing(
    newsroom: WatchedNewsroom, tmp_path: Path
) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare to mount a small disk with")

    full = subprocess.run(
        ["unshare", "-rm", "sh", "-c", ON_A_SMALL_DISK, "sh", *NEWSREEL]
        + [str(word) for word in crawl(newsroom, disk / "store")],
        cwd=ROOT,
        env={**os.environ, "DISK": str(disk), "KEPT": str(kept)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    if not kept.exists():
        pytest.skip(f"a small disk cannot be mounted here: {full.stderr.strip()}")
    again = newsreel(*crawl(newsroom, kept))

    ended = Ended(code=full.returncode, out=full.stdout, err=full.stderr)
    assert ended.code == 75
    assert "disk is full" in sentence_of(ended)
    assert again.code == 0
    assert open_store(kept).articles.to_arrow().num_rows == 12
    assert newsreel("verify", "--store", kept).code == 0


FRONT: Final = (
    OK
    + HTML
    + sized(
        b"<html><body><p><a href='file:///etc/hosts'>one</a> <a href='ftp://127.0.0.1/x'>two</a>"
        b"<a href='javascript:alert(1)'>three</a> <a href='/news/away.html'>four</a>"
        b"<a href='/news/file.html'>five</a> <a href='http://10.0.0.1/news/a.html'>six</a></p></body></html>"
    )
)


def redirect(target: str) -> bytes:
    """Return an answer that leads elsewhere."""
    return b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % target.encode()


def test_no_link_and_no_redirect_leads_out_of_the_allowed_network(tmp_path: Path) -> None:
    secret = WireOrigin(lambda *_: Answer(pieces=(OK + HTML + sized(article("secret")),)))
    with secret:
        inside = f"http://127.0.0.2:{secret.port}"
        pages = {
            "/": FRONT,
            "/robots.txt": redirect(f"{inside}/robots.txt"),
            "/news/away.html": redirect(f"{inside}/news/a.html"),
            "/news/file.html": redirect("file:///etc/hosts"),
        }
        with WireOrigin(lambda path, _: Answer(pieces=(pages.get(path, NOT_FOUND),))) as origin:
            ended = newsreel(
                *("crawl", f"{origin.base_url}/", "--follow", "1", "--store", tmp_path),
                *("--allow-network", "127.0.0.1/32", "--delay", "0"),
            )

    ledger = {row["url"]: row for row in open_store(tmp_path).coverage.to_arrow().to_pylist()}
    assert secret.received == []
    assert "Traceback" not in ended.err
    assert ledger[f"{inside}/robots.txt"]["fate"] == "read"
    assert ledger[f"{inside}/robots.txt"]["reason"] == "refused_address"
    assert {url.split(":")[0] for url in ledger} == {"http"}
    assert ended.code == 3
