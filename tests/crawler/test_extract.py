"""`newsreel extract` on other people's archives: every page that can be read, and where not."""

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archive.errors import ConfigError
from crawler.commands.extract import extract_files
from tests.archive.test_warc_foreign import packed, record

STORY = (
    "<!doctype html><html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    + "".join(
        f"<p>Sentence {n} tells how the lantern troupe rehearsed by night.</p>" for n in "abcd"
    )
    + "</article></body></html>"
)


def page(title: str, number: int) -> bytes:
    """Return the record of a story."""
    body = STORY.format(title=title).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    return record(head.encode() + body, url=f"https://x.example/2026/story-{number}/")


def test_a_bad_record_is_told_with_its_offset_and_the_rest_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, torn, last = (packed([page(f"The lantern troupe, night {n}", n)]) for n in (1, 2, 3))
    lying = packed(
        [
            record(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
                + gzip.compress(b"x")[2:],
                url="https://x.example/lying/",
            )
        ]
    )
    path = tmp_path / "other.warc.gz"
    path.write_bytes(first + torn[:40] + lying + last)

    code = extract_files([path], url=None, is_generic=True)

    said = capsys.readouterr()
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert code == 3
    assert [row["url"][-2] for row in rows] == ["1", "3"]
    assert [row["warc_record_offset"] for row in rows] == [0, len(first) + 40 + len(lying)]
    assert f"damaged other.warc.gz@{len(first)}: " in said.err
    assert f"unreadable other.warc.gz@{len(first) + 40} https://x.example/lying/" in said.err
    assert "2 articles, 0 other pages, 1 unreadable, 1 damaged place\n" in said.err


def test_workers_take_no_module_from_the_folder_that_newsreel_is_called_in(tmp_path: Path) -> None:
    (tmp_path / "story.warc.gz").write_bytes(packed([page("The lantern troupe", 1)]))
    (tmp_path / "trafilatura.py").touch()  # somebody's experiment

    done = subprocess.run(
        [Path(sys.executable).with_name("newsreel"), "extract", "story.warc.gz"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout)["headline"] == "The lantern troupe"


# An uncompressed WARC that was cut: where it is damaged, and how many articles it still has.
CUT = {
    "in_the_only_head": (b"WARC/1.1\r\nfoo", 0, 0),
    "in_the_second_page": (page("One", 1) + page("Two", 2)[:-60], len(page("One", 1)), 2),
}


@pytest.mark.parametrize(("data", "offset", "articles"), CUT.values(), ids=CUT.keys())
def test_a_plain_archive_that_was_cut_is_told_as_a_gzipped_one_is(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    data: bytes,
    offset: int,
    articles: int,
) -> None:
    path = tmp_path / "other.warc"
    path.write_bytes(data)

    code = extract_files([path], url=None, is_generic=True)

    said = capsys.readouterr()
    assert code == 3
    assert f"damaged other.warc@{offset}: " in said.err
    assert len(said.out.splitlines()) == articles


def test_a_terminal_is_not_commanded_by_what_strangers_called_their_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.wacz"
    with zipfile.ZipFile(path, "w") as wacz:
        wacz.writestr("archive/\x1b[31m.warc", b"no record")
        wacz.writestr("archive/2.warc", page("Two", 2))

    code = extract_files([path], url=None, is_generic=True)

    said = capsys.readouterr()
    assert code == 3
    assert "damaged other.wacz/archive/\\x1b[31m.warc@0: " in said.err
    assert len(said.out.splitlines()) == 1


def test_a_file_that_is_no_archive_is_refused_before_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, empty = tmp_path / "good.warc", tmp_path / "empty.warc.gz"
    good.write_bytes(page("One", 1))
    empty.touch()

    with pytest.raises(ConfigError, match=r"empty\.warc\.gz is empty"):
        extract_files([good, empty], url=None, is_generic=True)

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("url", ["nowhere", "https://me:secret@x.example/"], ids=["word", "login"])
def test_a_saved_page_needs_an_address_that_could_be_crawled(url: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(STORY.format(title="The lantern troupe"))

    with pytest.raises(ConfigError, match="is not an address of a page") as refused:
        extract_files([path], url=url, is_generic=True)

    assert "secret" not in str(refused.value)
