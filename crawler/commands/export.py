"""`newsreel export`: a store, or some of it, as one file to hand on."""

import json
import logging
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from archive import open_store
from archive.counted import counted
from archive.dataset.card import export_folder
from archive.dataset.export import count_rows, write_rows
from archive.durable import move_folder, publish, staging_beside
from archive.errors import ConfigError, write_failure
from archive.existing import existing_store
from archive.extras import extra_missing
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.layout import ExportFolder
from archive.selection import Selection
from archive.wacz.export import export_wacz, foresee_wacz
from crawler.commands.selecting import selection_of
from crawler.console import answer_console

_WACZ: Final = "wacz"
_ICEBERG: Final = "iceberg"
_HF: Final = "hf"
_FOLDERS: Final = frozenset({_ICEBERG, _HF})


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
    with closing(Journal.read(existing_store(root).journal)) as journal:
        selection = selection_of(journal, **limits)
    if kind in _FOLDERS:
        _require_whole_months(kind, selection)
    _require_outside(root, out)
    # Tables that are there are brought up to date.
    if kind != _ICEBERG or not ExportFolder(out).catalog.is_file():
        _require_free(out)
    tell = _foreseen if is_rehearsal else _WRITERS.get(kind, _written_rows)
    told: dict[str, Any] = {"kind": kind, "out": str(out), "selection": str(selection)}
    told |= tell(root, kind, out, selection)
    console = answer_console()
    console.out(json.dumps(told, indent=1) if as_json else _sentence(told, is_rehearsal))
    return 0


def _require_outside(root: Path, out: Path) -> None:
    """Refuse a place in the store: its folders are read as a whole, and healed of strangers."""
    if out.resolve().is_relative_to(root.resolve()):
        raise ConfigError(
            f"{out} lies in the store, which keeps its own files alone: give another --out"
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


def _require_whole_months(kind: str, selection: Selection) -> None:
    if selection.since or selection.until:
        raise ConfigError(
            f"an export to {kind} takes whole files, of a month each: leave --since and --until "
            "out, or export jsonl or csv"
        )


def _written_wacz(root: Path, _: str, out: Path, selection: Selection) -> dict[str, Any]:
    software = f"Newsreel/{version('newsreel')}"
    told = export_wacz(root, out, selection, now=now_utc(), software=software)
    return {"captures": told.captures, "pages": told.pages, "size_bytes": told.size_bytes}


def _written_tables(root: Path, _: str, out: Path, selection: Selection) -> dict[str, Any]:
    try:
        iceberg = import_module("archive.dataset.iceberg")
    except ImportError as error:
        raise extra_missing("this export needs pyiceberg", "iceberg") from error
    # A warning for every column without least and greatest value; most have none, on purpose.
    logging.getLogger("pyiceberg.io.pyarrow").setLevel(logging.ERROR)
    tables = iceberg.export_iceberg(open_store(root).readers(), out, site=selection.site)
    return {"rows": tables[0].rows, "tables": [asdict(table) for table in tables]}


def _written_folder(root: Path, _: str, out: Path, selection: Selection) -> dict[str, Any]:
    try:
        with staging_beside(out) as scratch:
            staged = scratch / out.name
            staged.mkdir()
            readers = open_store(root).readers()
            shared = export_folder(readers, staged, site=selection.site, now=now_utc())
            move_folder(staged, out)
    except OSError as error:
        raise write_failure(error, out) from error
    size_bytes = sum(parts.size_bytes for parts in shared.values())
    return {"rows": shared["articles"].rows, "size_bytes": size_bytes}


def _written_rows(root: Path, kind: str, out: Path, selection: Selection) -> dict[str, Any]:
    try:
        with staging_beside(out) as scratch:
            staged = scratch / out.name
            with staged.open("wb") as file:
                rows = write_rows(open_store(root).articles, selection, file, form=kind)
            size_bytes = staged.stat().st_size
            publish(staged, out)
    except OSError as error:
        raise write_failure(error, out) from error
    return {"rows": rows, "size_bytes": size_bytes}


_WRITERS: Final = MappingProxyType(
    {_WACZ: _written_wacz, _ICEBERG: _written_tables, _HF: _written_folder}
)


def _sentence(told: Mapping[str, Any], is_rehearsal: bool) -> str:  # noqa: FBT001 - one caller
    size = told.get("size_bytes", told.get("answer_bytes"))
    held = (
        f"{counted(told['captures'], 'capture')}, {told['pages']:,} of them of articles"
        if told["kind"] == _WACZ
        else counted(told["rows"], "version", behind="of articles")
    )
    whole = "" if size is None else f", {size / 1e6:,.1f} MB"
    verb = "would hold" if is_rehearsal else "holds"
    return f"{told['out']} {verb} {held}{whole} ({told['selection']})"
