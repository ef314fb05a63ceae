"""`newsreel export`: a store, or some of it, as one file to hand on."""

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from archive import open_store
from archive.dataset.export import count_rows, write_rows
from archive.durable import publish
from archive.errors import ConfigError, write_failure
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.selection import Selection, select
from archive.wacz.captures import known_sites
from archive.wacz.export import export_wacz, foresee_wacz
from crawler.console import answer_console

_WACZ: Final = "wacz"


def export_store(
    root: Path,
    kind: str,
    out: Path,
    *,
    limits: Mapping[str, Any],
    is_rehearsal: bool,
    as_json: bool,
) -> int:
    """Write the export, or say what it would be, and tell about it.

    Raises ConfigError when the place is taken, nothing is selected, or there is no store.
    """
    selection = _selection(root, **limits)
    _require_free(out)
    tell = _foreseen if is_rehearsal else _written
    told: dict[str, Any] = {"kind": kind, "out": str(out), "selection": str(selection)}
    told |= tell(root, kind, out, selection)
    console = answer_console()
    console.out(json.dumps(told, indent=1) if as_json else _sentence(told, is_rehearsal))
    return 0


def _selection(
    root: Path, *, site: str | None, since: datetime | None, until: datetime | None
) -> Selection:
    journal = Journal.read(open_store(root).layout.journal)
    try:
        with journal.snapshot() as db:
            known = known_sites(db)
    finally:
        journal.close()
    return select(
        site=site,
        since=since.date() if since else None,
        until=until.date() if until else None,
        known=known,
    )


def _require_free(out: Path) -> None:
    if out.exists():
        raise ConfigError(f"{out} exists already: give another --out, or move it away")
    if not out.parent.is_dir():
        raise ConfigError(f"{out.parent} is not a folder: make it first, or give another --out")


def _foreseen(root: Path, kind: str, _: Path, selection: Selection) -> dict[str, int]:
    if kind != _WACZ:
        return {"rows": count_rows(open_store(root).articles, selection)}
    told = foresee_wacz(root, selection)
    return {"captures": told.captures, "pages": told.pages, "answer_bytes": told.answer_bytes}


def _written(root: Path, kind: str, out: Path, selection: Selection) -> dict[str, int]:
    if kind == _WACZ:
        software = f"Newsreel/{version('newsreel')}"
        told = export_wacz(root, out, selection, now=now_utc(), software=software)
        return {"captures": told.captures, "pages": told.pages, "size_bytes": told.size_bytes}
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
            staged = Path(folder) / out.name
            with staged.open("wb") as file:
                rows = write_rows(open_store(root).articles, selection, file, form=kind)
            size_bytes = staged.stat().st_size
            publish(staged, out)
    except OSError as error:
        raise write_failure(error, out) from error
    return {"rows": rows, "size_bytes": size_bytes}


def _sentence(told: Mapping[str, Any], is_rehearsal: bool) -> str:  # noqa: FBT001 - one caller
    size = told.get("size_bytes", told.get("answer_bytes"))
    held = (
        f"{told['captures']:,} captures, {told['pages']:,} of them articles"
        if told["kind"] == _WACZ
        else f"{told['rows']:,} articles"
    )
    whole = "" if size is None else f", {size / 1e6:,.1f} MB"
    verb = "would hold" if is_rehearsal else "holds"
    return f"{told['out']} {verb} {held}{whole} ({told['selection']})"
