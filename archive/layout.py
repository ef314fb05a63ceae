"""Every path below a store is built here, and nowhere else."""

import itertools
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.errors import ConfigError

WARC_NAME = re.compile(
    r"newsreel-(?P<run>(?P<began>[0-9]{8}T[0-9]{6}Z)-[0-9a-f]+)-[0-9]+\.warc\.gz"
)
_SERIAL = re.compile(r"-([0-9]{1,9})\.warc\.gz")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True)
class Layout:
    """The store's folders and files, given where it is."""

    root: Path

    @property
    def journal(self) -> Path:
        """SQLite: frontier, captures, WARC lengths, parts, runs."""
        return self.root / "journal.db"

    @property
    def lock(self) -> Path:
        """Held by the one process that writes."""
        return self.root / "lock"

    @property
    def withdrawn(self) -> Path:
        """What was withdrawn from readers, when and why: one line of JSON a withdrawal."""
        return self.root / "withdrawn.jsonl"

    @property
    def metrics(self) -> Path:
        """How the store stands, for Prometheus."""
        return self.root / "metrics.prom"

    @property
    def due_lock(self) -> Path:
        """Held by the one `crawl --due` that goes on, before it knows whether anything is due."""
        return self.root / "due.lock"

    @property
    def warcs(self) -> Path:
        """The archive's files, and nothing else."""
        return self.root / "warc"

    @property
    def index(self) -> Path:
        """CDXJ, made from the WARCs and for nothing else: it may be deleted at any time."""
        return self.root / "index"

    @property
    def merged_index(self) -> Path:
        """The index of all sealed WARCs."""
        return self.index / "index.cdxj"

    @property
    def search(self) -> Path:
        """What is searched and counted, made from the parts; it may be deleted, too."""
        return self.index / "search.db"

    def summary(self, run_id: str) -> Path:
        """Return how a run went, as it said when it ended."""
        return self.run(run_id) / "summary.json"

    def cdxj(self, filename: str) -> Path:
        """Return the index of one sealed WARC."""
        return self.index / f"{bare_name(filename)}.cdxj"

    @property
    def tails(self) -> Path:
        """What healing cut from a WARC: never part of it, never thrown away."""
        return self.root / "quarantine" / "tails"

    @property
    def quarantine(self) -> Path:
        """Pages that could not be read, each as one JSON file that names its record."""
        return self.root / "quarantine"

    @property
    def staging(self) -> Path:
        """Parts being written: on the datasets' own file system, so that rename is atomic."""
        return self.root / "staging"

    @property
    def readme(self) -> Path:
        """What a person finds who opens the folder."""
        return self.root / "README.md"

    @property
    def schema(self) -> Path:
        """What every column holds, for a person or a program that has the folder alone."""
        return self.root / "schema.json"

    @property
    def views(self) -> Path:
        """The views of `newsreel sql` for anybody's DuckDB, started in the store."""
        return self.root / "views.sql"

    @property
    def own_names(self) -> tuple[Path, ...]:
        """What a store replaces or clears away as it needs to: no place for anybody's files."""
        return (*self.own_folders, self.schema, self.views, self.metrics)

    @property
    def own_folders(self) -> tuple[Path, ...]:
        """Those of them that are folders."""
        made = (self.warcs, self.index, self.snapshots, self.staging, self.root / "runs")
        return (*made, self.quarantine, self.verifying, self.compacting, self.rereading)

    def tail(self, filename: str, offset: int) -> Path:
        """Return where to put the end of a WARC aside; an earlier one of that offset stays."""
        names = (f"{bare_name(filename)}.tail-{offset}.{count}" for count in itertools.count(1))
        return next(path for name in names if not (path := self.tails / name).exists())

    def tail_note(self, filename: str, offset: int) -> Path:
        """Return the note that a WARC was cut at an offset."""
        return self.tails / f"{bare_name(filename)}.cut-{offset}.json"

    @property
    def damaged(self) -> Path:
        """WARCs that a repair took what is whole from, each as it was found, with a note."""
        return self.root / "quarantine" / "damaged"

    def put_aside(self, filename: str) -> Path:
        """Return where to set a damaged WARC aside, its note beside it; an earlier one stays."""
        names = (bare_name(filename), *(f"{bare_name(filename)}.{count}" for count in range(2, 99)))
        return next(path for name in names if not (path := self.damaged / name).exists())

    @property
    def verifying(self) -> Path:
        """What a verification has read so far; gone when it has ended."""
        return self.root / "verifying"

    @property
    def compacting(self) -> Path:
        """Parts that a compaction has merged and that have no place yet; gone when it has ended."""
        return self.root / "compacting"

    @property
    def compacting_lock(self) -> Path:
        """Held by the one compaction that merges."""
        return self.root / "compacting.lock"

    @property
    def rereading(self) -> Path:
        """What a re-extraction has finished so far; gone when it is published."""
        return self.root / "rereading"

    def verified(self, filename: str) -> Path:
        """Return the note on what was found in one WARC."""
        return self.verifying / f"{bare_name(filename)}.jsonl.gz"

    @property
    def lost_records(self) -> Path:
        """The ids of records that a repair could not bring back."""
        return self.tails / "lost-records.json"

    def replaced(self, moment: datetime) -> Path:
        """Return a folder for what a repair replaces; that of an earlier repair stays."""
        names = (f"replaced-{moment:%Y%m%dT%H%M%SZ}.{count}" for count in itertools.count(1))
        return next(path for name in names if not (path := self.quarantine / name).exists())

    def staged(self, name: str) -> Path:
        """Return where a file is written before it gets its name."""
        return self.staging / bare_name(name)

    def quarantined(self, record_id: str) -> Path:
        """Return the note on a page that could not become a row, by its WARC-Record-ID."""
        return self.quarantine / f"{slug(record_id.removeprefix('<urn:'))}.json"

    def dataset(self, name: str) -> Path:
        """Return the folder of a dataset; only finished Parquet may lie below it."""
        return self.root / name

    @property
    def snapshots(self) -> Path:
        """One folder a snapshot; a dataset's own folder is a link to that of the current one."""
        return self.root / "snapshots"

    def snapshot(self, number: int) -> Path:
        """Return a snapshot's folder: one folder a dataset, and the manifest once it is closed."""
        return self.snapshots / f"{number:06d}"

    def leaving(self, number: int) -> Path:
        """Return a snapshot's folder as readers find it while they are led away from it."""
        return self.snapshots / f"{number:06d}-leaving"

    def arriving(self, number: int) -> Path:
        """Return a snapshot's folder as readers find it while they are led to it."""
        return self.snapshots / f"{number:06d}-arriving"

    def manifest(self, number: int) -> Path:
        """Return the list of a closed snapshot's parts."""
        return self.snapshot(number) / "manifest.json"

    def partition(self, name: str, site: str, moment: datetime) -> Path:
        """Return the folder of a site's rows for the month of a capture."""
        return self.dataset(name) / f"site={slug(site)}" / f"month={moment:%Y-%m}"

    def part(self, name: str, site: str, moment: datetime, part_id: str) -> Path:
        """Return the path of one part; a part's id is unique in its store."""
        return self.partition(name, site, moment) / f"part-{bare_name(part_id)}.parquet"

    def warc(self, filename: str) -> Path:
        """Return the path of a WARC by the name a row gives; a name with a folder is refused."""
        return self.warcs / bare_name(filename)

    def next_warc(self, run_id: str) -> str:
        """Return a name that no WARC of a run has, or had before a repair put it aside."""
        folders = (folder.iterdir() for folder in (self.warcs, self.damaged) if folder.is_dir())
        names = (path.name for paths in folders for path in paths)
        mine = (name for name in names if name.startswith(f"newsreel-{run_id}-"))
        return warc_name(run_id, 1 + max(map(serial_of, mine), default=0))

    def run(self, run_id: str) -> Path:
        """Return the folder of a run's log, summary and issues."""
        return self.root / "runs" / bare_name(run_id)


