"""The resolver that names pass on their way to a connection: only guarded addresses come out.

Twisted connects to the very addresses a resolver hands it, so that what was checked is what is
connected to; a name that answers differently the second time (DNS rebinding) gains nothing. A
reactor has one resolver: `TWISTED_DNS_RESOLVER` must stand in the process's settings, in a spider's
`custom_settings` Scrapy passes it over without a word.
"""

from collections.abc import Sequence
from typing import Any, Final, Self

from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver
from scrapy.utils.datatypes import LocalCache
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from typing_extensions import override

from archive.address import host_of
from crawler.fetch.guard import AddressGuard

# A download handler asks within the same turn of the reactor; hosts beyond this many wait longer.
_REFUSALS_KEPT: Final = 1000


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's caching resolver for IPv4 and IPv6, with the guard behind the cache.

    A name without an address that may pass fails as a name that does not exist would: Twisted has
    no other word for it (`DNSLookupError`; `CannotResolveHostError` in Scrapy). `refusal` tells
    the two apart, `reactor.nameResolver` is where a download handler finds it.
    """

    def __init__(
        self, reactor: ReactorBase, cache_size: int, guard: AddressGuard, proxy_host: str | None
    ) -> None:
        super().__init__(reactor, cache_size)
        self._guard = guard
        self._proxy_host = host_of(proxy_host) if proxy_host else None
        self._refusals: LocalCache[str, str] = LocalCache(_REFUSALS_KEPT)

    @classmethod
    @override
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Read DNSCACHE_*, NEWSREEL_ALLOW_NETWORKS and NEWSREEL_PROXY_HOST."""
        settings = crawler.settings
        return cls(
            reactor,
            settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0,
            AddressGuard.allowing(settings.getlist("NEWSREEL_ALLOW_NETWORKS")),
            settings.get("NEWSREEL_PROXY_HOST"),
        )

    def refusal(self, host: str) -> str | None:
        """Return why the last resolution of a host gave nothing; None when it was not the guard."""
        return self._refusals.get(host_of(host))

    @override
    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Resolve as ever, and hand on what the guard lets pass."""
        receiver: Any = resolutionReceiver  # mypy does not know zope's interfaces
        if host_of(hostName) != self._proxy_host:
            receiver = _GuardedReceiver(receiver, hostName, self._guard, self._refusals)
        return super().resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )


class _GuardedReceiver:
    """Stands between a resolution and whoever asked for it (IResolutionReceiver)."""

    def __init__(
        self,
        receiver: Any,
        host: str,
        guard: AddressGuard,
        refusals: LocalCache[str, str],
    ) -> None:
        self._receiver = receiver
        self._host = host_of(host)
        self._guard = guard
        self._refusals = refusals
        self._reason: str | None = None
        self._has_passed = False

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 - Twisted's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IPv4Address | IPv6Address) -> None:  # noqa: N802 - same
        reason = self._guard.refuses_ip(address.host)
        if reason is None:
            self._has_passed = True
            self._receiver.addressResolved(address)
        else:
            self._reason = reason

    def resolutionComplete(self) -> None:  # noqa: N802 - same
        self._refusals.pop(self._host, None)
        if self._reason is not None and not self._has_passed:
            self._refusals[self._host] = self._reason
        self._receiver.resolutionComplete()
