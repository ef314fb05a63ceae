"""Places where a failing machine can be played: at each, one order may strike, and none ever does
unless it is given.

`NEWSREEL_FAULT=warc.sync:2:kill` kills the process as it comes to its second sync of a WARC. The
tests give every order at every place, and look at what is left. Without an order a place costs the
look at an empty list.
"""

import errno
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from archive.errors import ConfigError


class Action(StrEnum):
    """What can happen."""

    KILL = "kill"
    """The process is gone, as with SIGKILL or without power; what the kernel has, it keeps."""
    ENOSPC = "enospc"
    """The disk is full."""
    EIO = "eio"
    """The disk fails."""
    SHORT = "short"
    """Half is written, and then the disk is full."""
    TORN = "torn"
    """Half is written, and then the process is killed."""
    SLEEP = "sleep"
    """It takes a while."""


_ANYWHERE: Final = frozenset({Action.KILL, Action.SLEEP})
_AT_THE_DISK: Final = _ANYWHERE | {Action.ENOSPC, Action.EIO}
_AT_A_WRITE: Final = _AT_THE_DISK | {Action.SHORT, Action.TORN}

POINTS: Final[Mapping[str, frozenset[Action]]] = MappingProxyType(
    {
        "warc.opened": _AT_THE_DISK,  # no byte is in it
        "warc.write": _AT_A_WRITE,
        "warc.appended": _ANYWHERE,  # a whole record, not synced
        "warc.sync": _AT_THE_DISK,
        "warc.synced": _ANYWHERE,
        "journal.begun": _ANYWHERE,  # SQLite's own failures are played by full disks
        "journal.commit": _ANYWHERE,
        "journal.committed": _ANYWHERE,
        "part.write": _AT_THE_DISK,
        "part.written": _AT_THE_DISK,  # staged, not synced
        "part.published": _ANYWHERE,  # readers see it, no transaction names it
        "publish.synced": _AT_THE_DISK,  # synced, without its name
        "publish.named": _AT_THE_DISK,  # the folder is not synced
        "publish.lasting": _ANYWHERE,
        "seal.closed": _AT_THE_DISK,  # under its first name still
        "seal.named": _ANYWHERE,  # the journal does not know yet
        "seal.known": _ANYWHERE,  # without an index
        "heal.tail_kept": _AT_THE_DISK,  # copied aside, not cut off
        "heal.cut": _AT_THE_DISK,  # cut off, not synced
        "heal.sealed": _ANYWHERE,  # the journal does not know yet
        "heal.part_removed": _AT_THE_DISK,
        "compact.merged": _ANYWHERE,
        "snapshot.prepared": _AT_THE_DISK,  # its folder, with the parts that stay
        "snapshot.told": _AT_THE_DISK,  # the manifest of the one before
        "snapshot.known": _ANYWHERE,  # the journal names it, readers see the one before
        "snapshot.led": _AT_THE_DISK,  # a link is moved on
    }
)
"""Every place, and what can happen there."""
_SLEEP_S: Final = 0.3
_ERRORS: Final = {Action.ENOSPC: errno.ENOSPC, Action.EIO: errno.EIO}
_AFTER_HALF: Final = {Action.SHORT: Action.ENOSPC, Action.TORN: Action.KILL}


@dataclass(slots=True, kw_only=True)
class _Order:
    point: str
    passes_left: int
    action: Action


_ORDERS: Final[list[_Order]] = []
"""None or one."""


def arm(order: str) -> None:
    """Give the order `place:n:action`, for the n-th pass of the place; an empty one takes it back.

    Raises ConfigError for what is no order.
    """
    _ORDERS.clear()
    if not order:
        return
    point, number, action = (*order.split(":"), "", "", "")[:3]
    if not (number.isdecimal() and action in POINTS.get(point, ())):
        raise ConfigError(
            f"NEWSREEL_FAULT={order} is no order; one is warc.sync:2:kill, and archive/fault.py "
            "has the places and what can happen there"
        )
    _ORDERS.append(_Order(point=point, passes_left=int(number), action=Action(action)))


def fault(point: str) -> None:
    """Pass a place."""
    if _ORDERS and _is_due(point):
        _strike(_ORDERS.pop().action)


def half_of(point: str, data: memoryview) -> memoryview:
    """Pass a place where something is written; return how much of it may be."""
    if not _ORDERS or not _is_due(point):
        return data
    order = _ORDERS.pop()
    if order.action not in _AFTER_HALF:
        _strike(order.action)
        return data
    _ORDERS.append(_Order(point=point, passes_left=1, action=_AFTER_HALF[order.action]))
    return data[: (len(data) + 1) // 2]


def _is_due(point: str) -> bool:
    order = _ORDERS[0]
    if order.point != point:
        return False
    order.passes_left -= 1
    return order.passes_left == 0


def _strike(action: Action) -> None:
    if action is Action.KILL:
        os.kill(os.getpid(), signal.SIGKILL)
    if action is Action.SLEEP:
        time.sleep(_SLEEP_S)
    if action in _ERRORS:
        raise OSError(_ERRORS[action], os.strerror(_ERRORS[action]))
