"""The ledger that workers share: which site is due, and who holds it until when.

One table, in SQLite for workers of one machine and in PostgreSQL for those of many; the statements
are the same. It keeps two workers from asking one site at a time, and no more than that: what
counts as shipped is for the catalog to say, so a ledger that is lost is made anew from the sites'
names. With PostgreSQL the clock is the server's, for those of machines differ.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from archive.errors import ConfigError, LeaseLostError, LedgerError
from archive.instant import from_micros, to_micros

_TABLE: Final = sa.Table(
    "newsreel_site",
    sa.MetaData(),
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("word", sa.Text, nullable=False),  # the target as the operator gave it
    sa.Column("due_at", sa.BigInteger, nullable=False),  # microseconds since 1970
    sa.Column("holder", sa.Text),  # null: nobody
    sa.Column("lease_until", sa.BigInteger),
    sa.Column("fence", sa.BigInteger, nullable=False),  # one more with each claim
    sa.Column("round", sa.BigInteger, nullable=False),  # of the last shipment that was told of
    sa.Column("shipped_by", sa.Text),
)
_SITE: Final = _TABLE.c
# Both know the clause; it is no part of the language they share.
_INSERT: Final[Mapping[str, Callable[[sa.Table], Any]]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}
_PATIENCE_S: Final[Mapping[str, Mapping[str, int]]] = {
    "postgresql": {"connect_timeout": 10},
    "sqlite": {"timeout": 30},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A site that a worker holds until its lease ends."""

    site: str
    word: str
    holder: str
    fence: int
    round: int
    """Of the last shipment that the ledger was told of; 0 before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How a site stands."""

    site: str
    due_at: datetime
    holder: str | None
    """None: nobody holds it."""
    round: int


class Ledger:
    """The table of sites."""

    def __init__(self, url: str, *, clock: Callable[[], datetime]) -> None:
        """Open or make it; ConfigError when the address is none, LedgerError without an answer."""
        try:
            parsed = sa.make_url(url)
            self.name = parsed.render_as_string(hide_password=True)
            kind = parsed.get_backend_name()
            if kind not in _INSERT:
                raise ConfigError(
                    f"{self.name} is no ledger: give sqlite:/// or postgresql+psycopg://"
                )
            self._engine = sa.create_engine(
                parsed, pool_pre_ping=True, connect_args=dict(_PATIENCE_S[kind])
            )
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise ConfigError(
                "--ledger is no database address: give sqlite:////path/ledger.db or "
                "postgresql+psycopg://user@host/database"
            ) from error
        self._insert = _INSERT[kind]
        self._has_server = kind == "postgresql"
        self._clock = clock
        with self._told():
            self._make_table()

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def enrol(self, words: Mapping[str, str]) -> None:
        """Add sites, by name and target, that are due at once; those that are there stay."""
        if not words:
            return
        with self._begun() as (db, now):
            rows = [
                {"site": site, "word": word, "due_at": now, "fence": 0, "round": 0}
                for site, word in words.items()
            ]
            db.execute(self._insert(_TABLE).on_conflict_do_nothing(), rows)

    def claim(self, holder: str, *, lease: timedelta, site: str | None = None) -> Claim | None:
        """Take a site that is due and that nobody holds; None when there is none.

        A site that this worker shipped last comes first: it has the store at hand.
        """
        with self._begun() as (db, now):
            is_free = sa.and_(
                _SITE.due_at <= now, sa.or_(_SITE.holder.is_(None), _SITE.lease_until <= now)
            )
            mine_first = sa.case((_SITE.shipped_by == holder, 0), else_=1)
            chosen = sa.select(_SITE.site).where(is_free)
            if site is not None:
                chosen = chosen.where(_SITE.site == site)
            # Who is choosing beside us has locked what it chose; SQLite has one writer at a time.
            chosen = (
                chosen.order_by(mine_first, _SITE.due_at, _SITE.site)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            row = db.execute(
                sa.update(_TABLE)
                .where(_SITE.site == chosen.scalar_subquery(), is_free)
                .values(holder=holder, lease_until=now + _micros(lease), fence=_SITE.fence + 1)
                .returning(_SITE.site, _SITE.word, _SITE.fence, _SITE.round)
            ).one_or_none()
        if row is None:
            return None
        return Claim(site=row.site, word=row.word, holder=holder, fence=row.fence, round=row.round)

    def renew(self, claim: Claim, *, lease: timedelta) -> None:
        """Hold a site for longer; LeaseLostError when another has taken it."""
        with self._begun() as (db, now):
            self._change(db, claim, lease_until=now + _micros(lease))

    def release(self, claim: Claim, *, due_at: datetime, round_: int | None = None) -> None:
        """Give a site back until it is due again; with the round that was shipped, if one was.

        Raises LeaseLostError when another has taken it.
        """
        shipped: dict[str, Any] = {}
        if round_ is not None:
            shipped = {"round": round_, "shipped_by": claim.holder}
        with self._begun() as (db, _):
            self._change(
                db, claim, holder=None, lease_until=None, due_at=to_micros(due_at), **shipped
            )

    def due(self) -> tuple[str, ...]:
        """Return the sites whose time has come, held or not, the longest due first."""
        with self._begun() as (db, now):
            asked = sa.select(_SITE.site).where(_SITE.due_at <= now).order_by(_SITE.due_at)
            return tuple(db.execute(asked).scalars())

    def entries(self) -> tuple[Entry, ...]:
        """Return every site, by name."""
        with self._begun() as (db, now):
            rows = db.execute(sa.select(_TABLE).order_by(_SITE.site)).all()
        return tuple(
            Entry(
                site=row.site,
                due_at=from_micros(row.due_at),
                holder=row.holder if (row.lease_until or 0) > now else None,
                round=row.round,
            )
            for row in rows
        )

    def _change(self, db: sa.Connection, claim: Claim, **values: Any) -> None:
        changed = db.execute(
            sa.update(_TABLE)
            .where(
                _SITE.site == claim.site,
                _SITE.holder == claim.holder,
                _SITE.fence == claim.fence,
            )
            .values(**values)
        )
        if changed.rowcount != 1:
            raise LeaseLostError(f"{claim.site} is held by another worker by now")

    def _make_table(self) -> None:
        try:
            _TABLE.metadata.create_all(self._engine)
        except DBAPIError:  # two that make it at once: one of them is told that it is there
            if not sa.inspect(self._engine).has_table(_TABLE.name):
                raise

    @contextmanager
    def _begun(self) -> Iterator[tuple[sa.Connection, int]]:
        """Give a transaction and its moment."""
        with self._told(), self._engine.begin() as db:
            yield db, self._now(db)

    def _now(self, db: sa.Connection) -> int:
        if not self._has_server:
            return to_micros(self._clock())
        moment: datetime = db.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return to_micros(moment.astimezone(UTC))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise what the database raises as one sentence."""
        try:
            yield
        except SQLAlchemyError as error:
            why = str(getattr(error, "orig", None) or error).partition("\n")[0].strip()
            raise LedgerError(
                f"the ledger {self.name} refuses or does not answer: {why}; "
                "what was shipped counts, and the same command goes on"
            ) from error


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
