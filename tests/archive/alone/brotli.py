"""No brotli: with Newsreel's own, warcio and all that is built on it fail (warcio issue 73)."""

raise ImportError(__doc__)
