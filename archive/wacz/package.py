"""The ZIP of a WACZ as it is written: each file hashed on its way, listed in datapackage.json.

WACZ 1.1.1, section 5: WARCs and compressed indexes are stored and not deflated, so that a player
can read one record of them with one range request.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO, Final, Self

VERSION: Final = "1.1.1"
_DESCRIPTION: Final = "datapackage.json"
_SEAL: Final = "datapackage-digest.json"


class PackedFile:
    """One file of the package; what is written to it goes through its hash into the ZIP."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        self.size_bytes = 0

    def write(self, data: bytes) -> None:
        """Append to the file."""
        self._sha256.update(data)
        self.size_bytes += len(data)
        self._file.write(data)

    @property
    def hash(self) -> str:
        """The SHA-256 of what was written, in the form the package lists it."""
        return f"sha256:{self._sha256.hexdigest()}"


class Package:
    """A WACZ being written, one file after the other; nothing of it is held in memory."""

    def __init__(self, file: BinaryIO, *, created: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", allowZip64=True)
        self._created = created.astimezone(UTC)
        self._resources: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @contextmanager
    def file(self, path: str, *, is_deflated: bool = False) -> Iterator[PackedFile]:
        """Open a file of the package for writing; only one can be open at a time."""
        with self._zip.open(
            self._member(path, is_deflated=is_deflated), "w", force_zip64=True
        ) as member:
            packed = PackedFile(member)
            yield packed
        self._resources.append(
            {
                # Frictionless wants names in lower case, each once; paths below a folder are both.
                "name": PurePosixPath(path).name.lower(),
                "path": path,
                "hash": packed.hash,
                "bytes": packed.size_bytes,
            }
        )

    def finish(self, *, title: str, description: str, software: str) -> None:
        """Write what the package holds, and the digest of that; nothing can be added any more."""
        told = {
            "profile": "data-package",
            "resources": self._resources,
            "title": title,
            "description": description,
            "created": f"{self._created:%Y-%m-%dT%H:%M:%SZ}",
            "wacz_version": VERSION,
            "software": software,
        }
        text = json.dumps(told, indent=2).encode()
        digest = f"sha256:{hashlib.sha256(text).hexdigest()}"
        seal = json.dumps({"path": _DESCRIPTION, "hash": digest}, indent=2).encode()
        for path, data in ((_DESCRIPTION, text), (_SEAL, seal)):
            self._zip.writestr(self._member(path, is_deflated=True), data)

    def _member(self, path: str, *, is_deflated: bool) -> zipfile.ZipInfo:
        member = zipfile.ZipInfo(path, self._created.timetuple()[:6])
        member.compress_type = zipfile.ZIP_DEFLATED if is_deflated else zipfile.ZIP_STORED
        member.external_attr = 0o644 << 16  # a ZIP made elsewhere than on DOS says who may read
        return member
