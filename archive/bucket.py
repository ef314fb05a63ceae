"""A folder of an object store, `s3://bucket/prefix`: what lies there, and how more gets there.

An object appears whole or not at all. Arrow's own S3 streams are not used for writing: one that an
exception leaves open publishes what it holds. Keys, region and address are those of every AWS tool
(`AWS_ACCESS_KEY_ID`, `AWS_REGION`, `AWS_ENDPOINT_URL`, ...); a server without TLS needs
`AWS_ALLOW_HTTP=true`, too.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

from archive.errors import ConfigError, CorruptArchiveError, ObjectStoreError
from archive.extras import extra_missing

SCHEME: Final = "s3"
_ASKS_THE_MACHINE: Final = "169.254."
"""Where machines of a cloud are asked for keys (link-local, RFC 3927), when nothing names any."""


def is_bucket(place: str) -> bool:
    """Return whether a place is one of an object store, not a path."""
    return place.startswith(f"{SCHEME}://")


class Bucket:
    """Everything below one address; names are relative to it, with `/`."""

    def __init__(self, url: str) -> None:
        """Raise ConfigError when the address is none, or obstore is not installed."""
        parts = urlsplit(url)
        if parts.scheme != SCHEME or not parts.netloc or parts.query or parts.fragment:
            raise ConfigError(f"{url} is no address of an object store: give s3://bucket/prefix")
        self.url = url.rstrip("/")
        try:
            self._client: Any = import_module("obstore")
        except ImportError as error:
            raise extra_missing("an object store needs obstore", "s3") from error
        with self._told():
            # A server that gets other bytes than were sent refuses them, part by part.
            self._store = import_module("obstore.store").from_url(
                self.url, config={"aws_checksum_algorithm": "SHA256"}
            )

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the names in a folder and below it, with the bytes of each."""
        with self._told():
            listed = self._client.list(self._store, prefix=folder)
            return {entry["path"]: entry["size"] for batch in listed for entry in batch}

    def read(self, name: str) -> bytes:
        """Return a whole object; ObjectStoreError when there is none."""
        with self._told():
            return bytes(self._client.get(self._store, name).bytes())

    def fetch(self, name: str, target: Path) -> str:
        """Write an object to a new file, some megabytes at a time; return the file's SHA-256.

        Raises CorruptArchiveError when there is none.
        """
        digest = hashlib.sha256()
        with self._told(), target.open("xb") as file:
            try:
                pieces = self._client.get(self._store, name).stream()
            except FileNotFoundError as error:
                raise CorruptArchiveError(f"{self.url}/{name}", 0, "it is not there") from error
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
        return digest.hexdigest()

    def remove(self, names: Sequence[str]) -> None:
        """Take objects away; one that is not there is as good as gone."""
        with self._told():
            try:
                self._client.delete(self._store, list(names))
            except FileNotFoundError:
                return

    def send(self, name: str, file: BinaryIO) -> None:
        """Send an open file, some megabytes at a time; what fails midway leaves no object."""
        with self._told():
            self._client.put(self._store, name, file)

    def put_new(self, name: str, content: bytes) -> bool:
        """Put an object by one request; return False when one has that name (RFC 9110, 13.1.2)."""
        with self._told():
            try:
                self._client.put(self._store, name, content, mode="create", use_multipart=False)
            except self._client.exceptions.AlreadyExistsError:
                return False
        return True

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise what the client raises as one sentence."""
        try:
            yield
        except (self._client.exceptions.BaseError, OSError) as error:
            sentence = str(error).partition("\n")[0].strip()
            if _ASKS_THE_MACHINE in sentence:
                sentence = (
                    "no keys were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as for "
                    "every AWS tool; the machine itself was asked, and gives none"
                )
            raise ObjectStoreError(f"{self.url}: {sentence}") from error
