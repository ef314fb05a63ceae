"""What a takedown is about: the addresses that were named, and all that hold the same article."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.address import crawl_address, identity_of
from archive.errors import ConfigError
from archive.journal.addresses import Address
from archive.journal.journal import Journal
from archive.journal.withdrawing import Concerned
from archive.layout import Layout
from archive.withdrawn import Withdrawal, withdrawals


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Addresses, with all that is kept of them."""

    addresses: tuple[Concerned, ...]
    article_ids: Mapping[int, tuple[str, ...]]
    """The articles that each address holds or held, by its id."""

    @property
    def ids(self) -> tuple[int, ...]:
        """The addresses in the journal."""
        return tuple(each.id for each in self.addresses)

    @property
    def identities(self) -> frozenset[str]:
        """What tells them from others, however they are spelled."""
        return frozenset(each.identity for each in self.addresses)

    @property
    def captures(self) -> int:
        """How many there are of them."""
        return sum(each.captures for each in self.addresses)

    def is_concerned(self, url: str) -> bool:
        """Whether a row's or a record's address is one of these."""
        return identity_of(url) in self.identities


def find_matter(layout: Layout, journal: Journal, urls: Iterable[str]) -> Matter:
    """Return what these addresses are about; what holds one of their articles belongs to it.

    Raises ConfigError for an address that nothing is known of, and for a robots.txt.
    """
    ids = {_named(layout, journal, url).id for url in urls}
    log = tuple(withdrawals(layout).values())
    while True:
        articles = journal.withdrawing.articles_of(ids) | _logged_articles(log, journal, ids)
        more = journal.withdrawing.holding(articles) | _logged_holders(log, journal, articles)
        if more <= ids:
            break
        ids |= more
    known = {each.identity: each.article_ids for each in log}
    addresses = journal.withdrawing.concerned(ids)
    return Matter(
        addresses=addresses,
        article_ids={
            each.id: tuple(
                sorted({*journal.withdrawing.articles_of([each.id]), *known.get(each.identity, ())})
            )
            for each in addresses
        },
    )


def _named(layout: Layout, journal: Journal, url: str) -> Address:
    address = crawl_address(url)
    found = journal.addresses.find(address) if address else None
    if found is None:
        raise ConfigError(
            f"nothing in {layout.root} is known of {url}: give an address as the columns `url` of "
            "`captures` and `coverage` have it"
        )
    if found.kind == "robots":
        raise ConfigError(
            f"{url} cannot be forgotten: it says what may be asked for, and holds no article"
        )
    return found


def _logged_articles(
    log: Iterable[Withdrawal], journal: Journal, ids: Iterable[int]
) -> frozenset[str]:
    """Return the articles of addresses that were withdrawn already: the journal knows them not."""
    identities = {each.identity for each in journal.withdrawing.concerned(ids)}
    return frozenset(a for each in log if each.identity in identities for a in each.article_ids)


def _logged_holders(
    log: Iterable[Withdrawal], journal: Journal, articles: frozenset[str]
) -> frozenset[int]:
    holders = (each.url for each in log if articles & set(each.article_ids))
    found = (journal.addresses.find(url) for url in holders)
    return frozenset(each.id for each in found if each is not None)
