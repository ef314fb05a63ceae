"""Drawings, made on the server as SVG: a browser needs no script for them, and a printer none.

Nothing in them is styled by attribute: the stylesheet does that, light and dark.
"""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup, escape

_GAP: Final = 1.0


def bars(
    values: Sequence[float], *, label: str, width: int = 132, height: int = 26, kind: str = "spark"
) -> Markup:
    """Return a bar a value; a day without any is a mark on the floor."""
    top = max([*values, 1])
    step = width / max(len(values), 1)
    drawn = [
        _bar(
            place * step, value / top * (height - 2), step, height, is_last=place == len(values) - 1
        )
        for place, value in enumerate(values)
    ]
    return _svg(drawn, label=label, width=width, height=height, kind=kind)


def _bar(x: float, high: float, step: float, height: int, *, is_last: bool) -> str:
    shown = max(1.5, high)
    name = "zero" if high <= 0 else "last" if is_last else "bar"
    return (
        f'<rect class="{name}" x="{x:.1f}" y="{height - shown:.1f}" '
        f'width="{max(step - _GAP, 0.6):.1f}" height="{shown:.1f}"/>'
    )


def line(
    values: Sequence[float | None],
    *,
    label: str,
    promised: float | None = None,
    width: int = 110,
    height: int = 26,
    kind: str = "spark",
) -> Markup:
    """Return a line through shares of 0 to 1; where there is no value, it passes over.

    What is promised is a line across, None is none.
    """
    step = (width - 6) / max(len(values) - 1, 1)
    points = [
        (3 + place * step, _level(value, height))
        for place, value in enumerate(values)
        if value is not None
    ]
    if not points:
        return _svg([], label=label, width=width, height=height, kind=kind)
    path = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    (x0, _), (x1, y1) = points[0], points[-1]
    across = [] if promised is None else [_across(_level(promised, height), width)]
    drawn = [
        *across,
        f'<path class="under" d="{path}L{x1:.1f},{height} L{x0:.1f},{height}Z"/>',
        f'<path class="line" d="{path}"/>',
        f'<circle class="end" cx="{x1:.1f}" cy="{y1:.1f}" r="2.3"/>',
    ]
    return _svg(drawn, label=label, width=width, height=height, kind=kind)


def _level(share: float, height: int) -> float:
    return height - 3 - share * (height - 6)


def _across(y: float, width: int) -> str:
    return f'<path class="promise" d="M0,{y:.1f}H{width}"/>'


def meter(share: float | None, *, label: str) -> Markup:
    """Return a share of 0 to 1 as a filled rule."""
    full = 0.0 if share is None else max(0.0, min(share, 1.0))
    drawn = [
        '<rect class="ground" width="64" height="6" rx="3"/>',
        f'<rect class="full" width="{64 * full:.1f}" height="6" rx="3"/>',
    ]
    return _svg(drawn, label=label, width=64, height=6, kind="meter")


def _svg(drawn: Sequence[str], *, label: str, width: int, height: int, kind: str) -> Markup:
    said = escape(label)
    head = (
        f'<svg class="{escape(kind)}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" preserveAspectRatio="none" role="img" aria-label="{said}">'
    )
    return Markup(head + "".join(drawn) + "</svg>")  # noqa: S704 - numbers and names of ours; the label is escaped
