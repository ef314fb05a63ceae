"""What a process of ours does before it works, so that it takes less memory."""

import ctypes
import sys
from importlib.abc import MetaPathFinder
from typing import Final

import pyarrow as pa
from typing_extensions import override

_M_MMAP_THRESHOLD: Final = -3
_LARGE_BYTES: Final = 128 << 10


def give_back() -> None:
    """Have blocks of 128 KiB and more go back to the system as soon as they are freed.

    glibc begins like that (mallopt(3), M_MMAP_THRESHOLD), but raises the bound to the largest block
    it has seen freed, 32 MiB at most, and keeps what is smaller: 50 MiB in a compaction. A process
    that reads pages would be a tenth slower. Where there is another C library nothing is changed.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


class _NoPandas(MetaPathFinder):
    """Answers `import pandas` as where it is not installed."""

    @override
    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(name=fullname)


def leave_pandas_out() -> None:
    """Keep Arrow from loading pandas before it is asked for a DataFrame.

    Where pandas is installed, Arrow loads it with the first list it is given, to see whether that
    is a Series: 0.3 s and 48 MB of every crawl. It looks once.
    """
    without = _NoPandas()
    sys.meta_path.insert(0, without)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(without)
