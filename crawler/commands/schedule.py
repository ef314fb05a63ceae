"""`newsreel schedule`: what makes a machine call `crawl --due`, printed; or a loop that calls it.

Nothing is installed: where timers live is each machine's own business. Whoever calls may call too
often or too seldom: what is due stands in the store.
"""

import json
import re
import shlex
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from crawler.console import answer_console, message_console
from crawler.fetch.politeness import DEFAULT_DELAY_S
from crawler.plan import read_contact, read_networks, read_proxy
from crawler.stopping import BY_SIGNAL

_QUIET: Final = frozenset({0, 3, 4, 75})
"""Exit codes after which the loop goes on: sites in trouble, or another writer."""

_SYSTEMD: Final = """\
# /etc/systemd/system/newsreel-crawl.service
[Unit]
Description=Newsreel: crawl what is due
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={systemd}
# A site that needs a look (3), or refuses us (4), is told in the journal and is no failed unit;
# nor is a store that is busy (75) or a stop that was asked for (143).
SuccessExitStatus=3 4 75 143
TimeoutStopSec=30
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
ReadWritePaths={writable}
Nice=10

# /etc/systemd/system/newsreel-crawl.timer
[Unit]
Description=Newsreel: crawl what is due, every {minutes} minutes

[Timer]
OnCalendar=*:0/{minutes}
RandomizedDelaySec=30
Persistent=true

[Install]
WantedBy=timers.target

# then: systemctl daemon-reload && systemctl enable --now newsreel-crawl.timer
"""
_CRON: Final = "*/{minutes} * * * * {cron}\n"
_KUBERNETES: Final = """\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: newsreel-crawl
spec:
  schedule: "*/{minutes} * * * *"
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 30
          containers:
            - name: newsreel
              image: newsreel
              command: {kubernetes}
              volumeMounts:
                - name: store
                  mountPath: {mounted}
          volumes:
            - name: store
              persistentVolumeClaim:
                claimName: newsreel-store
"""
_PLAIN_WORD: Final = re.compile(r"[\w%@+=:,./$-]+")
FORMS: Final = {"systemd": _SYSTEMD, "cron": _CRON, "kubernetes": _KUBERNETES}


def print_schedule(form: str, root: Path, *, minutes: int, way: Sequence[str] = ()) -> int:
    """Print what one of the FORMS of clock needs to call this store's crawls."""
    store = root.absolute()
    words = call_of(store, way)
    here = [_program(), *words[1:]]
    text = FORMS[form].format(
        systemd=" ".join(map(_of_systemd, here)).replace("$", "$$"),
        writable=_of_systemd(str(store)),
        cron=shlex.join(here).replace("%", r"\%"),  # cron makes a line's end of it
        kubernetes=json.dumps(words),
        mounted=json.dumps(str(store)),
        minutes=minutes,
    )
    answer_console().out(text, end="")
    return 0


def _program() -> str:
    """Return where this very command is: no clock looks into an environment for it."""
    place = Path(sysconfig.get_path("scripts")) / "newsreel"
    return str(place) if place.is_file() else "newsreel"


def _of_systemd(word: str) -> str:
    """Return a word as unit files quote it (systemd.syntax(7)); a percent sign begins a specifier.

    >>> print(_of_systemd("/srv/a store"), _of_systemd("/srv/50%"))
    "/srv/a store" /srv/50%%
    """
    doubled = word.replace("%", "%%")
    return doubled if _PLAIN_WORD.fullmatch(doubled) else json.dumps(doubled, ensure_ascii=False)


def way_of(
    *,
    contact: str | None,
    delay_s: float = DEFAULT_DELAY_S,
    proxy: str | None,
    allowed_networks: Sequence[str],
) -> tuple[str, ...]:
    """Return how a clock's crawls go out; ConfigError names what no crawl would take.

    A delay that every crawl has is not said.
    """
    read_contact(contact)
    read_networks(allowed_networks)
    given = (
        ("--contact", contact),
        ("--delay", None if delay_s == DEFAULT_DELAY_S else f"{delay_s:g}"),
        ("--proxy", read_proxy(proxy)),
        *(("--allow-network", each) for each in allowed_networks),
    )
    return tuple(word for name, value in given if value is not None for word in (name, value))


def call_of(root: Path, way: Sequence[str]) -> list[str]:
    """Return the call that a clock makes."""
    return ["newsreel", "crawl", "--due", "--quiet", "--store", str(root), *way]


def loop(
    root: Path,
    *,
    minutes: int,
    way: Sequence[str] = (),
    run: Callable[[Sequence[str]], int] | None = None,
) -> int:
    """Call `crawl --due` every so many minutes until a signal or a failure ends it.

    Returns the exit code of what ended it. A signal reaches the call, too, which stops cleanly.
    """
    stop = threading.Event()
    signals = (signal.SIGTERM, signal.SIGINT)
    before = {each: signal.signal(each, lambda *_: stop.set()) for each in signals}
    words = call_of(root, way)[1:]
    message_console().print(f"calling `newsreel {shlex.join(words)}` every {minutes} minutes")
    try:
        while True:
            code = (run or _call(stop))(words)
            if code not in _QUIET:
                return code
            if stop.wait(minutes * 60.0):
                return BY_SIGNAL + signal.SIGTERM
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def _call(stop: threading.Event) -> Callable[[Sequence[str]], int]:
    def call(words: Sequence[str]) -> int:
        # In a process of its own: Twisted's reactor cannot be started twice.
        command = [sys.executable, "-m", "crawler", *words]
        # And in a session of its own: a terminal's Ctrl-C would reach it beside ours, and a second
        # signal drops what is under way.
        with subprocess.Popen(command, start_new_session=True) as running:  # noqa: S603 - our own
            while True:
                try:
                    return running.wait(timeout=1)
                except subprocess.TimeoutExpired:
                    if stop.is_set():
                        running.send_signal(signal.SIGTERM)
                        return running.wait()

    return call
