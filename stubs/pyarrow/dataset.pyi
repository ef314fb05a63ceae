from collections.abc import Iterator, Sequence

from pyarrow.fs import FileSystem
from pyarrow.lib import RecordBatch, Schema, Table

class Expression:
    def __eq__(self, other: object) -> Expression: ...  # type: ignore[override, explicit-override]
    def __ge__(self, other: object) -> Expression: ...
    def __lt__(self, other: object) -> Expression: ...
    def __and__(self, other: Expression) -> Expression: ...

def field(name: str) -> Expression: ...

class ParquetFragmentScanOptions:
    def __init__(self, *, page_checksum_verification: bool = False) -> None: ...

class ParquetFileFormat:
    def __init__(
        self, *, default_fragment_scan_options: ParquetFragmentScanOptions | None = None
    ) -> None: ...

class Partitioning: ...

class Dataset:
    @property
    def schema(self) -> Schema: ...
    def to_table(self, columns: Sequence[str] | None = None) -> Table: ...
    def count_rows(self) -> int: ...
    def to_batches(
        self,
        *,
        columns: Sequence[str] | None = None,
        filter: Expression | None = None,
        batch_size: int = ...,
        batch_readahead: int = ...,
        fragment_readahead: int = ...,
        cache_metadata: bool = ...,
    ) -> Iterator[RecordBatch]: ...

def partitioning(schema: Schema, *, flavor: str | None = None) -> Partitioning: ...
def dataset(
    source: Sequence[str] | Table,
    *,
    schema: Schema | None = None,
    format: ParquetFileFormat | None = None,
    filesystem: FileSystem | None = None,
    partitioning: Partitioning | None = None,
    partition_base_dir: str | None = None,
) -> Dataset: ...
