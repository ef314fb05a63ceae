from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

_T = TypeVar("_T")

class ProcessExpired(OSError):
    exitcode: int

class ProcessPool:
    def __init__(
        self,
        *,
        max_workers: int,
        max_tasks: int = ...,
        initializer: Callable[..., object] | None = ...,
        initargs: tuple[Any, ...] = ...,
        context: BaseContext | None = ...,
    ) -> None: ...
    @property
    def active(self) -> bool: ...
    def schedule(
        self,
        function: Callable[..., _T],
        *,
        args: tuple[Any, ...] = ...,
        timeout: float | None = ...,
    ) -> Future[_T]: ...
    def close(self) -> None: ...
    def stop(self) -> None: ...
    def join(self, timeout: float | None = ...) -> None: ...
