"""What an answer's status, or the lack of an answer, means for its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.coverage import Fate
from crawler.fetch.politeness import ATTEMPTS


class Step(StrEnum):
    """What is done next."""

    READ = "read"
    """The body is read."""
    UNCHANGED = "unchanged"
    """304: what is stored still stands."""
    REDIRECT = "redirect"
    """The address it leads to is queued."""
    RETRY = "retry"
    """The address is queued again, for later."""
    PUT_BACK = "put_back"
    """We stopped it ourselves: the address stays queued."""
    SETTLE = "settle"
    """That was it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is done next, and what the ledger says when that is the end of it."""

    step: Step
    fate: Fate | None = None
    reason: str | None = None
    is_throttled: bool = False
    """Whether the server asks for fewer requests, rather than being in trouble."""


# The address will not be there next time either (RFC 9110 section 15.5), or is not for us.
_FATES: Final[Mapping[int, Fate]] = {
    401: Fate.BLOCKED,
    402: Fate.BLOCKED,
    403: Fate.BLOCKED,
    404: Fate.GONE,
    407: Fate.BLOCKED,
    410: Fate.GONE,
    429: Fate.BLOCKED,
    451: Fate.BLOCKED,
    503: Fate.BLOCKED,
}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_THROTTLED: Final = frozenset({429, 503})
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_OURS: Final = "stopped"
# Asking again would bring the same.
_LASTING_FAILURES: Final = frozenset({"refused_address", "too_large", "headers_too_large"})
_NOT_MODIFIED: Final = 304


def judge(status: int | None, failure: str | None, *, attempts: int) -> Judgement:
    """Return what follows from an answer after so many requests, this one included.

    A body that was cut off is a failure whatever its status: half an article is not one.
    """
    if failure is not None or status is None:
        return _failed(failure or "no_answer", attempts)
    if status in _REDIRECTS:
        return Judgement(step=Step.REDIRECT, fate=Fate.REDIRECTED, reason=str(status))
    if status == _NOT_MODIFIED:
        return Judgement(step=Step.UNCHANGED, fate=Fate.UNCHANGED)
    if 200 <= status < 300:  # noqa: PLR2004 - "successful", RFC 9110 section 15.3
        return Judgement(step=Step.READ)
    return _refused(status, attempts)


def _failed(failure: str, attempts: int) -> Judgement:
    if failure == _OURS:
        return Judgement(step=Step.PUT_BACK)
    if failure not in _LASTING_FAILURES and attempts < ATTEMPTS:
        return Judgement(step=Step.RETRY)
    fate = Fate.REFUSED if failure == "refused_address" else Fate.FAILED
    return Judgement(step=Step.SETTLE, fate=fate, reason=failure)


def _refused(status: int, attempts: int) -> Judgement:
    is_throttled = status in _THROTTLED
    if status in _PASSING and attempts < ATTEMPTS:
        return Judgement(step=Step.RETRY, is_throttled=is_throttled)
    fate = _FATES.get(status, Fate.FAILED)
    return Judgement(
        step=Step.SETTLE, fate=fate, reason=f"http_{status}", is_throttled=is_throttled
    )
