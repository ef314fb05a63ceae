"""What can be wrong with a store: one name a check, and where the damage lies."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Check(StrEnum):
    """The invariants of a store; the values are stable words that programs may wait for."""

    JOURNAL = "journal"
    """SQLite finds its own file whole."""
    REFERENCE = "reference"
    """No row of the journal names another that is not there, or contradicts it."""
    WARC_FILE = "warc-file"
    """Every WARC that the journal names is there, sealed or `.open` as the journal says."""
    WARC_LENGTH = "warc-length"
    """It has all bytes that were committed, and once it is sealed no others."""
    WARC_STRAY = "warc-stray"
    """Nothing else lies in warc/."""
    FRAMING = "framing"
    """A WARC is whole gzip members, each of one whole, well-formed record."""
    FIELDS = "fields"
    """A record has the fields of its type, and no control character in them."""
    WARCINFO = "warcinfo"
    """A file begins with a warcinfo that names it, and has no other."""
    RECORD_ID = "record-id"
    """No two records of the store have one id."""
    BLOCK_DIGEST = "block-digest"
    """A record's block has the digest written beside it."""
    PAYLOAD_DIGEST = "payload-digest"
    """So has its payload, and it is the one the journal noted when the answer came in."""
    CODING = "coding"
    """A body still has the transfer and content codings that its head names."""
    CAPTURE = "capture"
    """Every capture with an answer has its record, where and as the journal says."""
    UNKNOWN_RECORD = "unknown-record"
    """Every record belongs to a capture."""
    REQUEST = "request"
    """Every answer has exactly one request record."""
    REVISIT = "revisit"
    """What a revisit stands for is an earlier response of this store with the same payload."""
    CONVERSION = "conversion"
    """What a conversion was made of is an earlier answer of this store to the same address."""
    INDEX = "index"
    """An index lists each record of its WARCs once, in order, and nothing else."""
    PART = "part"
    """Every part that the journal names is there, unchanged, and has the rows it should."""
    SCHEMA = "schema"
    """A part has exactly the dataset's columns."""
    DATASET_STRAY = "dataset-stray"
    """Nothing else lies below a dataset's folder: it would break every plain reader."""
    LEFTOVER = "leftover"
    """No half-finished file is left when no run is open."""
    VERSION = "version"
    """Every version of an article has exactly one row, in the part the journal says."""
    CAPTURE_ROW = "capture-row"
    """The rows of captures are the journal's, column by column, each in one part."""
    ROW_RECORD = "row-record"
    """Every article's row gives file, offset, length, id and digest of a record that is there."""
    WITHDRAWN = "withdrawn"
    """Of an address that is in the log of withdrawals, nothing is shown; once erased, not kept."""
    RUN = "run"
    """Asked with --strict: every run has ended, and of what it brought everything is read."""
    COVERAGE = "coverage"
    """A finished run's ledger has one row an address, and says of it what the journal says."""


class Area(StrEnum):
    """The lines of the summary."""

    WARC = "WARC"
    DATASET = "dataset"
    LINKS = "links"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is not as it was committed."""

    check: Check
    path: str
    """Below the store's root, with `/`."""
    offset: int | None = None
    """Bytes from the file's start; None when the whole file is meant."""
    what: str
    """What is wrong, without the place."""
    hint: str
    """What to do next."""


_RESTORE: Final = "restore the file from a copy; the other files are not touched by this"
_REWRITTEN: Final = (
    "the file was changed after it was written; restore it from a copy, and keep this one aside"
)
_PUT_AWAY: Final = "move it out of the store; nothing in the store needs it"
_TOLD_AGAIN: Final = "newsreel verify --repair tells it again from the WARCs"
_CUT: Final = (
    "restore the file from a copy, or cut it back and ask again for what is lost with "
    "newsreel verify --repair"
)
HEALED: Final = "run any crawl on this store: opening it heals it"
_REPORT: Final = "the files and the journal disagree: keep the store as it is and report this"

