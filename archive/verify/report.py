"""What reading a store back brought: how much was read, and every problem found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from archive.verify.problem import Area, Check, Problem, area_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far the reading is, for whoever waits."""

    area: Area
    done: int
    total: int
    """Bytes for the WARCs, files for the dataset, runs for the ledger."""


Report = Callable[[Step], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcTally:
    """What was read of the WARCs."""

    files: int = 0
    records: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetTally:
    """What was read of the datasets."""

    parts: int = 0
    rows: Mapping[str, int]
    """Dataset, then rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTally:
    """What was read of the ledger."""

    runs: int = 0
    """Finished ones; the ledger of a run that goes on is not written yet."""
    fates: Mapping[str, int]
    """Fate, then addresses, over all of these runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """How a store was found."""

    store: str
    warcs: WarcTally
    dataset: DatasetTally
    links: int
    """Article rows whose record was read, and is the one they name."""
    ledger: LedgerTally
    counts: Mapping[Check, int]
    """Problems by check, complete; `problems` holds the first thousand of each."""
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]
    """What looks odd and is no damage, such as a server's wrong Content-Encoding."""
    half_done: tuple[Problem, ...] = ()
    """What the next crawl goes on with; complete when it was asked for (`is_strict`)."""
    left: int = 0
    """How many things are half done."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong; remarks do not count."""
        return not self.counts

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is wrong, and nothing half done."""
        return self.is_sound and not self.left

    def problems_in(self, area: Area) -> int:
        """Return how many problems one line of the summary answers for."""
        return sum(count for check, count in self.counts.items() if area_of(check) is area)
