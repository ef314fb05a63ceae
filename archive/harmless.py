"""What strangers wrote, as a terminal may be given it: it moves no cursor and paints nothing."""

import re
from typing import Final

# Control characters but tab and the ends of lines, which are CRLF in CSV, and marks that turn the
# direction of writing. A carriage return alone would have the line written over.
_STEERS_TERMINAL: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)


def harmless(text: str) -> str:
    r"""Return a text in which what a terminal would obey stands as its escape.

    >>> print(harmless("\x1b[31mred"))
    \x1b[31mred
    """
    return _STEERS_TERMINAL.sub(lambda found: ascii(found[0])[1:-1], text)
