"""Withdrawal in the journal: what an address holds, its captures kept from readers, and deleted."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from archive.coverage import Fate
from archive.journal.looks import note_look
from archive.withdrawn import REASON

_ARTICLES: Final = (
    "SELECT article_id FROM address WHERE id IN (SELECT value FROM json_each(?1)) "
    "AND article_id IS NOT NULL UNION SELECT v.article_id FROM version v "
    "JOIN capture c ON c.id = v.capture_id WHERE c.address_id IN (SELECT value FROM json_each(?1))"
)
_HOLDING: Final = (
    "SELECT id FROM address WHERE article_id IN (SELECT value FROM json_each(?1)) "
    "UNION SELECT c.address_id FROM version v JOIN capture c ON c.id = v.capture_id "
    "WHERE v.article_id IN (SELECT value FROM json_each(?1))"
)
# In this order: what names a capture goes before what finds it.
_WITHDRAW: Final = (
    "DELETE FROM version WHERE capture_id IN (SELECT id FROM capture WHERE address_id = :address)",
    """UPDATE address SET etag = NULL, last_modified = NULL, payload_id = NULL
    WHERE payload_id IN (SELECT id FROM capture WHERE address_id = :address)""",
    "UPDATE capture SET state = 'withdrawn', part_id = NULL WHERE address_id = :address",
    "UPDATE advertisement SET title = NULL WHERE address_id = :address",
    """UPDATE address SET state = 'settled', fate = :fate, reason = :reason, capture_id = NULL,
    article_id = NULL WHERE id = :address""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """An address that a withdrawal is about."""

    id: int
    identity: str
    url: str
    kind: str
    captures: int
    is_withdrawn: bool
    """Whether the journal has it as withdrawn, all its captures too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A capture's record, for who looks for it in the WARCs."""

    record_id: str
    run_id: str


class Withdrawing:
    """The tables address, capture and version, when something is taken down."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def articles_of(self, address_ids: Iterable[int]) -> frozenset[str]:
        """Return the articles that addresses hold, or held in one of their captures."""
        rows = self._db.execute(_ARTICLES, (json.dumps(sorted(address_ids)),))
        return frozenset(row[0] for row in rows)

    def holding(self, article_ids: Iterable[str]) -> frozenset[int]:
        """Return the addresses at which articles were read."""
        rows = self._db.execute(_HOLDING, (json.dumps(sorted(article_ids)),))
        return frozenset(row[0] for row in rows)

    def concerned(self, address_ids: Iterable[int]) -> tuple[Concerned, ...]:
        """Return addresses, and how much there is of each."""
        rows = self._db.execute(
            "SELECT a.*, count(c.id) AS captures, total(c.state != 'withdrawn') AS shown "
            "FROM address a LEFT JOIN capture c ON c.address_id = a.id "
            "WHERE a.id IN (SELECT value FROM json_each(?)) GROUP BY a.id ORDER BY a.id",
            (json.dumps(sorted(address_ids)),),
        )
        return tuple(
            Concerned(
                id=row["id"],
                identity=row["identity"],
                url=row["url"],
                kind=row["kind"],
                captures=row["captures"],
                is_withdrawn=not row["shown"] and row["reason"] == REASON,
            )
            for row in rows
        )

    def captures_of(self, address_ids: Iterable[int]) -> tuple[Committed, ...]:
        """Return the captures of addresses."""
        rows = self._db.execute(
            "SELECT record_id, run_id FROM capture "
            "WHERE address_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(sorted(address_ids)),),
        )
        return tuple(Committed(record_id=row["record_id"], run_id=row["run_id"]) for row in rows)

    def standing_on(self, address_ids: Iterable[int]) -> tuple[str, ...]:
        """Return the other addresses with captures whose payload lies in a record of these."""
        rows = self._db.execute(
            "SELECT DISTINCT a.url FROM capture c JOIN capture p ON p.id = c.payload_id "
            "JOIN address a ON a.id = c.address_id "
            "WHERE p.address_id IN (SELECT value FROM json_each(?1)) "
            "AND c.address_id NOT IN (SELECT value FROM json_each(?1)) ORDER BY a.url",
            (json.dumps(sorted(address_ids)),),
        )
        return tuple(row[0] for row in rows)

    def led_to(self, address_ids: Iterable[int]) -> tuple[str, ...]:
        """Return where redirects of these addresses led."""
        rows = self._db.execute(
            "SELECT DISTINCT redirect FROM capture WHERE redirect IS NOT NULL "
            "AND address_id IN (SELECT value FROM json_each(?)) ORDER BY redirect",
            (json.dumps(sorted(address_ids)),),
        )
        return tuple(row[0] for row in rows)

    def withdraw(self, address_id: int) -> None:
        """Keep an address and all its captures from readers, and from being asked for again."""
        values = {"address": address_id, "fate": Fate.REFUSED, "reason": REASON}
        for statement in _WITHDRAW:
            self._db.execute(statement, values)
        note_look(self._db, address_id, Fate.REFUSED, REASON)
        self._db.execute("UPDATE look SET interval_s = NULL WHERE address_id = ?", (address_id,))

    def erase(self, address_ids: Iterable[int]) -> int:
        """Delete the captures of withdrawn addresses; return how many that were."""
        return self._db.execute(
            "DELETE FROM capture WHERE address_id IN (SELECT value FROM json_each(?)) "
            "AND state = 'withdrawn'",
            (json.dumps(sorted(address_ids)),),
        ).rowcount
