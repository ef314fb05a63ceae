"""Where answers and messages are printed.

A reader that has seen enough, as `head` has, ends an answer without a word: the exit code is the
one a shell gives to a program that SIGPIPE ended. Messages are nobody's answer: when nobody reads
them, the work goes on.
"""

import os
import signal
import sys
from typing import Any, Final, NoReturn

from rich.console import Console
from rich.text import Text
from typing_extensions import override

from archive.harmless import harmless
from crawler.stopping import BY_SIGNAL

UNREAD: Final = BY_SIGNAL + signal.SIGPIPE
"""The exit code when whoever reads the answer stops reading."""

_PIPED_WIDTH: Final = 160
"""Columns when no terminal says how wide it is: in a log or a mail, cut text is lost text."""


def answer_console() -> Console:
    """Return standard output, for what was asked for."""
    return _console(is_error=False)


def message_console() -> Console:
    """Return standard error, for progress, warnings and errors."""
    return _console(is_error=True)


def answer_bytes(data: bytes) -> None:
    """Write bytes to standard output as they are."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _end_unread()


def on_one_line(text: str) -> str:
    """Return words that may be a stranger's as a line of a log can hold them."""
    return harmless(" ".join(text.split()))


def _end_unread() -> NoReturn:
    _lead_nowhere(sys.stdout.fileno())
    raise SystemExit(UNREAD)


def _lead_nowhere(descriptor: int) -> None:
    """Let what is still buffered go nowhere: Python writes it out when it ends, and would fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


class _Tame(Console):
    """Shows what strangers wrote, in lines and tables, and never obeys it."""

    @override
    def render_str(self, text: str, **how: Any) -> Text:
        return super().render_str(harmless(text), **how)


class _Answers(_Tame):
    @override
    def on_broken_pipe(self) -> NoReturn:
        _end_unread()


class _Messages(_Tame):
    @override
    def on_broken_pipe(self) -> None:
        self.quiet = True
        _lead_nowhere(sys.stderr.fileno())


def _console(*, is_error: bool) -> Console:
    # rich would paint every number it finds, and take [brackets] in a headline for markup.
    kind = _Messages if is_error else _Answers
    console = kind(stderr=is_error, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    return console
