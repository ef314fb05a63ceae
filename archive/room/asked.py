"""What a page was asked for: the few words of its address, read leniently, and written again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from archive.search.finding import Wanted

_LONGEST: Final = 400
"""Characters of one filter that are read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The query of a page's address."""

    query: Mapping[str, str]

    def word(self, name: str) -> str:
        """Return a filter as typed; empty when it is not there."""
        return self.query.get(name, "").replace("\0", "")[:_LONGEST].strip()

    def day(self, name: str) -> date | None:
        """Return a day; None when there is none, or it is no day."""
        try:
            return date.fromisoformat(self.word(name))
        except ValueError:
            return None

    def number(self, name: str) -> int | None:
        """Return a whole number that SQLite holds; None when it is none."""
        text = self.word(name)
        if not text.removeprefix("-").isdecimal():
            return None
        value = int(text)
        return value if abs(value) < 1 << 62 else None

    def wanted(self) -> Wanted:
        """Return which articles are looked for."""
        return Wanted(
            words=self.word("q"),
            site=self.word("site"),
            author=self.word("author"),
            credit=self.word("credit"),
            since=self.day("since"),
            until=self.day("until"),
            is_edited=self.word("edited") == "1",
            before=self.number("before"),
        )
