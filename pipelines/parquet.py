"""Stage 400, Parquet: the article becomes a row."""

from typing import Any, Self

from archive.rows import PendingRow, RowSink
from pipelines.submission import Submission


class ParquetStage:
    """Hands the row to the sink; parts are written as they fill."""

    def __init__(self, rows: RowSink) -> None:
        self._rows = rows

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Use the run's rows."""
        return cls(crawler.spider.run.rows)

    def process_item(self, item: Submission) -> Submission:
        """Keep the row and pass the submission on unchanged."""
        assert item.version is not None
        self._rows.append(
            PendingRow(
                article=item.article,
                site=item.site,
                capture_record_id=str(item.capture.result().warc_record_id),
                address_id=item.address_id,
                version=item.version,
            )
        )
        return item
