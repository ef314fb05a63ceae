"""A site's place on a worker's disk: its store, and the shipment that the store goes on from.

A store is one site's alone and has one writer, as every store. It may lie here partly: what the
journal needs to go on with, and what was fetched here; the rest is in the object store. So it may
be deleted between two turns, and is brought again.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.durable import move_folder, write_whole
from archive.layout import Layout, SiteFolder, WorkerFolder
from archive.shipping.shipment import Shipment, packed, unpacked


@dataclass(frozen=True, slots=True)
class Berth:
    """The place of one site in a worker's folder."""

    worker: Path
    site: str

    @property
    def layout(self) -> Layout:
        """Its store."""
        return self._folder.store

    @property
    def _folder(self) -> SiteFolder:
        return WorkerFolder(self.worker).site(self.site)

    def shipment(self) -> Shipment | None:
        """Return the shipment that the store goes on from; None before the first."""
        note = self._folder.shipment
        return unpacked(note.read_bytes(), where=str(note)) if note.is_file() else None

    def note(self, shipment: Shipment) -> None:
        """Note that the store is what a shipment says."""
        write_whole(self._folder.shipment, packed(shipment))

    def clear(self) -> None:
        """Take away what is there of the site."""
        shutil.rmtree(self._folder.root, ignore_errors=True)

    @contextmanager
    def replaced(self, shipment: Shipment) -> Iterator[Layout]:
        """Give a store to fill, which is here once the block ends; what was here is gone then."""
        coming = WorkerFolder(self.worker).arriving(self.site)
        shutil.rmtree(coming.root, ignore_errors=True)
        coming.root.mkdir(parents=True)
        try:
            yield coming.store
            write_whole(coming.shipment, packed(shipment))
            self.clear()
            move_folder(coming.root, self._folder.root)
        finally:
            shutil.rmtree(coming.root, ignore_errors=True)