@dataclass(frozen=True, slots=True)
class ExportFolder:
    """A folder that an export is: for the Hub, or of Iceberg tables."""

    root: Path

    @property
    def parts(self) -> Path:
        """Hard links to the parts, a folder a dataset."""
        return self.root / "data"

    @property
    def card(self) -> Path:
        """What the Hub shows of it."""
        return self.root / "README.md"

    @property
    def dictionary(self) -> Path:
        """Every column, for people."""
        return self.root / "DICTIONARY.md"

    @property
    def schema(self) -> Path:
        """Every column, for programs."""
        return self.root / "schema.json"

    @property
    def catalog(self) -> Path:
        """Of Iceberg: SQLite."""
        return self.root / "catalog.db"

    @property
    def metadata(self) -> Path:
        """Of Iceberg's tables and snapshots."""
        return self.root / "metadata"


@dataclass(frozen=True, slots=True)
class WorkerFolder:
    """What one of several workers has on its disk; between two turns it may be deleted."""

    root: Path

    @property
    def lock(self) -> Path:
        """Held by the one worker."""
        return self.root / "lock"

    @property
    def ledger(self) -> Path:
        """The ledger of sites where no other is named."""
        return self.root / "ledger.db"

    def site(self, name: str) -> "SiteFolder":
        """Return the place of a site."""
        return SiteFolder(self.root / "sites" / slug(name))

    def arriving(self, name: str) -> "SiteFolder":
        """Return the place of a site that is being brought."""
        return SiteFolder(self.root / "arriving" / slug(name))


@dataclass(frozen=True, slots=True)
class SiteFolder:
    """One site on a worker's disk."""

    root: Path

    @property
    def store(self) -> Layout:
        """Its store, of this site alone."""
        return Layout(self.root / "store")

    @property
    def shipment(self) -> Path:
        """The shipment that the store goes on from."""
        return self.root / "shipment.json.gz"


def warc_name(run_id: str, serial: int) -> str:
    """Return the name of a run's WARC."""
    return f"newsreel-{run_id}-{serial:05d}.warc.gz"


def serial_of(filename: str) -> int:
    """Return which of its run's WARCs one is, by its name; 0 when that does not say."""
    found = _SERIAL.search(filename)
    return int(found[1]) if found else 0


def bare_name(name: str) -> str:
    """Return the name, or raise ConfigError when it could lead out of its folder."""
    if not name or name in {".", ".."} or "/" in name or "\\" in name or "\0" in name:
        raise ConfigError(f"{name!r} is not the bare name of a file in a store")
    return name


def slug(site: str) -> str:
    """Return a site's name as a folder name: lower case letters, digits and hyphens."""
    flat = re.sub(r"[^a-z0-9]+", "-", site.lower()).strip("-")[:63].strip("-")
    if not SLUG.fullmatch(flat):
        raise ConfigError(f"{site!r} cannot be a site's name: it has no letter or digit")
    return flat
