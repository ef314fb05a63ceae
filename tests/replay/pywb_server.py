"""pywb over folders of WARCs, from a place of its own: it pins old releases of what we use."""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
PYWB: Final = Path(os.environ.get("NEWSREEL_PYWB", ROOT / "build" / "pywb")) / "bin"
"""Where its programs are; `make test-browser` installs them."""
PATIENCE_S: Final = 120


@contextmanager
def pywb(collections: Mapping[str, tuple[Path, Path]], folder: Path) -> Iterator[str]:
    """Serve collections, each an index and a folder of WARCs; yield pywb's origin.

    The first one is also a proxy, through which pages are seen unframed.
    """
    # JSON is YAML. Otherwise as in docs/how-to/replay.md.
    folder.joinpath("config.yaml").write_text(json.dumps(_config(collections)), "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serve = ("--bind", "127.0.0.1", "--port", str(port))
    with subprocess.Popen(
        [PYWB / "wayback", *serve], cwd=folder, stderr=subprocess.DEVNULL
    ) as running:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


def indexed_by_pywb(warcs: list[Path], target: Path) -> None:
    """Have pywb's own tool list what is in files; it has to succeed."""
    command = [PYWB / "cdx-indexer", "--cdxj", "--sort", "--output", target, *warcs]
    subprocess.run([*map(str, command)], check=True, timeout=PATIENCE_S)


def _config(collections: Mapping[str, tuple[Path, Path]]) -> dict[str, Any]:
    return {
        "collections": {
            name: {"index_paths": str(index), "archive_paths": f"{warcs}/"}
            for name, (index, warcs) in collections.items()
        },
        "proxy": {
            "coll": next(iter(collections)),
            "enable_banner": False,
            "enable_wombat": False,
        },
    }


def _wait_for(port: int) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE_S * 10):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            pause.wait(0.1)
        else:
            return
    raise AssertionError("pywb does not listen")
