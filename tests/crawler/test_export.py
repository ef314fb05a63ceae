"""`newsreel export` writes one new file, or says in one sentence why not."""

import json
import os
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ConfigError, DiskFullError
from archive.fault import arm
from crawler.commands.export import export_store
from tests.archive.wacz_samples import make_store

KINDS = ("wacz", "jsonl", "csv")
EVERYTHING: dict[str, Any] = {"site": None, "since": None, "until": None}
TUESDAY = datetime(2026, 5, 19, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("export") / "store")


def export(store: Path, kind: str, out: Path, **asked: Any) -> int:
    rehearsal, as_json = asked.pop("is_rehearsal", False), asked.pop("as_json", False)
    return export_store(
        store, kind, out, limits=EVERYTHING | asked, is_rehearsal=rehearsal, as_json=as_json
    )


# What the sentence says of the whole store, and of one site on one day.
SAID = {
    "wacz": ("holds 8 captures, 8 of them of articles", "holds 4 captures, 3 of them of articles"),
    "jsonl": ("holds 8 versions of articles", "holds 3 versions of articles"),
    "csv": ("holds 8 versions of articles", "holds 3 versions of articles"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_is_told_in_one_sentence(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    whole, some = SAID[kind]

    assert export(store, kind, tmp_path / "whole") == 0
    assert f"{tmp_path / 'whole'} {whole}, " in capsys.readouterr().out
    assert export(store, kind, tmp_path / "some", site="x", since=TUESDAY, until=TUESDAY) == 0
    told = capsys.readouterr().out
    assert f"{tmp_path / 'some'} {some}, " in told
    assert "(site x since 2026-05-19 until 2026-05-19)" in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["some", "whole"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_for_programs_says_the_same(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    out = tmp_path / "whole"

    export(store, kind, out, as_json=True)

    told = json.loads(capsys.readouterr().out)
    counted = {"captures": 8, "pages": 8} if kind == "wacz" else {"rows": 8}
    assert told == {
        "kind": kind,
        "out": str(out),
        "selection": "all sites",
        **counted,
        "size_bytes": out.stat().st_size,
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_rehearsal_writes_nothing(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    assert export(store, kind, tmp_path / "whole", is_rehearsal=True) == 0

    assert "whole would hold 8 " in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_files_are_what_their_kind_says(store: Path, tmp_path: Path) -> None:
    for kind in KINDS:
        export(store, kind, tmp_path / kind)

    assert zipfile.is_zipfile(tmp_path / "wacz")
    lines = (tmp_path / "jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["version"] for line in lines] == [1] * 8
    assert (tmp_path / "csv").read_bytes().count(b"\r\n") == 9


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an_unknown_site": ({"site": "zzz"}, "the store knows no site 'zzz'"),
    "a_site_that_is_no_name": ({"site": "***"}, "cannot be a site's name"),
    "days_the_wrong_way_round": (
        {"since": TUESDAY, "until": TUESDAY.replace(day=18)},
        "--since 2026-05-19 lies behind --until 2026-05-18",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("asked", "why"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    store: Path, tmp_path: Path, kind: str, asked: dict[str, Any], why: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        export(store, kind, tmp_path / "out", **asked)

    assert why in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_rehearsal", [False, True], ids=["for_good", "rehearsal"])
def test_a_file_that_is_there_is_never_written_over(
    store: Path, tmp_path: Path, *, kind: str, is_rehearsal: bool
) -> None:
    out = tmp_path / "out"
    out.write_bytes(b"mine")

    with pytest.raises(ConfigError, match="exists already"):
        export(store, kind, out, is_rehearsal=is_rehearsal)

    assert out.read_bytes() == b"mine"


def test_the_folder_has_to_be_there(store: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a folder"):
        export(store, "csv", tmp_path / "no" / "out")


def test_without_a_store_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no store at"):
        export(tmp_path / "none", "csv", tmp_path / "out")


def test_a_site_is_known_by_its_name_in_any_spelling(store: Path, tmp_path: Path) -> None:
    assert export(store, "csv", tmp_path / "out", site="X") == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_may_be_as_long_as_names_can_be(store: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / ("\u65e5" * 84 + ".it")  # 255 bytes

    assert export(store, kind, out) == 0

    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("kind", [*KINDS, "hf", "iceberg"])
@pytest.mark.parametrize("place", ["out", "warc/out", "articles/out"])
def test_nothing_is_written_into_the_store(store: Path, kind: str, place: str) -> None:
    out = store / place

    with pytest.raises(ConfigError, match="lies in the store"):
        export(store, kind, out)

    assert not out.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_keeps_nothing_of_an_export(store: Path, tmp_path: Path, kind: str) -> None:
    arm("publish.synced:1:enospc")

    try:
        with pytest.raises(DiskFullError):
            export(store, kind, tmp_path / "out")
    finally:
        arm("")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("point", ["publish.synced:1:kill", "publish.named:1:kill"])
def test_an_export_that_is_killed_leaves_its_whole_file_or_none_by_its_name(
    store: Path, tmp_path: Path, kind: str, point: str
) -> None:
    out = tmp_path / "out"
    arguments = ["export", kind, "--store", str(store), "--out", str(out)]

    killed = subprocess.run(
        [sys.executable, "-m", "crawler.cli", *arguments],
        env={**os.environ, "NEWSREEL_FAULT": point},
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    assert out.exists() == (point == "publish.named:1:kill")
    assert {path.name[:5] for path in tmp_path.iterdir()} <= {"out", ".out."}
