"""The frontier's table: every address ever heard of, and what is to become of it in a run."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from archive.address import identity_of
from archive.coverage import Coverage, Fate
from archive.instant import from_micros, to_micros
from archive.journal import ledger, naming
from archive.journal.looks import Again, note_look
from archive.journal.meeting import OFF_SITE, REQUISITE, Advertised, Meeting
from archive.warc.crawl_log import Asked

__all__ = ["OFF_SITE", "REQUISITE", "Address", "Addresses", "Advertised"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address with all that a visit to it needs."""

    id: int
    url: str
    """What is asked for: as it was advertised, or where a redirect without its tracker led."""
    site: str
    kind: str
    depth: int
    hops: int
    priority: int
    attempts: int
    """Requests already sent for it in this run."""
    run_id: str
    first_seen_at: datetime
    etag: str | None
    last_modified: str | None
    payload_id: int | None
    """The capture whose payload the validators speak of; None when there is none."""
    article_id: str | None
    """The article it held when it was last read; None when it held none."""


class Addresses:
    """The tables address and advertisement."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def advertise(
        self,
        run_id: str,
        found: Iterable[Advertised],
        *,
        now: datetime,
        again: Again | None = None,
    ) -> int:
        """Note who named which address; queue each that this run has not met yet.

        With `again`, what is known and settled is queued only when that says so, and else this
        run has nothing to do with it. Returns how many addresses nobody had named before, or are
        said to have changed.
        """
        meeting = Meeting(self._db, run_id, now=now, again=again)
        return sum(meeting.take(item) for item in found)

    def rest(self, address_id: int, *, until: datetime) -> None:
        """Let a requisite stand for what is there now until then: no run asks for it before."""
        self._db.execute(
            "UPDATE address SET next_at = ? WHERE id = ?", (to_micros(until), address_id)
        )

    def is_resting(self, address_id: int, *, now: datetime) -> bool:
        """Whether a requisite stands for what is there now."""
        row = self._db.execute(
            "SELECT 1 FROM address WHERE id = ? AND state = 'settled' AND next_at > ?",
            (address_id, to_micros(now)),
        ).fetchone()
        return row is not None

    def requisites_asked(self, run_id: str, site: str) -> tuple[int, int]:
        """Return how many requests a run made for a site's requisites, and the bytes they brought.

        What an earlier run asked for and this one reads counts as that one's.
        """
        row = self._db.execute(
            "SELECT count(*), coalesce(sum(c.payload_length), 0) FROM address a "
            "JOIN capture c ON c.address_id = a.id "
            "WHERE a.run_id = ?1 AND c.run_id = ?1 AND a.site = ?2 AND a.kind = ?3",
            (run_id, site, REQUISITE),
        ).fetchone()
        return row[0], row[1]

    def queued(self, run_id: str, site: str, *, now: datetime, limit: int) -> tuple[Address, ...]:
        """Return what a site has to be asked for next, most urgent first."""
        rows = self._db.execute(
            "SELECT * FROM address INDEXED BY address_queue WHERE site = ? AND state = 'queued' "
            "AND run_id = ? AND next_at <= ? ORDER BY priority DESC, next_at, id LIMIT ?",
            (site, run_id, to_micros(now), limit),
        )
        return tuple(map(_address, rows))

    def waiting(self, run_id: str) -> int:
        """Return how many addresses of a run are still to be asked for, whenever that may be."""
        rows = self._db.execute(
            "SELECT count(*) FROM address INDEXED BY address_queue "
            "WHERE state = 'queued' AND run_id = ?",
            (run_id,),
        )
        count: int = rows.fetchone()[0]
        return count

    def next_at(self, run_id: str, site: str, *, after: datetime) -> datetime | None:
        """Return when the next address of a site that is put off is due; None when none is.

        What is due already does not count: it may be on its way.
        """
        row = self._db.execute(
            "SELECT min(next_at) FROM address INDEXED BY address_queue "
            "WHERE site = ? AND state = 'queued' AND run_id = ? AND next_at > ?",
            (site, run_id, to_micros(after)),
        ).fetchone()
        return None if row[0] is None else from_micros(row[0])

    def pages_asked(self, run_id: str, site: str) -> int:
        """Return how many of a site's pages a run asked for; where one moved to is the same one."""
        row = self._db.execute(
            "SELECT count(*) FROM address WHERE run_id = ? AND site = ? AND kind = 'page' "
            "AND hops = 0 AND attempts > 0",
            (run_id, site),
        ).fetchone()
        total: int = row[0]
        return total

    def sitemaps_asked(self, run_id: str, site: str) -> frozenset[int]:
        """Return the ids of a site's sitemaps that a run asked for."""
        rows = self._db.execute(
            "SELECT id FROM address WHERE run_id = ? AND site = ? AND kind = 'sitemap' "
            "AND attempts > 0",
            (run_id, site),
        )
        return frozenset(row[0] for row in rows)

    def variants_asked(self, url: str, *, limit: int) -> int:
        """Return how many addresses that differ only in the query were asked for, at most so many.

        What an earlier run has a payload of counts, too.
        """
        path = url.partition("?")[0]
        row = self._db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM address WHERE identity >= ? || '?' "
            "AND identity < ? || '@' "  # the character behind the question mark
            "AND (capture_id IS NOT NULL OR payload_id IS NOT NULL) LIMIT ?)",
            (path, path, limit),
        ).fetchone()
        total: int = row[0]
        return total

    def is_given(self, run_id: str, address_id: int) -> bool:
        """Whether the operator named an address in a run."""
        row = self._db.execute(
            "SELECT 1 FROM advertisement WHERE run_id = ? AND address_id = ? AND by_address_id = ?",
            (run_id, address_id, naming.OPERATOR),
        ).fetchone()
        return row is not None

    def sites(self, run_id: str) -> tuple[str, ...]:
        """Return the sites that still have queued addresses in a run."""
        rows = self._db.execute(
            "SELECT DISTINCT site FROM address WHERE state = 'queued' AND run_id = ?", (run_id,)
        )
        return tuple(row[0] for row in rows)

    def get(self, address_id: int) -> Address:
        """Return an address by its id."""
        row = self._db.execute("SELECT * FROM address WHERE id = ?", (address_id,)).fetchone()
        return _address(row)

    def find(self, url: str) -> Address | None:
        """Return an address by what it is; None when it was never heard of."""
        row = self._db.execute(
            "SELECT * FROM address WHERE identity = ?", (identity_of(url),)
        ).fetchone()
        return None if row is None else _address(row)

    def announced(self, address_id: int) -> naming.Announced:
        """Return what feeds and sitemaps said of an address before its capture."""
        return naming.announced(self._db, address_id)

    def asked(self, address_id: int) -> Asked:
        """Return an address as it is asked for now, for the record of its visit."""
        return naming.asked(self._db, address_id)

    def ask_as(self, address_id: int, *, kind: str, attempts: int) -> None:
        """Make an address what it was when it was asked for."""
        self._db.execute(
            "UPDATE address SET kind = ?, attempts = ? WHERE id = ?", (kind, attempts, address_id)
        )

    def mark_fetched(self, address_id: int, capture_id: int) -> None:
        """Note that a request was made; what it brought is still to be read."""
        self._db.execute(
            "UPDATE address SET state = 'fetched', attempts = attempts + 1, capture_id = ? "
            "WHERE id = ?",
            (capture_id, address_id),
        )

    def mark_rendered(self, address_id: int, capture_id: int) -> None:
        """Note the rendering of an answer, which is read in its place; no request was made."""
        self._db.execute(
            "UPDATE address SET state = 'fetched', capture_id = ? WHERE id = ?",
            (capture_id, address_id),
        )

    def readdress(self, address_id: int, url: str, *, at: datetime) -> None:
        """Queue an address again under another spelling of the same identity, one hop further."""
        self._db.execute(
            "UPDATE address SET asked_url = ?, hops = hops + 1, attempts = attempts - 1, "
            "state = 'queued', next_at = ? WHERE id = ?",
            (url, to_micros(at), address_id),
        )

    def retry(self, address_id: int, *, at: datetime) -> None:
        """Queue an address again, for later."""
        self._db.execute(
            "UPDATE address SET state = 'queued', next_at = ? WHERE id = ?",
            (to_micros(at), address_id),
        )

    def queue_again(self, url: str, *, at: datetime, fate: Fate | None = None) -> None:
        """Queue a settled address once more within its run, with all its attempts.

        With a fate, only when that is what became of it.
        """
        self._db.execute(
            "UPDATE address SET state = 'queued', next_at = ?1, attempts = 0 "
            "WHERE identity = ?2 AND state = 'settled' AND coalesce(?3, fate) = fate",
            (to_micros(at), identity_of(url), fate),
        )

    def redirected_from(self, run_id: str, address_id: int) -> tuple[str, ...]:
        """Return the addresses whose redirects led to this one in a run, itself first."""
        rows = self._db.execute(
            "WITH RECURSIVE chain(id) AS (VALUES (?2) UNION SELECT d.by_address_id FROM chain "
            "JOIN advertisement d ON d.address_id = chain.id AND d.run_id = ?1 "
            "AND d.advertised_in = 'redirect') "
            "SELECT url FROM chain JOIN address USING (id)",
            (run_id, address_id),
        )
        return tuple(row[0] for row in rows)

    def settle(
        self, address_id: int, fate: Fate, reason: str | None = None, article_id: str | None = None
    ) -> None:
        """Say what became of an address in its run.

        What was archived in it and did not change since was archived in it.
        """
        self._db.execute(
            "UPDATE address SET state = 'settled', "
            "reason = CASE WHEN ?1 = 'unchanged' AND fate = 'archived' THEN reason ELSE ?2 END, "
            "fate = CASE WHEN ?1 = 'unchanged' AND fate = 'archived' THEN fate ELSE ?1 END, "
            "article_id = coalesce(?3, article_id) WHERE id = ?4",
            (fate, reason, article_id, address_id),
        )
        note_look(self._db, address_id, fate, reason)

    def keep_article(self, address_id: int, article_id: str) -> None:
        """Note which article an address holds; what became of it in its run stays said."""
        self._db.execute("UPDATE address SET article_id = ? WHERE id = ?", (article_id, address_id))

    def keep_validators(
        self, address_id: int, *, etag: str | None, last_modified: str | None, payload_id: int
    ) -> None:
        """Keep what a conditional request sends, and the payload it would save us."""
        self._db.execute(
            "UPDATE address SET etag = ?, last_modified = ?, payload_id = ? WHERE id = ?",
            (etag, last_modified, payload_id, address_id),
        )

    def counts(self, run_id: str, *, since: datetime | None = None) -> dict[tuple[str, str], int]:
        """Return how many addresses of a run have each (site, fate); `pending` while queued.

        With `since`, only what was looked at from then on, and what waits. Requisites are left
        out, as from the ledger.
        """
        rows = self._db.execute(
            "SELECT a.site, CASE WHEN a.fate IS NULL THEN 'pending' "
            "WHEN a.fate = 'archived' AND l.quiet > 0 THEN 'unchanged' ELSE a.fate END, count(*) "
            "FROM address a LEFT JOIN look l ON l.address_id = a.id WHERE a.run_id = ? "
            "AND a.kind != ? AND (a.fate IS NULL OR l.looked_at IS NULL OR l.looked_at >= ?) "
            "GROUP BY 1, 2",
            (run_id, REQUISITE, to_micros(since) if since else 0),
        )
        return {(row[0], row[1]): row[2] for row in rows}

    def coverage(self, run_id: str) -> Iterator[tuple[str, Coverage]]:
        """Yield site and ledger row of every address advertised in a run; requisites are none."""
        return ledger.rows(self._db, run_id, leaving_out=REQUISITE)


def _address(row: sqlite3.Row) -> Address:
    return Address(
        id=row["id"],
        url=_asked_url(row) or row["url"],
        site=row["site"],
        kind=row["kind"],
        depth=row["depth"],
        hops=row["hops"],
        priority=row["priority"],
        attempts=row["attempts"],
        run_id=row["run_id"],
        first_seen_at=from_micros(row["first_seen_at"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        payload_id=row["payload_id"],
        article_id=row["article_id"],
    )


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _asked_url(row: sqlite3.Row) -> str | None:
    """Return where a redirect without its tracker led; nothing tells in a format before 5."""
    return row["asked_url"] if "asked_url" in row.keys() else None  # noqa: SIM118 - a Row holds values
