"""A newsroom that does something as a certain request comes in, before it answers it."""

import threading
from collections.abc import Callable
from datetime import datetime

from typing_extensions import override

from crawler.newsroom.listener import Request, Response
from crawler.newsroom.server import Newsroom


class WatchedNewsroom(Newsroom):
    """The invented news world, with an eye on who comes in."""

    def __init__(self, *, now: datetime) -> None:
        super().__init__(now=now)
        self._countdown = 0
        self._deed: Callable[[], None] = lambda: None
        self._watch = threading.Lock()

    def on_request(self, number: int, deed: Callable[[], None]) -> None:
        """Do a deed as the request of that number from now on comes in, the first being 1."""
        self._countdown, self._deed = number, deed

    @override
    def respond(self, request: Request) -> Response:
        """Answer, and do the deed first when it is its turn."""
        with self._watch:
            self._countdown -= 1
            if self._countdown == 0:
                self._deed()
        return super().respond(request)

    def paths(self, since: int = 0) -> list[str]:
        """Return the paths asked for, in order, from the request of that index on."""
        return [request.path for request in self.requests[since:]]
