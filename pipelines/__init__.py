"""What decides on an article before it is kept: one stage, one file, one verb.

`ITEM_PIPELINES` is their order, as Scrapy reads it: lower numbers come first.
"""

from typing import Final

ITEM_PIPELINES: Final = {
    "pipelines.validate.ValidateStage": 100,
    "pipelines.version.VersionStage": 200,
    "pipelines.warc.WarcStage": 300,
    "pipelines.parquet.ParquetStage": 400,
}
