"""A PostgreSQL on loopback: of a wheel that `make test-services` installs, or Debian's."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

_PLACES: Final = (
    (Path(__file__).parents[2] / "build/postgres", "lib/*/site-packages/*/pginstall*/bin"),
    (Path("/usr/lib/postgresql"), "*/bin"),
)
_PATIENCE_S: Final = 30.0


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest; None when there is none."""
    for root, pattern in _PLACES:
        found = sorted(folder for folder in root.glob(pattern) if (folder / "initdb").exists())
        if found:
            return found[-1]
    return None


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a server with an empty database, and give its address as SQLAlchemy takes it."""
    folder = programs()
    assert folder is not None
    with tempfile.TemporaryDirectory(prefix="newsreel-pg-", ignore_cleanup_errors=True) as place:
        # PostgreSQL refuses to run as root.
        as_somebody: dict[str, Any] = {}
        if os.geteuid() == 0:
            as_somebody = {"user": "nobody", "group": "nogroup", "extra_groups": ()}
            os.chmod(place, 0o755)  # noqa: PTH101 - beside chown, which Path has not
            os.chown(place, 65534, 65534)
        data = Path(place, "data")
        made: list[str | Path] = [
            folder / "initdb",
            "-D",
            data,
            "-U",
            "newsreel",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run(
            [*made, "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            cwd="/",
            **as_somebody,
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command: list[str | Path] = [
            folder / "postgres",
            "-D",
            data,
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
        ]
        command += ["-k", place, "-c", "fsync=off", "-c", "max_connections=60"]
        with subprocess.Popen(
            command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_somebody
        ) as server:
            try:
                _wait(folder, port, as_somebody)
                yield f"postgresql+psycopg://newsreel@127.0.0.1:{port}/postgres"
            finally:
                server.terminate()
                try:
                    server.wait(5)
                except subprocess.TimeoutExpired:
                    server.kill()


def _wait(folder: Path, port: int, as_somebody: dict[str, Any]) -> None:
    until = time.monotonic() + _PATIENCE_S
    asking: list[str | Path] = [folder / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]
    while subprocess.run(asking, check=False, cwd="/", **as_somebody).returncode:
        assert time.monotonic() < until, "PostgreSQL does not answer"
        time.sleep(0.1)
