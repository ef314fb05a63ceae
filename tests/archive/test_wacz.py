"""A WACZ is what the players' own tools accept, and holds what the store holds."""

import gzip
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ConfigError, CorruptArchiveError
from archive.exchange import Location
from archive.layout import Layout
from archive.selection import Selection
from archive.store import find_warc
from archive.wacz.export import Exported, export_wacz, foresee_wacz
from archive.warc.crawl_log import visit_of
from archive.warc.foreign import ForeignRecord, read_any
from archive.warc.reader import read_record, walk
from archive.warc.records import Record
from tests.archive.cdx_tools import run, told
from tests.archive.store_samples import NOON, answered, page, recording
from tests.archive.wacz_samples import X, Y, keep, make_store

WHOLE = Selection()
SITE = Selection(site="y")
DAY = Selection(since=date(2026, 5, 19), until=date(2026, 5, 19))
SELECTIONS = {"whole": WHOLE, "a_site": SITE, "a_day": DAY}


def export(store: Path, out: Path, selection: Selection = WHOLE) -> Exported:
    return export_wacz(store, out, selection, now=NOON, software="Newsreel/0")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("wacz") / "store")


@pytest.fixture(scope="module")
def exported(store: Path) -> Callable[[str], Path]:
    """Return what exports a selection, by its name, and unpacks it; each only once."""
    made: dict[str, Path] = {}

    def unpacked(name: str) -> Path:
        if name not in made:
            export(store, store.with_name(f"{name}.wacz"), SELECTIONS[name])
            made[name] = store.with_name(name)
            with zipfile.ZipFile(store.with_name(f"{name}.wacz")) as packed:
                packed.extractall(made[name])
        return made[name]

    return unpacked


@pytest.fixture(params=SELECTIONS)
def folder(request: pytest.FixtureRequest, exported: Callable[[str], Path]) -> Path:
    """Return an unpacked WACZ of each selection; the WACZ lies beside it."""
    return exported(request.param)


def warcs(folder: Path) -> list[Path]:
    return sorted((folder / "archive").iterdir())


def index_lines(folder: Path) -> list[str]:
    return gzip.decompress((folder / "indexes" / "index.cdx.gz").read_bytes()).decode().splitlines()


def pages(folder: Path) -> list[dict[str, Any]]:
    listed = (folder / "pages" / "pages.jsonl").read_bytes()
    return [json.loads(line) for line in listed.splitlines()]


def records(folder: Path) -> list[Record]:
    return [record for path in warcs(folder) for _, record in walk(path)]


def payloads(paths: list[Path]) -> list[tuple[str, str | None, bytes]]:
    found: Iterator[ForeignRecord] = (record for path in paths for record in read_any(path))
    return sorted((each.url, each.record_id, each.payload) for each in found)


def test_the_validator_of_the_format_accepts_it(folder: Path) -> None:
    judged = run("wacz", "validate", "-f", folder.with_suffix(".wacz"))

    assert judged.returncode == 0, judged.stdout
    assert "the passed WACZ is valid" in judged.stdout


