"""How a store stands, as a text file that Prometheus' node exporter collects.

Its textfile collector takes files without timestamps that appear by one rename; an alert is best
made of the age of the last success (`docs/how-to/run-on-a-schedule.md`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.journal.alarms import Alarm
from archive.journal.standing import SiteStanding

_HELP: Final = {
    "newsreel_last_call_timestamp_seconds": "When a crawl of this store last ended.",
    "newsreel_exit_code": "How it ended; 0: every promise kept.",
    "newsreel_rows": "Rows in articles.",
    "newsreel_last_request_timestamp_seconds": "When a site was last asked for anything.",
    "newsreel_advertised": "Pages of a site that may hold an article.",
    "newsreel_archived": "Of these, those that hold an archived one.",
    "newsreel_pending": "Addresses of a site that wait for their turn.",
    "newsreel_failed": "Addresses of a site that failed when they were last asked for.",
    "newsreel_blocked": "Addresses of a site that were refused when they were last asked for.",
    "newsreel_alarm_began_timestamp_seconds": "Since when something is wrong with a site.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """What is measured."""

    ended_at: datetime
    exit_code: int
    rows: int
    sites: Sequence[SiteStanding]
    alarms: Sequence[Alarm]


def exposition(gauges: Gauges) -> str:
    """Return the gauges in Prometheus' text format, version 0.0.4."""
    lines: list[str] = []
    told = ""
    for name, labels, value in _samples(gauges):
        if name != told:
            lines += [f"# HELP {name} {_HELP[name]}", f"# TYPE {name} gauge"]
            told = name
        lines.append(f"{name}{labels} {value:.0f}")
    return "\n".join([*lines, ""])


def _samples(gauges: Gauges) -> Iterator[tuple[str, str, float]]:
    yield "newsreel_last_call_timestamp_seconds", "", gauges.ended_at.timestamp()
    yield "newsreel_exit_code", "", gauges.exit_code
    yield "newsreel_rows", "", gauges.rows
    for site in gauges.sites:
        if site.last_request_at is not None:
            at = site.last_request_at.timestamp()
            yield "newsreel_last_request_timestamp_seconds", _labels(("site", site.site)), at
    for name in ("advertised", "archived", "pending", "failed", "blocked"):
        for site in gauges.sites:
            yield f"newsreel_{name}", _labels(("site", site.site)), getattr(site, name)
    for alarm in gauges.alarms:
        labels = _labels(("site", alarm.site), ("kind", alarm.kind))
        yield "newsreel_alarm_began_timestamp_seconds", labels, alarm.began_at.timestamp()


def _labels(*pairs: tuple[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def names() -> Iterable[str]:
    """Return the name of every gauge."""
    return _HELP
