"""What a verb ends with when something went wrong, the worst first."""

from collections.abc import Collection
from typing import Final

from archive.errors import ConfigError, CorruptArchiveError, StoreInUseError

UNEXPECTED: Final = 1
NEEDS_A_LOOK: Final = 3
"""Of what is done, when a person should look at something."""
REFUSED: Final = 4

WORST_FIRST: Final = (
    CorruptArchiveError.exit_code,
    UNEXPECTED,
    ConfigError.exit_code,
    StoreInUseError.exit_code,
    REFUSED,
    NEEDS_A_LOOK,
)


def worst(codes: Collection[int]) -> int:
    """Return the worst of these, UNEXPECTED where one is unknown; 0 when nothing went wrong."""
    known = {code if code in WORST_FIRST else UNEXPECTED for code in codes if code}
    return next((code for code in WORST_FIRST if code in known), 0)
