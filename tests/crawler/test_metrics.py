"""The text file for Prometheus: one help a gauge, labels escaped, no timestamps."""

from datetime import UTC, datetime

from archive.journal.alarms import Alarm
from archive.journal.standing import SiteStanding
from crawler.metrics import Gauges, exposition

NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
SITE = SiteStanding(
    site="x",
    advertised=3,
    archived=2,
    pending=1,
    failed=0,
    blocked=0,
    unreachable=0,
    missing=0,
    last_request_at=NOON,
)


def lines(*alarms: Alarm, sites: tuple[SiteStanding, ...] = (SITE,)) -> list[str]:
    gauges = Gauges(ended_at=NOON, exit_code=3, rows=2, sites=sites, alarms=alarms)
    return exposition(gauges).splitlines()


def test_each_gauge_is_explained_once_and_told_per_site() -> None:
    told = lines(sites=(SITE, SITE))

    assert told.count("# TYPE newsreel_archived gauge") == 1
    assert told.count('newsreel_archived{site="x"} 2') == 2
    assert f"newsreel_last_call_timestamp_seconds {NOON.timestamp():.0f}" in told
    assert "newsreel_exit_code 3" in told


def test_what_is_wrong_says_since_when() -> None:
    alarm = Alarm(site="x", kind='missing:http://x.example/"a"', what="gone", began_at=NOON)

    assert (
        "newsreel_alarm_began_timestamp_seconds"
        r'{site="x",kind="missing:http://x.example/\"a\""} ' + f"{NOON.timestamp():.0f}"
    ) in lines(alarm)


def test_the_file_ends_with_a_line_feed() -> None:
    gauges = Gauges(ended_at=NOON, exit_code=0, rows=0, sites=(), alarms=())

    assert exposition(gauges).endswith("0\n")
