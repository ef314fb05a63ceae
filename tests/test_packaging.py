"""What is declared, what is locked, what is imported and what a wheel holds agree."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from crawler.reextract.edition import LIBRARIES
from tests.architecture_rules import LAYERS
from tests.architecture_tree import read_tree

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = {
    name: (ROOT / "requirements" / f"{name}.lock").read_text("utf-8") for name in ("run", "dev")
}

# Imported only where the interpreter is new enough to have it: 3.14 brings zstd.
LATER_STANDARD_LIBRARY = {"compression"}

# In a lock a package is one line, and the digests of its files one line each.
PINNED = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9][0-9a-z.]*)( ; [^#@]+)? \\")
DIGEST = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")


def canonical(requirement: str) -> str:
    """Return the name that a requirement asks for, as locks spell it (PEP 503)."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def declared(*extras: str) -> set[str]:
    """Return what the project depends on, with these extras."""
    optional = PROJECT["project"]["optional-dependencies"]
    asked = [
        *PROJECT["project"]["dependencies"],
        *(one for name in extras for one in optional[name]),
    ]
    return {canonical(one) for one in asked} - {"newsreel"}


def pinned(lock: str) -> dict[tuple[str, str], str]:
    """Return each package of a lock, by name and version, with the line that pins it."""
    found = (PINNED.fullmatch(line) for line in LOCKS[lock].splitlines())
    return {(one["name"], one["version"]): one[0] for one in found if one}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_names_versions_and_digests_alone(lock: str) -> None:
    lines = LOCKS[lock].splitlines()

    assert [
        line for line in lines if not PINNED.fullmatch(line) and not DIGEST.fullmatch(line)
    ] == []


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("run", ()), ("dev", ("analysis", "dask", "dedup", "iceberg", "notebook", "room", "dev"))],
    ids=["run", "dev"],
)
def test_a_lock_pins_all_that_is_declared(lock: str, extras: tuple[str, ...]) -> None:
    names = {name for name, _ in pinned(lock)}

    assert declared(*extras) | {"setuptools"} <= names


def test_the_lock_of_development_holds_the_one_of_running_unchanged() -> None:
    assert set(pinned("run")) <= set(pinned("dev"))


def test_all_that_is_imported_is_declared() -> None:
    providers = importlib.metadata.packages_distributions()
    roots = {
        found.name.split(".")[0]: f"{module.path}:{found.line}"
        for module in read_tree(ROOT, *LAYERS)
        for found in module.imports
    }
    own = {*LAYERS, *sys.stdlib_module_names, *LATER_STANDARD_LIBRARY}

    assert {
        root: place
        for root, place in roots.items()
        if root not in own
        and declared(
            "analysis", "browser", "dask", "dedup", "iceberg", "notify", "room"
        ).isdisjoint(canonical(name) for name in providers.get(root, [root]))
    } == {}


def test_what_names_the_readers_edition_comes_with_newsreel() -> None:
    assert {canonical(library) for library in LIBRARIES} <= declared()


def test_the_wheel_holds_every_file_of_the_product(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for package in LAYERS:
        shutil.copytree(
            ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=source, check=True, capture_output=True
    )

    (wheel,) = tmp_path.glob("newsreel-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())

    kept = {path for package in LAYERS for path in (ROOT / package).rglob("*") if path.is_file()}
    expected = {
        path.relative_to(ROOT).as_posix() for path in kept if "__pycache__" not in path.parts
    }
    assert expected - held == set()
    assert {name.split("/")[0] for name in held - expected} == {
        f"newsreel-{PROJECT['project']['version']}.dist-info"
    }
