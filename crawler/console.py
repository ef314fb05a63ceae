"""Where answers and messages are printed."""

from typing import Final

from rich.console import Console

_PIPED_WIDTH: Final = 160
"""Columns when no terminal says how wide it is: in a log or a mail, cut text is lost text."""


def answer_console() -> Console:
    """Return standard output, for what was asked for."""
    return _console(is_error=False)


def message_console() -> Console:
    """Return standard error, for progress, warnings and errors."""
    return _console(is_error=True)


def _console(*, is_error: bool) -> Console:
    # rich would paint every number it finds, and take [brackets] in a headline for markup.
    console = Console(stderr=is_error, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    return console
