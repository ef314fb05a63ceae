"""Where figures were taken: the machine, how busy it was, and the versions that took part."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Final

_TAKING_PART: Final = (
    *("Scrapy", "Twisted", "trafilatura", "lxml", "selectolax", "warcio", "requests"),
    *("pyarrow", "duckdb", "distributed"),
)


def described(now: datetime) -> str:
    """Return the machine in a sentence or two; ask before anything is measured, for the load."""
    load = " ".join(f"{each:.2f}" for each in os.getloadavg())
    cores = len(os.sched_getaffinity(0))
    return (
        f"{now:%Y-%m-%d %H:%M} UTC; {cores} cores of {_processor()}, {_memory_gib():.0f} GiB; load "
        f"{load} at the start. {platform.system()} {platform.release().partition('-')[0]}, "
        f"Python {platform.python_version()}; {', '.join(_versions())}."
    )


def wget_version() -> str | None:
    """Return the version of wget; None where it is not installed."""
    if not (program := shutil.which("wget")):
        return None
    said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    return said.stdout.split()[2]


def _versions() -> Iterator[str]:
    yield from (f"{name} {metadata.version(name)}" for name in _TAKING_PART)
    yield f"wget {wget_version() or 'not installed'}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
