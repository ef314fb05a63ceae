"""Robots.txt as RFC 9309 reads it: who may ask for what, how often, and where the sitemaps are.

Parsed by protego, with two things made exact: a group is ours when its product token equals ours
(RFC 9309 section 2.2.1; protego also takes `news` for `newsreel`), and a version behind the token
of a group does not hide the group.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from protego import Protego

from archive.address import crawl_address
from crawler.extract.decode import decode
from crawler.extract.page import SourcePage

# "The parsing limit MUST be at least 500 kibibytes" (RFC 9309 section 2.5).
READ_BYTES: Final = 500 * 1024

_AVAILABLE: Final = range(200, 300)
# Section 2.3.1.3 allows everything after any 4xx. We take 429 for what it says, "not now".
# A redirect that is left after the caller followed five is a file that is unavailable
# (2.3.1.2); 304 is no redirect, and stands for a body that the caller should have put in.
_UNAVAILABLE: Final = frozenset(range(300, 500)) - {304, 429}
_AGENT_LINE: Final = re.compile(
    r"\s*user[ -]?agent(?:\s*:\s*|\s+)(?P<token>\*|[A-Za-z_-]+)", re.IGNORECASE
)
_TOKEN: Final = re.compile(r"[A-Za-z_-]+")
_EVERYONE: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRules:
    """What one origin asks of crawlers."""

    is_unreachable: bool = False
    """The file could not be had: nothing may be fetched until it can (RFC 9309 section 2.3.1.4)."""
    sitemaps: tuple[str, ...] = ()
    """Crawl addresses, each once, in the file's order; empty when it names none."""
    _groups: frozenset[str] = field(default=frozenset(), repr=False)
    _parsed: Protego = field(default_factory=Protego, repr=False, compare=False)

    def is_allowed(self, url: str, agent: str) -> bool:
        """Whether the agent, given by its product token or User-Agent, may ask for the address."""
        return not self.is_unreachable and self._parsed.can_fetch(url, self._group(agent))

    def crawl_delay_s(self, agent: str) -> float | None:
        """Return the seconds the agent is asked to leave between requests; None when not asked.

        Crawl-delay or Request-rate, whichever is slower.
        """
        group = self._group(agent)
        rate = self._parsed.request_rate(group)
        asked = (
            self._parsed.crawl_delay(group),
            rate.seconds / rate.requests if rate is not None else None,
        )
        return max((delay for delay in asked if delay is not None), default=None)

    def _group(self, agent: str) -> str:
        """Return the token of the group that rules the agent."""
        token = _TOKEN.match(agent.strip())
        return token[0].lower() if token and token[0].lower() in self._groups else _EVERYONE


def read_robots(status: int | None, body: bytes, *, base: str) -> RobotsRules:
    """Return the rules that an answer to /robots.txt means; the status is None for no answer.

    The caller follows redirects and puts the body kept from before in the place of a 304.
    """
    if status in _AVAILABLE:
        return _parsed_rules(_text(body), base)
    return RobotsRules(is_unreachable=status not in _UNAVAILABLE)


def _text(body: bytes) -> str:
    """Return the file as text, cut after the last whole line that is within the limit."""
    if len(body) > READ_BYTES:
        # Half a line would be a rule that nobody wrote.
        body = body[: max(body.rfind(b"\n", 0, READ_BYTES), body.rfind(b"\r", 0, READ_BYTES)) + 1]
    # "MUST be UTF-8 encoded" (section 2.3); others are read by their mark rather than ignored.
    return decode(SourcePage(url="", body=body, content_type="text/plain; charset=utf-8"))


def _parsed_rules(text: str, base: str) -> RobotsRules:
    groups: set[str] = set()
    lines = []
    for line in text.splitlines():
        if named := _AGENT_LINE.match(line):
            groups.add(named["token"].lower())
            lines.append(f"User-agent: {named['token']}")
        else:
            lines.append(line)
    parsed = Protego.parse("\n".join(lines))
    named_sitemaps = (crawl_address(address, base) for address in parsed.sitemaps)
    return RobotsRules(
        sitemaps=tuple(dict.fromkeys(filter(None, named_sitemaps))),
        _groups=frozenset(groups),
        _parsed=parsed,
    )
