"""WARC files: the records, and the only code that knows warcio."""
