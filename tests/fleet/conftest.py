"""The object store that the tests of several machines' crawls share with those of the dataset."""

from tests.dataset.s3_server import bucket, object_store

__all__ = ["bucket", "object_store"]
