"""What a process of ours asks of the C library before it works: to give back what is freed."""

import ctypes
from typing import Final

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
