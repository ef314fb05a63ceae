"""A PostgreSQL on loopback: of a wheel that `make test-services` installs, or Debian's."""

import os
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

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
        made: list[str | Path] = [folder / "initdb", "-D", data, "-U", "newsreel", "-A", "trust"]
        made += ["-E", "UTF8", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, cwd="/", **as_somebody)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command: list[str | Path] = [folder / "postgres", "-D", data, "-h", "127.0.0.1"]
        command += ["-p", str(port), "-k", place, "-c", "fsync=off", "-c", "max_connections=60"]
        with subprocess.Popen(
            command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **as_somebody
        ) as server:
            assert server.stderr is not None
            is_ready = threading.Event()
            reading = threading.Thread(target=_read_on, args=(server.stderr, is_ready))
            reading.start()
            try:
                assert is_ready.wait(_PATIENCE_S), "PostgreSQL said nothing"
                yield f"postgresql+psycopg://newsreel@127.0.0.1:{port}/postgres"
            finally:
                server.send_signal(signal.SIGINT)  # at once, and in order
                server.wait(_PATIENCE_S)
                reading.join()


def _read_on(told: IO[bytes], is_ready: threading.Event) -> None:
    """Read what the server says, or its pipe would fill and hold it up."""
    for line in told:
        if b"ready to accept connections" in line:
            is_ready.set()
