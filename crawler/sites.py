"""The sites a crawl knows, by name and by domain."""

import difflib
import re
from collections.abc import Mapping
from typing import Final

from archive.counted import counted
from archive.errors import ConfigError, UnknownTargetError
from crawler.extract.rules import Design
from crawler.site import Site, site_domain
from crawler.typed import without_secrets

# Of a site, with a path behind it or without; one with a port may be a single label, or IPv6.
_HOST: Final = re.compile(
    r"(?:[\w-]+(?:\.[\w-]+)+|(?:[\w-]+|\[[0-9a-f:.]+\]):\d+)(?:[:/?][^@]*)?", re.IGNORECASE
)
_ON_PLAIN_HTTP: Final = re.compile(r"[^/?]*:\d|[\d.]+(?:[/?]|\Z)")


class Sites:
    """Sites by name and by domain."""

    def __init__(self, sites: tuple[Site, ...]) -> None:
        """Refuse two files for one site: either would hide the other."""
        self._by_name = {site.name: site for site in sites}
        self._by_domain = {site.domain: site for site in sites}
        for site in sites:
            for kept in (self._by_name[site.name], self._by_domain[site.domain]):
                if kept is not site:
                    raise ConfigError(
                        f"two site files are about one site: {site.name} ({site.home}) and "
                        f"{kept.name} ({kept.home})"
                    )

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, sorted."""
        return tuple(sorted(self._by_name))

    @property
    def designs(self) -> Mapping[str, tuple[Design, ...]]:
        """How the pages of each site read, by its name."""
        return {name: site.designs for name, site in self._by_name.items()}

    def named(self, name: str) -> Site:
        """Return a site by its name; UnknownTargetError suggests the nearest one."""
        if name in self._by_name:
            return self._by_name[name]
        near = difflib.get_close_matches(name, self.names, n=3)
        if not near and _HOST.fullmatch(name):
            near = [_with_scheme(name)]
        guess = f"did you mean {' or '.join(near)}? " if near else ""
        raise UnknownTargetError(
            f"there is no site called {without_secrets(name)!r}: {guess}docs/sites.md lists the "
            f"{counted(len(self.names), 'site')} that have a name; any other is given by its "
            "address, with http:// or https:// in front"
        )

    def holding(self, url: str) -> Site | None:
        """Return the site an address belongs to; None when it has no file."""
        return self._by_domain.get(site_domain(url))

    def of(self, name: str) -> Site | None:
        """Return a site by its name; None when it has no file."""
        return self._by_name.get(name)


def _with_scheme(host: str) -> str:
    """Return the address that a host was most likely meant as: ports and numbers are of tests."""
    scheme = "http" if _ON_PLAIN_HTTP.match(host) else "https"
    return f"{scheme}://{host}" if "/" in host else f"{scheme}://{host}/"
