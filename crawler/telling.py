"""How Newsreel says how it stands: one sentence, the same in terminal, page, log and alert."""

import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from archive.counted import counted, verb
from archive.journal.standing import SiteStanding
from archive.shortfall import Shortfall

_SHOWN: Final = 5
"""Damaged files that are named; the rest is counted."""
_SOME: Final = 10
_MINUTE: Final = 60
_HOUR: Final = 3600
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))

# What a shell would not leave alone between double quotes.
_ACTIVE: Final = re.compile(r'["$`\\!]')
# Words of the ledger that say too little by themselves: those of crawler/fetch/failures.py for what
# went wrong on the way, and some for what was not asked for.
_REASONS: Final[Mapping[str, str]] = {
    "broken": "the connection broke",
    "cut_off": "the answer broke off",
    "doctype": "it declares a document type, which is refused unread",
    "dns": "the host's name could not be resolved (DNS)",
    "html": "it is a web page",
    "headers_too_large": "the head of the answer has no end",
    "max_pages": "it is more than the pages asked for",
    "malformed": "it breaks its format's rules",
    "redirect_circle": "a redirect leads back to where it came from",
    "refused": "the connection was refused",
    "refused_address": "it leads to an address that is not public",
    "robots": "robots.txt does not allow it",
    "robots_unreachable": "robots.txt could not be had",
    "timeout": "no whole answer came in time",
    "too_large": "the answer is too large",
    "trap_calendar": "it is a day or month of a calendar without end",
    "trap_deep": "its path has more segments than any article's",
    "trap_long": "it is longer than any article's",
    "trap_repeats": "its path repeats itself",
    "trap_session": "it carries a visitor's session",
    "trap_variants": "a hundred pages of its path differ in the query only",
    "truncated": "it stops in the middle",
}


def coverage_sentence(
    sites: Sequence[SiteStanding], *, troubled: Collection[str] = (), damaged: int = 0
) -> str:
    """Return how many of the advertised articles are archived, and how many sites need a look.

    Those named as troubled need one, and so does each whose own figures say so. Files that are
    damaged come first: nothing else is sure before they are mended.
    """
    advertised = sum(site.advertised for site in sites)
    archived = sum(site.archived for site in sites)
    articles = (
        f"{archived:,} of {counted(advertised, 'advertised article')} "
        f"{verb(advertised, 'is', 'are')} archived"
        if advertised
        else "No article is advertised"
    )
    damage = (
        (f"{counted(damaged, 'file')} of the store {verb(damaged, 'is', 'are')} damaged",)
        if damaged
        else ()
    )
    rest = _rest(sites, troubled, is_sound=not damaged)
    return f"{'; '.join((*damage, articles, *rest))}."


def _rest(
    sites: Sequence[SiteStanding], troubled: Collection[str], *, is_sound: bool
) -> Iterator[str]:
    """Yield what is left to do; a site is on track when it has articles and nothing is left."""
    count = sum(site.needs_a_look or site.site in troubled for site in sites)
    pending = sum(site.pending for site in sites)
    if count:
        yield f"{count} of {counted(len(sites), 'site')} {verb(count, 'needs', 'need')} a look"
    if pending:
        yield f"{counted(pending, 'address')} still to be asked for or read"
    if is_sound and not (count or pending) and any(site.advertised for site in sites):
        yield "every site is on track"


def damages_told(damages: Sequence[Shortfall], root: Path) -> Iterator[str]:
    """Yield which files are not what was committed, and what can be done; nothing without any."""
    for damage in damages[:_SHOWN]:
        yield f"damaged: {damage.what}"
    if len(damages) > _SHOWN:
        yield f"and {len(damages) - _SHOWN:,} more"
    if damages:
        rehearsal = ("newsreel", "verify", "--repair", "--dry-run", "--store", str(root))
        yield "  Restore them from a copy, or see what can be mended:"
        yield f"  $ {command_line(*rehearsal)}\n"


def state_of(site: SiteStanding, *, is_troubled: bool = False) -> str:
    """Return how a site stands in two or three words, as `newsreel status` lists it.

    What its figures do not show may be troubled all the same.
    """
    if site.needs_a_look or is_troubled:
        return "! needs a look"
    if site.pending:
        return "… not finished"
    return "✓ on track" if site.advertised else "- no article"


def reason_in_words(reason: str) -> str:
    """Return what a word of the ledger says of an answer, or of the lack of one.

    >>> reason_in_words("http_503")
    'the answer was HTTP 503'
    """
    if reason.startswith("http_"):
        return f"the answer was HTTP {reason.removeprefix('http_')}"
    return _REASONS.get(reason, reason.replace("_", " "))


def command_line(*words: str) -> str:
    """Return a command as somebody would type it: SQL, which has single quotes, in double ones.

    >>> print(command_line("newsreel", "sql", "select 'a'", "--store", "my store"))
    newsreel sql "select 'a'" --store 'my store'
    """
    return " ".join(
        f'"{word}"' if "'" in word and not _ACTIVE.search(word) else shlex.quote(word)
        for word in words
    )


def in_words(seconds: float) -> str:
    """Return a time to come as people say it: no closer than it can be known.

    >>> in_words(4), in_words(47), in_words(200), in_words(9000)
    ('some seconds', 'about 50 s', 'about 3 min', 'about 2.5 h')
    """
    if seconds < _SOME:
        return "some seconds"
    if seconds < _MINUTE:
        return f"about {round(seconds, -1):.0f} s"
    if seconds < _HOUR:
        return f"about {seconds / _MINUTE:.0f} min"
    return f"about {seconds / _HOUR:.1f} h"


def time_ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago something was, in its largest unit; `never` for None.

    >>> from datetime import UTC
    >>> time_ago(datetime(2026, 11, 22, 16, tzinfo=UTC), datetime(2026, 11, 22, 18, 30, tzinfo=UTC))
    '2 h ago'
    """
    if moment is None:
        return "never"
    return f"{_span(now - moment)} ago"


def time_ahead(moment: datetime, now: datetime) -> str:
    """Return in how long something is to be, in its largest unit.

    >>> from datetime import UTC
    >>> time_ahead(datetime(2026, 11, 22, 18, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC))
    '2 h'
    """
    return _span(moment - now)


def _span(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return f"{seconds // size} {unit}"