# Closed: a check that is added needs its line here, or it could not be reported.
_ADVICE: Final[Mapping[Check, tuple[Area, str]]] = MappingProxyType(
    {
        Check.JOURNAL: (Area.LEDGER, _TOLD_AGAIN),
        Check.REFERENCE: (Area.LEDGER, _TOLD_AGAIN),
        Check.WARC_FILE: (Area.WARC, _CUT),
        Check.WARC_LENGTH: (Area.WARC, _CUT),
        Check.WARC_STRAY: (Area.WARC, _PUT_AWAY),
        Check.FRAMING: (Area.WARC, _RESTORE),
        Check.FIELDS: (Area.WARC, _REWRITTEN),
        Check.WARCINFO: (Area.WARC, _REWRITTEN),
        Check.RECORD_ID: (Area.WARC, _REWRITTEN),
        Check.BLOCK_DIGEST: (Area.WARC, _REWRITTEN),
        Check.PAYLOAD_DIGEST: (Area.WARC, _REWRITTEN),
        Check.CODING: (Area.WARC, _REWRITTEN),
        Check.CAPTURE: (Area.LINKS, _RESTORE),
        Check.UNKNOWN_RECORD: (Area.LINKS, _REWRITTEN),
        Check.REQUEST: (Area.WARC, _REWRITTEN),
        Check.REVISIT: (Area.WARC, _REPORT),
        Check.CONVERSION: (Area.WARC, _REPORT),
        Check.INDEX: (Area.WARC, "newsreel verify --repair makes it again"),
        Check.PART: (Area.DATASET, _TOLD_AGAIN),
        Check.SCHEMA: (Area.DATASET, _TOLD_AGAIN),
        Check.DATASET_STRAY: (Area.DATASET, _PUT_AWAY),
        Check.LEFTOVER: (Area.DATASET, HEALED),
        Check.VERSION: (Area.DATASET, _TOLD_AGAIN),
        Check.CAPTURE_ROW: (Area.DATASET, _TOLD_AGAIN),
        Check.ROW_RECORD: (Area.LINKS, "restore the WARC that the row names from a copy"),
        Check.WITHDRAWN: (Area.LEDGER, "newsreel forget ADDRESS takes it away"),
        Check.RUN: (Area.LEDGER, HEALED),
        Check.COVERAGE: (Area.LEDGER, _TOLD_AGAIN),
    }
)


def area_of(check: Check) -> Area:
    """Return the line of the summary that a check counts for."""
    return _ADVICE[check][0]


class Findings:
    """Collects problems; of each check the first are kept and the others counted.

    A file that is damaged in its first byte makes every record in it a problem: memory must not
    grow with that.
    """

    MOST_OF_A_CHECK: Final = 1_000

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._remarks: list[Problem] = []
        self._half_done: list[Problem] = []
        self.counts: Counter[Check] = Counter()
        """How many problems each check found, the ones that were not kept included."""
        self.remarked: Counter[Check] = Counter()
        self.left: Counter[Check] = Counter()
        """How many things each check found half done."""
        self._paths: set[str] = set()

    def add(self, check: Check, path: str, what: str, *, offset: int | None = None) -> None:
        """Note a problem."""
        self.counts[check] += 1
        self._paths.add(path)
        if self.counts[check] <= self.MOST_OF_A_CHECK:
            hint = _ADVICE[check][1]
            found = Problem(check=check, path=path, offset=offset, what=what, hint=hint)
            self._problems.append(found)

    def remark(
        self, check: Check, path: str, what: str, *, hint: str, offset: int | None = None
    ) -> None:
        """Note something that looks odd and is as it came: no damage."""
        self.remarked[check] += 1
        if self.remarked[check] <= self.MOST_OF_A_CHECK:
            found = Problem(check=check, path=path, offset=offset, what=what, hint=hint)
            self._remarks.append(found)

    def leave(self, check: Check, path: str, what: str, *, hint: str = HEALED) -> None:
        """Note something that is half done, for the next crawl to finish: no damage."""
        self.left[check] += 1
        if self.left[check] <= self.MOST_OF_A_CHECK:
            self._half_done.append(Problem(check=check, path=path, what=what, hint=hint))

    def spares(self, path: str) -> bool:
        """Whether no problem was found with a file so far."""
        return path not in self._paths

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems that were kept, in the order found."""
        return tuple(self._problems)

    @property
    def half_done(self) -> tuple[Problem, ...]:
        """What was left half done, as far as it was kept, in the order found."""
        return tuple(self._half_done)

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """The remarks that were kept, in the order found."""
        return tuple(self._remarks)
