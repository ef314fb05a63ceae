"""An answer that takes long to make: kept while it holds, and made anew beside who asks for it."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Generic, TypeVar

from archive.errors import NewsreelError

logger = logging.getLogger(__name__)

T = TypeVar("T")

_HOLDS_S: Final = 10.0
"""How long an answer is told again at the least; longer where making it takes long."""
_SHARE: Final = 20
"""At most one part in so many of the time goes into making it anew."""
_PATIENCE_S: Final = 0.3
"""How long who asks waits for a new answer, before the kept one is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What was found, and when."""

    found: T
    at: datetime
    """The last moment of which it is known to be true."""
    mark: object
    """What it was made of; another mark, and it may not hold any more."""
    until: float


class Kept(Generic[T]):
    """The last answer to a question that costs more the more there is.

    A page therefore costs what is on it: only the first one waits for as long as it takes.
    """

    def __init__(
        self,
        make: Callable[[], T],
        *,
        mark: Callable[[], object],
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make = make
        self._mark = mark
        self._clock = clock
        self._monotonic = monotonic
        self._answer: Answer[T] | None = None
        self._making: threading.Thread | None = None
        self._lock = threading.Lock()

    def get(self) -> Answer[T]:
        """Return the newest answer that can be had soon."""
        with self._lock:
            answer = self._answer or self._made()
            self._answer = answer
            if self._making is None and self._monotonic() >= answer.until:
                self._look_again(answer)
            making = self._making
        if making is not None:
            making.join(_PATIENCE_S)
        return self._answer

    def _look_again(self, answer: Answer[T]) -> None:
        """Tell the answer again when nothing has changed; else have another made."""
        if self._mark() == answer.mark:
            until = self._monotonic() + _HOLDS_S
            self._answer = replace(answer, at=self._clock(), until=until)
        else:
            self._making = threading.Thread(target=self._renew, daemon=True)
            self._making.start()

    def _made(self) -> Answer[T]:
        mark, began, at = self._mark(), self._monotonic(), self._clock()
        found = self._make()
        ended = self._monotonic()
        until = ended + max(_HOLDS_S, _SHARE * (ended - began))
        return Answer(found=found, at=at, mark=mark, until=until)

    def _renew(self) -> None:
        try:
            self._answer = self._made()
        except (NewsreelError, sqlite3.Error) as error:  # the page says so of its own questions
            logger.warning("answer kept why=%s", error)
        finally:
            self._making = None
