"""Services on loopback that the tests of several machines' crawls share."""

from collections.abc import Iterator
from itertools import count

import pytest

from archive.bucket import Bucket
from tests.dataset.s3_server import PROGRAM, client_environment, make_bucket, s3_server

_serials = count(1)


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """Give the address of an S3 server with a bucket, which clients of this process find."""
    if not PROGRAM.exists():
        pytest.skip("no S3 server here: `make test-services` installs it")
    with s3_server() as address, pytest.MonkeyPatch.context() as environment:
        for name, value in client_environment(address).items():
            environment.setenv(name, value)
        make_bucket(address, "fleet")
        yield address


@pytest.fixture
def bucket(object_store: str) -> Bucket:
    """Return a folder of the bucket in which nothing lies."""
    assert object_store
    return Bucket(f"s3://fleet/test-{next(_serials)}")
