"""`newsreel gather`, and `newsreel verify` of what workers shipped: out of an object store."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.bucket import Bucket
from archive.columns import plain
from archive.counted import counted
from archive.durable import move_folder
from archive.errors import ConfigError, CorruptArchiveError, StoreError
from archive.instant import now_utc
from archive.layout import Layout, slug
from archive.shipping.bringing import bring_whole
from archive.shipping.catalog import Catalog, read_catalog
from archive.shipping.shipment import Shipment, read_shipments
from archive.verify.report import VerifyReport
from archive.verify.store import verify
from crawler.commands.verify import told
from crawler.console import answer_console, message_console

_NOTE: Final = "gathered-from"
"""Beside a gathered store's own files: the name of the shipment that it is."""


def gather_sites(url: str, root: Path, *, site: str | None, as_json: bool) -> int:
    """Bring sites that workers shipped into a folder, each as a store of its own.

    A store that is there as it was shipped last is left alone; one that is older is replaced.
    Raises ConfigError for a folder that holds something else under a site's name.
    """
    bucket = Bucket(url)
    _, shipments = _shipped(bucket, site)
    brought = [each for each in shipments if _bring(bucket, each, root)]
    answer = {"url": bucket.url, "sites": len(shipments), "brought": [s.site for s in brought]}
    if as_json:
        answer_console().out(json.dumps(answer, indent=1))
        return 0
    console = answer_console()
    console.print(
        f"{counted(len(shipments), 'site')} below {root}, {len(brought)} of them brought now; "
        f"each is a store: newsreel status --store {root / shipments[0].site}",
        soft_wrap=True,
    )
    return 0


def verify_shipped(url: str, *, as_json: bool) -> int:
    """Bring one site after the other into a temporary folder and read all of it back.

    Returns 0 when every site is sound and 5 when one is damaged. Raises ObjectStoreError when the
    object store cannot be asked.
    """
    began, bucket = time.monotonic(), Bucket(url)
    catalog, shipments = _shipped(bucket, None)
    found: dict[str, VerifyReport | str] = {}
    for done, shipment in enumerate(shipments, start=1):
        message_console().print(f"{done} of {len(shipments)}: {shipment.site}", soft_wrap=True)
        found[shipment.site] = _verified(bucket, shipment)
    damaged = [site for site, report in found.items() if not _is_sound(report)]
    console = answer_console()
    if as_json:
        answer = {
            "is_sound": not damaged,
            "publication": catalog.number,
            "wall_s": round(time.monotonic() - began, 1),
            "sites": {site: _plain(report) for site, report in found.items()},
        }
        console.out(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for line in _lines(found, damaged, wall_s=time.monotonic() - began):
            console.print(line, soft_wrap=True)
    return StoreError.exit_code if damaged else 0


def _shipped(bucket: Bucket, site: str | None) -> tuple[Catalog, tuple[Shipment, ...]]:
    catalog = read_catalog(bucket)
    if not catalog.shipments:
        raise ConfigError(f"nothing was shipped to {bucket.url}; `newsreel work` does it")
    names = catalog.shipments
    if site is not None:
        if site not in names:
            raise ConfigError(f"no site {site} was shipped to {bucket.url}")
        names = {site: names[site]}
    return catalog, read_shipments(bucket, names)


def _bring(bucket: Bucket, shipment: Shipment, root: Path) -> bool:
    """Bring a site when it is not there as it was shipped; return whether it was not."""
    layout = Layout(root / slug(shipment.site))
    note = layout.root / _NOTE
    if note.is_file() and note.read_text("utf-8") == shipment.name:
        return False
    if layout.root.exists() and not note.is_file():
        raise ConfigError(f"{layout.root} is there and was not gathered; give another --store")
    message_console().print(f"{shipment.site}: {counted(len(shipment.warcs), 'WARC')}")
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=".") as folder:
        coming = Layout(Path(folder, "store"))
        bring_whole(bucket, shipment, coming, now=now_utc())
        (coming.root / _NOTE).write_text(shipment.name, "utf-8")
        shutil.rmtree(layout.root, ignore_errors=True)
        move_folder(coming.root, layout.root)
    return True


def _verified(bucket: Bucket, shipment: Shipment) -> VerifyReport | str:
    """Return how a site was found; a sentence when it could not even be brought."""
    with tempfile.TemporaryDirectory(prefix="newsreel-") as folder:
        layout = Layout(Path(folder, "store"))
        try:
            bring_whole(bucket, shipment, layout, now=now_utc())
        except CorruptArchiveError as error:
            return str(error)
        return verify(layout.root, workers=os.cpu_count() or 1)


def _is_sound(report: VerifyReport | str) -> bool:
    return not isinstance(report, str) and report.is_sound


def _plain(report: VerifyReport | str) -> object:
    if isinstance(report, str):
        return {"is_sound": False, "why": report}
    return {"is_sound": report.is_sound, **plain(report)}


def _lines(
    found: dict[str, VerifyReport | str], damaged: list[str], *, wall_s: float
) -> Iterator[str]:
    for site in damaged:
        report = found[site]
        yield f"{site}"
        yield from [report] if isinstance(report, str) else told(report, wall_s=wall_s)
        yield ""
    sound = [report for report in found.values() if not isinstance(report, str)]
    yield (
        f"{counted(len(found), 'site')}: "
        f"{counted(sum(each.warcs.files for each in sound), 'WARC')}, "
        f"{counted(sum(each.warcs.records for each in sound), 'record')}, "
        f"{counted(sum(sum(each.dataset.rows.values()) for each in sound), 'row')}"
    )
    verdict = f"Damaged: {counted(len(damaged), 'site')}." if damaged else "Sound."
    yield f"{verdict} {wall_s:.0f} s."
