"""What every answer of the replay tells the browser: run nothing, ask nobody else.

This is the second wall. A page that gets past the rewriting, by markup that only a browser
understands or by bytes that were never meant to be a page, meets it all the same.
"""

from collections.abc import Iterable
from typing import Final

# `sandbox` bare: no scripts, no forms, no plug-ins, no pop-ups, and an origin that nobody shares,
# not even the next capture. Styles are let stand where pages write them: they can load nothing that
# the other lines do not allow. `'self'` means the replay's own port.
_POLICY: Final = (
    "sandbox",
    "default-src 'none'",
    "script-src 'none'",
    "img-src 'self' data:",
    "media-src 'self' data:",
    "font-src 'self' data:",
    "style-src 'self' 'unsafe-inline' data:",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
)


def content_policy(framed_by: Iterable[str]) -> str:
    """Return the Content-Security-Policy; `framed_by` are origins that may frame a page."""
    ancestors = " ".join(["frame-ancestors 'self'", *framed_by])
    return "; ".join([*_POLICY, ancestors])


def guarding_headers(framed_by: Iterable[str]) -> dict[str, str]:
    """Return the headers that go with every answer.

    Without `nosniff` a text would be a page to a browser that thinks it looks like one. A policy
    cannot stop look-ups of names that links lead to; `X-DNS-Prefetch-Control` does.
    """
    return {
        "Content-Security-Policy": content_policy(framed_by),
        "X-Content-Type-Options": "nosniff",
        "X-DNS-Prefetch-Control": "off",
        "Referrer-Policy": "no-referrer",
    }
