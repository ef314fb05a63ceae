"""What a store can lose besides its WARCs, and how it is repaired and compared."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from archive import open_store
from archive.store import DATASETS
from crawler.commands.repair import repair_store

Rows: TypeAlias = Mapping[str, list[str]]


def rows_of(store: Path) -> Rows:
    """Return the rows of each dataset with all their columns, sorted."""
    opened = open_store(store)
    tables = {name: getattr(opened, name).to_arrow().to_pylist() for name in DATASETS}
    return {name: sorted(map(repr, rows)) for name, rows in tables.items()}


def repair(store: Path, capsys: pytest.CaptureFixture[str], **how: Any) -> tuple[int, Any]:
    """Repair a store; return exit code and answer."""
    code = repair_store(store, **({"is_rehearsal": False, "as_json": True} | how))
    return code, json.loads(capsys.readouterr().out)


def lose_journal(store: Path) -> None:
    """Leave no trace of the journal."""
    for path in store.glob("journal.db*"):
        path.unlink()


def lose_parquet(store: Path) -> None:
    """Leave no part of any dataset."""
    shutil.rmtree(store / "snapshots")
    for name in DATASETS:
        (store / name).unlink()


def lose_all(store: Path) -> None:
    """Leave the WARCs alone."""
    lose_journal(store)
    lose_parquet(store)
    shutil.rmtree(store / "index")


def spoil_journal(store: Path) -> None:
    """Overwrite the journal so that SQLite does not know it any more."""
    lose_journal(store)
    (store / "journal.db").write_bytes(b"no journal" * 1000)


def spoil_part(store: Path) -> None:
    """Flip a byte in the middle of a part of articles."""
    part = min((store / "articles").rglob("*.parquet"))
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
