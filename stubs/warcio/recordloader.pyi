from typing import Protocol

from warcio.statusandheaders import StatusAndHeaders

class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...

class _Block(Protocol):
    limit: int
    def read(self, size: int | None = None, /) -> bytes: ...

class _LineStream(_Stream, Protocol):
    def readline(self) -> bytes: ...

class ArcWarcRecord:
    rec_type: str | None
    rec_headers: StatusAndHeaders
    raw_stream: _Block
    content_type: str | None
    length: int | None
    def __init__(
        self,
        format: str,
        rec_type: str,
        rec_headers: StatusAndHeaders,
        raw_stream: _Stream,
        http_headers: StatusAndHeaders | None,
        content_type: str | None,
        length: int | None,
        /,
    ) -> None: ...

class ArcWarcRecordLoader:
    def __init__(self) -> None: ...
    def parse_record_stream(
        self,
        stream: _LineStream,
        statusline: bytes | None = ...,
        known_format: str | None = ...,
        no_record_parse: bool = ...,
    ) -> ArcWarcRecord: ...
