"""What the page says of reuse: signals, gathered and not interpreted."""

from archive.article import Rights
from crawler.extract.claims import Claims
from crawler.extract.page import SourcePage


def read_rights(page: SourcePage, claims: Claims) -> Rights:
    """Return the signals of headers, meta elements and JSON-LD; robots.txt is not ours to read."""
    return Rights(
        x_robots_tag=page.header("X-Robots-Tag"),
        meta_robots=", ".join(claims.all("robots")) or None,
        tdm_reservation=page.header("TDM-Reservation") or claims.first("tdm-reservation"),
        paywalled=claims.is_paywalled,
    )
