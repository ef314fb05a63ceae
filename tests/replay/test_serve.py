"""`newsreel serve` says where to look, serves until it is stopped, and says why it cannot."""

import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from archive.errors import ConfigError
from archive.layout import Layout
from tests.replay.replay_samples import answered, ask, captured, opened_serving, record

NEWSREEL = (sys.executable, "-m", "crawler.cli")
# As a shell without job control begins what is to run in the background: deaf to Ctrl-C.
DEAF = ("sh", "-c", "trap '' INT; exec \"$@\"", "sh")
PATIENCE = 60


def run(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*NEWSREEL, *arguments], check=False, capture_output=True, text=True, timeout=PATIENCE
    )


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Record one page."""
    root = tmp_path / "store"
    record(root, [captured("https://x.example/a", answered("<p>words"))], is_finished=True)
    return root


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ((), signal.SIGINT, 130),
        (DEAF, signal.SIGINT, 130),
        ((), signal.SIGTERM, -signal.SIGTERM),
    ],
    ids=["ctrl_c", "ctrl_c_to_a_background_job", "terminated"],
)
def test_it_serves_until_it_is_stopped(
    store: Path, start: tuple[str, ...], end: signal.Signals, code: int
) -> None:
    command = [*start, *NEWSREEL, "serve", "--store", str(store), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout
        origins = [serving.stdout.readline().split()[1].split("/TIME")[0] for _ in range(2)]

        listed = ask(origins[0].rstrip("/"), "/captures")
        shown = ask(origins[1], "/20260518120000/https://x.example/a")
        serving.send_signal(end)

        assert serving.wait(PATIENCE) == code
    assert "https://x.example/a" in listed.text
    assert shown.text == "<p>words"


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    done = run(["serve", "--store", str(tmp_path)])

    assert done.returncode == 2
    assert "there is no store at" in done.stderr


@pytest.mark.parametrize("which", ["room", "replay"])
def test_a_port_that_is_taken_is_refused_and_the_other_given_back(store: Path, which: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        socket.create_server(("127.0.0.1", 0)) as soon_free,
    ):
        busy, free = taken.getsockname()[1], soon_free.getsockname()[1]
        soon_free.close()
        port, replay_port = (busy, free) if which == "room" else (free, busy)

        with pytest.raises(ConfigError, match=f"port {busy}"):
            opened_serving(Layout(store), port=port, replay_port=replay_port)

        socket.create_server(("127.0.0.1", free)).close()


def test_the_replay_has_the_next_port_unless_it_is_named(store: Path) -> None:
    opened = opened_serving(Layout(store))
    ports = [one.getsockname() for one in opened.sockets]
    for one in opened.sockets:
        one.close()

    assert {host for host, _ in ports} == {"127.0.0.1"}
    assert opened.room_origin == f"http://127.0.0.1:{ports[0][1]}"
    assert opened.replay_origin == f"http://127.0.0.1:{ports[1][1]}"


def test_serving_without_its_libraries_says_what_to_install(store: Path, tmp_path: Path) -> None:
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError('no', name='uvicorn')")
    start = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from crawler.cli import main; main()"
    )

    done = subprocess.run(
        [sys.executable, "-c", start, "serve", "--store", str(store)],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert done.returncode == 2
    assert "pip install -e '.[room]'" in done.stderr
