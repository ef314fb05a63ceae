from typing import Any, BinaryIO

class FeedParserDict(dict[str, Any]):
    bozo: bool
    version: str
    entries: list[FeedParserDict]

def parse(
    url_file_stream_or_string: BinaryIO,
    *,
    response_headers: dict[str, str] | None = None,
    resolve_relative_uris: bool | None = None,
    sanitize_html: bool | None = None,
) -> FeedParserDict: ...
