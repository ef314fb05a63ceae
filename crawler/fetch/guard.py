"""The address guard: requests go to the public web and nowhere else.

A crawler inside somebody's network follows links that strangers write. What it may connect to is
decided by the address a name resolves to, at the moment of the connection (crawler.fetch.resolver);
what an address gives away by itself is refused before that.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from archive.address import host_of
from archive.errors import ConfigError, NewsreelError

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_SCHEMES: Final = frozenset({"http", "https"})

# Tried in order; the first network that holds the address names the reason. What is in none of
# them must still be globally reachable by IANA's registries, as Python's `is_global` knows them:
# the table is for reasons, and for what those registries or Python 3.11 let through.
_REFUSED: Final = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("127.0.0.0/8", "loopback"),
        ("::1/128", "loopback"),
        ("0.0.0.0/8", "unspecified"),
        ("::/128", "unspecified"),
        ("169.254.169.254/32", "cloud metadata"),
        ("168.63.129.16/32", "cloud metadata"),  # Azure's, in the midst of public addresses
        ("100.100.100.200/32", "cloud metadata"),
        ("192.0.0.192/32", "cloud metadata"),
        ("fd00:ec2::254/128", "cloud metadata"),
        ("169.254.0.0/16", "link-local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private"),  # site-local, deprecated and still routed (RFC 3879)
        ("10.0.0.0/8", "private"),
        ("172.16.0.0/12", "private"),
        ("192.168.0.0/16", "private"),
        ("fc00::/7", "private"),
        ("100.64.0.0/10", "shared by a provider"),
        ("192.0.0.0/24", "protocol assignment"),  # holds 192.0.0.9 and .10, which are global
        ("192.88.99.0/24", "6to4 relay"),
        ("224.0.0.0/4", "multicast"),
        ("ff00::/8", "multicast"),
        # An IPv6 address with an IPv4 address in it goes, by somebody's translator, to that one.
        ("::ffff:0:0/96", "mapped IPv4"),
        ("::/96", "compatible IPv4"),
        ("64:ff9b::/96", "translated IPv4"),
        ("64:ff9b:1::/48", "translated IPv4"),
        ("2001::/32", "Teredo"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),  # RFC 9637, newer than Python 3.11's list
    )
)
# "Global Unicast": what IANA has given out of IPv6 for the public to use; Python calls all global
# that no registry names.
_IPV6_GIVEN_OUT: Final = ip_network("2000::/3")
_NOT_PUBLIC: Final = "not globally routable"

_LOOPBACK_NAMES: Final = frozenset(
    {"localhost", "localhost.localdomain", "localhost6", "ip6-localhost", "ip6-loopback"}
)
# Names that no public DNS answers (RFC 6761, 6762 with its appendix G, 7686 and 8375, ICANN's own
# for private use, and a cluster's short ones).
_PRIVATE_SUFFIXES: Final = (
    *(".localhost", ".localdomain", ".local", ".internal", ".home.arpa"),
    *(".intranet", ".private", ".corp", ".home", ".lan", ".onion", ".svc"),
)


class AddressRefusedError(NewsreelError):
    """A request was not sent, because it would not have gone to the public web."""

    def __init__(self, reason: str, target: str = "") -> None:
        super().__init__(
            f"{target or 'The address'} is not fetched ({reason}): only public addresses are;"
            " --allow-network names others that may be"
        )
        self.reason = reason
        """Which kind of address it is: loopback, private, cloud metadata, ..."""
        self.target = target


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressGuard:
    """Tells which addresses may be connected to: public ones, and those of allowed networks."""

    allowed: tuple[Network, ...] = ()
    """Networks that pass whatever they are; named by the operator, for tests and intranets."""

    @classmethod
    def allowing(cls, networks: Iterable[str]) -> "AddressGuard":
        """Return a guard that lets networks in CIDR form pass, or raise ConfigError."""
        try:
            return cls(allowed=tuple(ip_network(network, strict=False) for network in networks))
        except ValueError as error:
            raise ConfigError(f"{error}; --allow-network takes a form like 10.0.0.0/8") from error

    def refuses_ip(self, ip: str | Address) -> str | None:
        """Return why an IP address must not be connected to, or None when it may be."""
        try:
            address = ip_address(ip)
        except ValueError:
            return "not an IP address"
        if any(address in network for network in self.allowed):
            return None
        for network, reason in _REFUSED:
            if address in network:
                return reason
        is_given_out = address.version == 4 or address in _IPV6_GIVEN_OUT  # noqa: PLR2004 - IP's
        return None if address.is_global and is_given_out else _NOT_PUBLIC

    def refuses_url(self, url: str) -> str | None:
        """Return why an address must not be asked for, as far as it shows; None: resolve it.

        Where a proxy resolves names, this is all the guard there is on our side.
        """
        host = host_of(url)
        if not host or urlsplit(url).scheme not in _SCHEMES:
            return "not a web address"
        if literal := _literal(host):
            return self.refuses_ip(literal)
        if host in _LOOPBACK_NAMES or host.endswith(".localhost"):
            return self.refuses_ip("127.0.0.1") and self.refuses_ip("::1")
        # An operator who allowed a network of his own may well name its hosts; resolution decides.
        is_private_name = "." not in host or host.endswith(_PRIVATE_SUFFIXES)
        return "private name" if is_private_name and not self.allowed else None


def _literal(host: str) -> str | None:
    """Return the IP address that a host is a spelling of; None when it is a name.

    The C library, which connects in the end, also takes `2130706433`, `0x7f.1` and `0177.0.0.1`.
    """
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None
