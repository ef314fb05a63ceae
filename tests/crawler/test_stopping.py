"""A signal is heard whenever it comes, and never ends in a traceback of other people's code."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from archive.instant import now_utc
from archive.store import Healing, open_for_writing
from crawler.stopping import INTERRUPTED, Stopping
from tests.crawler.interrupted_crawl import MOMENTS

ROOT: Final = Path(__file__).parents[2]

# A module that Ctrl-C meets while it is loaded: in its own code, and in a callback, where what is
# raised is printed and forgotten.
LOADED: Final = {
    "in_a_module": "os.kill(os.getpid(), signal.SIGINT)",
    "in_a_callback": "weakref.finalize(Gone(), lambda: os.kill(os.getpid(), signal.SIGINT))",
}


@pytest.mark.parametrize("line", LOADED.values(), ids=LOADED)
def test_ctrl_c_while_modules_are_loaded_ends_without_a_word(tmp_path: Path, line: str) -> None:
    # Stands before typer in the path, which is the first that the command line loads.
    (tmp_path / "typer.py").write_text(
        f"import os, signal, weakref\nclass Gone: pass\n{line}\nraise SystemExit(9)\n"
    )

    ended = subprocess.run(
        [sys.executable, "-m", "crawler", "status"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
        capture_output=True,
        timeout=60,
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (INTERRUPTED, b"", b"")


def test_a_signal_is_noted_and_a_second_one_ends_what_does_not_listen() -> None:
    stopping = Stopping()
    stopping.heed(signal.SIGTERM, None)

    with pytest.raises(KeyboardInterrupt):
        stopping.heed(signal.SIGINT, None)

    assert stopping.signum == signal.SIGTERM


def test_who_listens_is_told_of_each() -> None:
    told: list[int] = []
    stopping = Stopping()
    stopping.tell = lambda signum, _: told.append(signum)
    stopping.heed(signal.SIGINT, None)
    stopping.heed(signal.SIGTERM, None)

    assert told == [signal.SIGINT, signal.SIGTERM]
    assert stopping.signum == signal.SIGINT


STOPS: Final = [*((moment, signal.SIGINT) for moment in MOMENTS), (MOMENTS[-1], signal.SIGTERM)]


@pytest.mark.parametrize(("moment", "signum"), STOPS, ids=str)
def test_a_crawl_that_is_stopped_while_it_begins_ends_in_good_order(
    tmp_path: Path, moment: str, signum: int
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.crawler.interrupted_crawl", tmp_path, moment, str(signum)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ended.stdout.split() == ["stopped", str(128 + signum)], ended.stderr
    with open_for_writing(tmp_path, now=now_utc()) as store:
        (run,) = store.journal.runs.newest(1)
        assert store.healing == Healing()
    assert run.outcome == "stopped"