def test_the_validator_refuses_it_when_one_byte_of_a_page_is_another(
    exported: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = exported("a_site")
    damaged = tmp_path / "damaged.wacz"
    with zipfile.ZipFile(damaged, "w") as packed:
        for path in folder.rglob("*.*"):
            content = path.read_bytes()
            if path.name == "pages.jsonl":
                content = content.replace(b"Articles", b"articles")
            packed.writestr(path.relative_to(folder).as_posix(), content)

    assert run("wacz", "validate", "-f", damaged).returncode == 1


@pytest.mark.parametrize("tool", ["warcio", "fastwarc"])
def test_readers_of_warc_accept_every_file_in_it(folder: Path, tool: str) -> None:
    for path in warcs(folder):
        judged = run(tool, "check", path)

        assert judged.returncode == 0, judged.stdout + judged.stderr


def test_every_line_of_the_index_leads_to_its_record(folder: Path) -> None:
    for line in index_lines(folder):
        known = told(line)
        location = Location(
            warc_filename=known["filename"],
            offset=int(known["offset"]),
            length=int(known["length"]),
        )
        record = read_record(folder / "archive" / known["filename"], location)

        assert record.target_uri == known["url"]
        assert f"{record.date:%Y%m%d%H%M%S}" == line.split(" ")[1]


def test_the_index_is_the_one_its_own_tool_makes(folder: Path, tmp_path: Path) -> None:
    made = run("wacz", "create", "-o", tmp_path / "tool.wacz", *warcs(folder))
    with zipfile.ZipFile(tmp_path / "tool.wacz") as packed:
        tools = gzip.decompress(packed.read("indexes/index.cdx.gz")).decode().splitlines()

    assert made.returncode == 0, made.stderr
    unlike = set(index_lines(folder)) ^ {line for line in tools if not line.startswith("- ")}
    assert {told(line)["url"] for line in unlike} <= {f"{Y}/chunked"}  # its digest: test_cdxj.py


def test_the_blocks_of_the_index_can_be_read_one_by_one(folder: Path) -> None:
    header, *blocks = (folder / "indexes" / "index.idx").read_text("utf-8").splitlines()
    index = (folder / "indexes" / "index.cdx.gz").read_bytes()
    lines = index_lines(folder)

    assert header == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    (block,) = map(told, blocks)
    assert (block["offset"], block["length"]) == (0, len(index))
    assert blocks[0].split(" ")[:2] == lines[0].split(" ")[:2]


def test_every_page_is_in_the_index_at_its_time(folder: Path) -> None:
    header, *listed = pages(folder)
    places = {(told(line)["url"], line.split(" ")[1]) for line in index_lines(folder)}

    assert header["format"] == "json-pages-1.0"
    assert listed
    for each in listed:
        assert (each["url"], each["ts"].translate(str.maketrans("", "", "-:TZ"))) in places
    assert len({each["id"] for each in listed}) == len(listed)


def test_warcs_and_index_can_be_read_in_the_middle_of_the_zip(folder: Path) -> None:
    with zipfile.ZipFile(folder.with_suffix(".wacz")) as packed:
        stored = {
            member.filename
            for member in packed.infolist()
            if member.compress_type == zipfile.ZIP_STORED
        }

    archived = {f"archive/{path.name}" for path in warcs(folder)}
    assert stored == {*archived, "indexes/index.cdx.gz"}


def test_every_revisit_has_its_target_with_it(folder: Path) -> None:
    held = records(folder)
    targets = {each.field("WARC-Refers-To") for each in held if each.type == "revisit"}

    assert targets
    assert targets <= {each.record_id for each in held if each.type == "response"}


def test_every_answer_has_its_request_with_it(folder: Path) -> None:
    held = records(folder)
    answers = {each.record_id for each in held if each.type in {"response", "revisit"}}

    assert answers <= {each.field("WARC-Concurrent-To") for each in held if each.type == "request"}


def test_every_warc_begins_with_its_warcinfo(folder: Path) -> None:
    for path in warcs(folder):
        _, first = next(walk(path))

        assert (first.type, first.field("WARC-Filename")) == ("warcinfo", path.name)


def test_what_would_be_written_is_what_is_written(store: Path, tmp_path: Path) -> None:
    for name, selection in SELECTIONS.items():
        foreseen = foresee_wacz(store, selection)
        written = export(store, tmp_path / f"{name}.wacz", selection)

        assert (foreseen.captures, foreseen.pages) == (written.captures, written.pages)
        assert foreseen.answer_bytes < written.size_bytes


def test_the_whole_store_reads_back_as_the_store_does(
    store: Path, exported: Callable[[str], Path]
) -> None:
    wacz = exported("whole").with_suffix(".wacz")

    assert payloads([wacz]) == payloads(sorted(Layout(store).warcs.iterdir()))


def test_the_whole_store_is_copied_byte_for_byte_so_that_its_rows_stay_true(
    store: Path, exported: Callable[[str], Path]
) -> None:
    copied = warcs(exported("whole"))

    assert len(copied) > 1
    for path in copied:
        assert path.read_bytes() == find_warc(Layout(store), path.name).read_bytes()


# What an export holds besides requests and visits: the addresses of answers, and of interim answers
# none.
HELD: dict[str, set[tuple[str, str | None]]] = {
    "a_site": {
        ("response", f"{Y}/own"),
        ("response", f"{Y}/chunked"),
        ("revisit", f"{Y}/twin"),
        ("response", f"{X}/one"),
    },
    "a_day": {
        ("response", f"{X}/hinted"),
        ("metadata", None),
        ("revisit", f"{Y}/twin"),
        ("revisit", f"{X}/one"),
        ("response", f"{X}/late"),
        ("response", f"{X}/one"),
    },
}


@pytest.mark.parametrize("name", HELD)
def test_a_selection_holds_what_is_selected_and_what_that_stands_on(
    exported: Callable[[str], Path], name: str
) -> None:
    answers = [each for each in records(exported(name)) if each.type not in {"request", "warcinfo"}]
    held = [each for each in answers if visit_of(each) is None]

    assert {(each.type, each.target_uri) for each in held} == HELD[name]
    assert len(held) == len(HELD[name])


PAGES = {
    "whole": [
        *(f"{X}/hinted", f"{X}/late", f"{X}/one", f"{X}/one", f"{X}/two"),
        *(f"{Y}/chunked", f"{Y}/own", f"{Y}/twin"),
    ],
    "a_site": [f"{Y}/chunked", f"{Y}/own", f"{Y}/twin"],
    "a_day": [f"{X}/hinted", f"{X}/late", f"{X}/one", f"{Y}/twin"],
}


@pytest.mark.parametrize("name", PAGES)
def test_the_articles_of_a_selection_are_its_pages(
    exported: Callable[[str], Path], name: str
) -> None:
    listed = pages(exported(name))[1:]

    assert sorted(each["url"] for each in listed) == PAGES[name]
    assert {each["title"][:6] for each in listed} == {"Story "}
    assert {each["text"][:14] for each in listed} == {"Text of story "}


def test_the_members_of_a_selection_are_those_of_the_store(
    store: Path, exported: Callable[[str], Path]
) -> None:
    archive = b"".join(path.read_bytes() for path in sorted(Layout(store).warcs.iterdir()))

    for path in warcs(exported("a_site")):
        content = path.read_bytes()
        (_, *copied) = walk(path)
        for location, _ in copied:
            assert content[location.offset : location.offset + location.length] in archive


def test_what_is_written_meanwhile_is_left_out(tmp_path: Path) -> None:
    with recording(tmp_path / "store") as desk:
        keep(desk, "x", page(1, url=f"{X}/one"))
        growing = find_warc(desk.store.layout, desk.reader.runs.warcs()[0].filename)
        committed = growing.read_bytes()
        with growing.open("ab") as file:
            file.write(committed[:100])

        for name, selection in (("whole", WHOLE), ("site", Selection(site="x"))):
            export(desk.store.layout.root, tmp_path / f"{name}.wacz", selection)

    assert payloads([tmp_path / "whole.wacz"]) == payloads([tmp_path / "site.wacz"])
    with zipfile.ZipFile(tmp_path / "whole.wacz") as packed:
        assert packed.read(f"archive/{growing.name.removesuffix('.open')}") == committed


@pytest.mark.parametrize("selection", [WHOLE, Selection(site="x")], ids=str)
def test_a_damaged_store_gives_no_wacz(tmp_path: Path, selection: Selection) -> None:
    store = make_store(tmp_path / "store")
    path = max(Layout(store).warcs.iterdir())
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(content)

    with pytest.raises(CorruptArchiveError, match=path.name):
        export(store, tmp_path / "out.wacz", selection)

    assert [each.name for each in tmp_path.iterdir()] == ["store"]


@pytest.mark.parametrize("selection", [WHOLE, Selection(site="x")], ids=str)
def test_a_missing_warc_is_named(tmp_path: Path, selection: Selection) -> None:
    store = make_store(tmp_path / "store")
    lost = min(Layout(store).warcs.iterdir())
    lost.unlink()

    with pytest.raises(CorruptArchiveError, match="the file is not there"):
        export(store, tmp_path / "out.wacz", selection)


def test_a_warc_that_is_shorter_than_committed_is_named(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    path = min(Layout(store).warcs.iterdir())
    *_, (last, _) = walk(path)
    path.write_bytes(path.read_bytes()[: last.offset])

    with pytest.raises(CorruptArchiveError, match="the file ends here"):
        export(store, tmp_path / "out.wacz")


@pytest.mark.parametrize(
    "selection", [Selection(until=date(2020, 1, 1)), Selection(site="z")], ids=str
)
def test_nothing_is_no_export(store: Path, tmp_path: Path, selection: Selection) -> None:
    with pytest.raises(ConfigError, match="there is nothing to export"):
        export(store, tmp_path / "out.wacz", selection)
    with pytest.raises(ConfigError, match="there is nothing to export"):
        foresee_wacz(store, selection)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("selection", [WHOLE, Selection(site="x")], ids=str)
def test_memory_does_not_grow_with_what_is_exported(tmp_path: Path, selection: Selection) -> None:
    body = 1 << 20
    with recording(tmp_path / "store") as desk:
        for number in range(1, 17):
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % body
            noise = BytesIO(bytes(number * byte % 251 for byte in range(4096)) * (body // 4096))
            url = f"{X}/{number}"
            keep(desk, "x", answered(number, head + noise.read(), url=url))

    tracemalloc.start()
    try:
        export(tmp_path / "store", tmp_path / "out.wacz", selection)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 8 * body
