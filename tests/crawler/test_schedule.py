"""`newsreel schedule`: what it prints is what clocks take, and its loop ends when it should."""

import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ConfigError
from crawler.commands.schedule import FORMS, loop, print_schedule, way_of

ROOT = Path("/srv/50% of/a store")
WAY = way_of(contact="you@example.com", proxy=None, allowed_networks=())
PROGRAM = Path(sysconfig.get_path("scripts")) / "newsreel"
CALL = "crawl --due --quiet --store"

# What each clock has to find in what is printed, with a path that needs care.
LINES = {
    "systemd": (
        f'ExecStart={PROGRAM} {CALL} "/srv/50%% of/a store" --contact you@example.com\n',
        'ReadWritePaths="/srv/50%% of/a store"\n',
        "OnCalendar=*:0/5\n",
    ),
    "cron": (f"*/5 * * * * {PROGRAM} {CALL} '/srv/50\\% of/a store' --contact you@example.com\n",),
    "kubernetes": (
        'schedule: "*/5 * * * *"\n',
        'command: ["newsreel", "crawl", "--due", "--quiet", "--store", "/srv/50% of/a store", ',
        'mountPath: "/srv/50% of/a store"\n',
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_clock_is_told_what_to_call(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_schedule(form, ROOT, minutes=5, way=WAY) == 0

    said = capsys.readouterr().out
    assert [line for line in LINES[form] if line not in said] == []


def test_a_line_for_cron_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_schedule("cron", ROOT, minutes=5)

    assert capsys.readouterr().out.count("\n") == 1


def test_a_clock_s_crawl_goes_out_as_the_operator_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    way = way_of(
        contact=None,
        delay_s=0.5,
        proxy="http://127.0.0.1:3128",
        allowed_networks=("10.0.0.0/8", "::1/128"),
    )

    print_schedule("cron", Path("/srv/store"), minutes=5, way=way)

    assert capsys.readouterr().out.endswith(
        f" {CALL} /srv/store --delay 0.5 --proxy http://127.0.0.1:3128 "
        "--allow-network 10.0.0.0/8 --allow-network ::1/128\n"
    )


# What a timer would fail with every five minutes.
UNTAKEN: dict[str, dict[str, Any]] = {
    "contact": {"contact": "nobody"},
    "proxy": {"proxy": "socks5://127.0.0.1:9"},
    "network": {"allowed_networks": ("300.0.0.0/8",)},
}


@pytest.mark.parametrize("wrong", UNTAKEN.values(), ids=UNTAKEN.keys())
def test_what_no_crawl_would_take_is_not_printed(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"contact": None, "proxy": None, "allowed_networks": ()}

    with pytest.raises(ConfigError):
        way_of(**(right | wrong))


class Calls:
    """Stands where the loop calls a crawl: ends with these codes, one after the other."""

    def __init__(self, *codes: int) -> None:
        self.made: list[Sequence[str]] = []
        self._codes = list(codes)

    def __call__(self, words: Sequence[str]) -> int:
        """Note the call."""
        self.made.append(tuple(words))
        return self._codes.pop(0)


def test_the_loop_goes_on_beside_trouble_and_ends_with_a_failure(tmp_path: Path) -> None:
    calls = Calls(0, 3, 4, 75, 5)

    assert loop(tmp_path, minutes=0, run=calls) == 5

    assert calls.made == [("crawl", "--due", "--quiet", "--store", str(tmp_path))] * 5
