"""An S3 server on loopback: moto's, in a place of its own, `build/moto`."""

import os
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO

import pytest

from archive.bucket import Bucket

PROGRAM = Path(__file__).parents[2] / "build/moto/bin/moto_server"

_serials = count(1)


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """Give the address of a server with one bucket; clients of this process find no other."""
    if not PROGRAM.exists():
        pytest.skip("no S3 server here: `make test-s3` and `make test-services` install it")
    with s3_server() as address, pytest.MonkeyPatch.context() as environment:
        for name, value in client_environment(address).items():
            environment.setenv(name, value)
        make_bucket(address, "news")
        yield address


@pytest.fixture
def bucket(object_store: str) -> Bucket:
    """Return a folder of the bucket in which nothing lies."""
    assert object_store
    return Bucket(f"s3://news/test-{next(_serials)}")


@contextmanager
def s3_server() -> Iterator[str]:
    """Run a server and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(PROGRAM), "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
        assert server.stdout is not None
        is_ready = threading.Event()
        reading = threading.Thread(target=_read_on, args=(server.stdout, is_ready))
        reading.start()
        try:
            assert is_ready.wait(300), "the server said nothing"
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()
            reading.join()


def _read_on(told: IO[bytes], is_ready: threading.Event) -> None:
    """Read what the server says of each request, or its pipe would fill and hold it up."""
    for line in told:
        if b"Running on" in line:
            is_ready.set()


def make_bucket(address: str, name: str) -> None:
    """Make an empty bucket."""
    asked = urllib.request.Request(f"{address}/{name}", method="PUT")
    with urllib.request.urlopen(asked, timeout=10):
        pass


def client_environment(address: str) -> Mapping[str, str]:
    """Return what leads every AWS client to the server, and nowhere else."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "anybody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
