"""Where the sites are: on ports of loopback, and under invented names when asked as a proxy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawler.newsroom.listener import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAddress:
    """Where a site is."""

    name: str
    title: str
    base_url: str
    """Its loopback address, without a slash at the end."""
    host: str
    """Its invented name, which the ports answer for as proxies."""


@dataclass(slots=True, kw_only=True)
class AddressBook:
    """The addresses of the sites by name, without a slash at the end."""

    names: Mapping[str, str]
    ports: dict[str, str] = field(default_factory=dict)
    """Empty until the ports are open."""

    @property
    def usual(self) -> Mapping[str, str]:
        """The ports; the names while no port is open."""
        return self.ports or self.names

    def find(self, url: str) -> tuple[str, Mapping[str, str]]:
        """Return the site at an address, and all addresses in the same form.

        A page links to its own site and to the others in the form in which it was asked for.
        """
        place = urlsplit(url).netloc
        for bases in (self.ports, self.names):
            for name, base in bases.items():
                if urlsplit(base).netloc == place:
                    return name, bases
        raise LookupError(f"no site of the newsroom is at {place}")

    def read_target(self, request: Request) -> tuple[str | None, Mapping[str, str], str]:
        """Return the site that a request is for, all addresses in its form, and the path.

        The site is None where a proxy is asked for a host that the newsroom does not have.
        """
        if not request.target.startswith("/"):
            try:
                return *self.find(request.target), path_of(request.target)
            except LookupError:
                return None, self.usual, request.target
        named = f"http://{request.headers.get('host', '')}"
        if named in self.names.values():
            return *self.find(named), request.target
        return request.site, self.usual, request.target


def path_of(url: str) -> str:
    """Return the path of an address with its query.

    >>> path_of("http://lampwick.example?page=2")
    '/?page=2'
    """
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
