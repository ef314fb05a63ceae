"""What benches tell, in Markdown: tables, and figures with how far they spread."""

from collections.abc import Iterable, Sequence
from statistics import median

NOT_GIVEN = "-"
"""What stands where a side gives no such thing."""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; every row has a cell for every column."""
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for row in rows:
        assert len(row) == len(columns), f"{row} has not one cell for each of {columns}"
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)


def spread(values: Sequence[float]) -> str:
    """Return the median, with the least and the most where they differ."""
    middle, least, most = map(_short, (median(values), min(values), max(values)))
    return middle if least == most else f"{middle} ({least} to {most})"


def _short(value: float) -> str:
    """Return a ratio: two places are all that a busy machine lets stand, of a large one none."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
