"""`newsreel verify` as an operator meets it: what was read, each problem with its place, a code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import ConfigError
from archive.verify.problem import Check, Findings
from archive.verify.report import DatasetTally, LedgerTally, VerifyReport, WarcTally
from crawler.commands.verify import told, verify_store
from tests.verify.small_store import FIRST_WARC


def report(findings: Findings) -> VerifyReport:
    return VerifyReport(
        store="store",
        warcs=WarcTally(files=2, records=1200, size_bytes=41_200_000),
        dataset=DatasetTally(parts=31, rows={"articles": 654, "captures": 1}),
        links=654,
        ledger=LedgerTally(runs=1, fates={"archived": 458, "gone": 19, "pending": 4}),
        counts=findings.counts,
        problems=findings.problems,
        remarks=findings.remarks,
    )


def test_a_sound_store_is_told_in_five_lines() -> None:
    lines = list(told(report(Findings()), wall_s=12.3))

    assert [" ".join(line.split()) for line in lines] == [
        "WARC 2 files, 1,200 records, 41.2 MB every block and payload digest recomputed sound",
        "dataset 31 parts, 655 rows one schema, ids unique, checksums compared sound",
        "links 654 rows -> 654 records each at its file, offset and length sound",
        "ledger 481 advertised = 458 archived + 4 pending + 19 accounted for sound",
        "Sound. 12 s.",
    ]
    assert max(map(len, lines)) < 100


def test_a_problem_is_told_with_its_place_and_what_to_do() -> None:
    findings = Findings()
    findings.add(Check.FRAMING, "warc/a.warc.gz", "the gzip member breaks off", offset=18402)

    lines = list(told(report(findings), wall_s=1))

    assert lines[0].endswith("1 problem")
    assert "warc/a.warc.gz at byte 18402: the gzip member breaks off" in lines
    assert lines[-2].startswith("hint: restore the file from a copy")
    assert lines[-1] == "Damaged: 1 problem. 1 s."


def test_many_problems_of_one_kind_are_counted_and_hinted_at_once() -> None:
    findings = Findings()
    for offset in range(1500):
        findings.add(Check.FRAMING, "warc/a.warc.gz", "damaged", offset=offset)

    lines = list(told(report(findings), wall_s=1))

    assert sum(line.endswith(": damaged") for line in lines) == 10
    assert "and 1,490 more like this (framing)" in lines
    assert sum(line.startswith("hint: ") for line in lines) == 1


def test_a_remark_is_a_note_and_no_damage() -> None:
    findings = Findings()
    findings.remark(Check.CODING, "warc/a.warc.gz", "odd", hint="nothing to do", offset=7)

    lines = list(told(report(findings), wall_s=1))

    assert "note: warc/a.warc.gz at byte 7: odd" in lines
    assert lines[-1] == "Sound. 1 s."


def test_a_sound_store_ends_with_0(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_store(sound, as_json=False) == 0

    said = capsys.readouterr()
    assert said.out.splitlines()[-1].startswith("Sound.")
    assert said.err == ""


def test_json_holds_every_problem(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (store / "warc" / FIRST_WARC).unlink()

    assert verify_store(store, as_json=True) == 5

    answer = json.loads(capsys.readouterr().out)
    assert answer["is_sound"] is False
    assert answer["counts"] == {"warc-file": 1, "row-record": 2}
    assert answer["problems"][0] == {
        "check": "warc-file",
        "path": f"warc/{FIRST_WARC}",
        "offset": None,
        "what": "it is not there, with the records of 8 captures",
        "hint": "restore the file from a copy, or cut it back and ask again for what is lost with "
        "newsreel verify --repair",
    }


def test_a_folder_that_is_no_store_is_an_error_of_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "verify", "--store", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == ConfigError.exit_code
    assert done.stderr.startswith(f"error: there is no store at {tmp_path}; ")
    assert done.stdout == ""


def test_verify_loads_no_scrapy(sound: Path) -> None:
    source = (
        "import sys; from pathlib import Path; from crawler.commands.verify import verify_store; "
        "verify_store(Path(sys.argv[1]), as_json=True); "
        "sys.exit(bool({'scrapy', 'twisted', 'duckdb', 'trafilatura'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", source, str(sound)], capture_output=True, check=False
    )

    assert done.returncode == 0
