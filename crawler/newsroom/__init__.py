"""A small invented news world on loopback, for `newsreel demo` and the tests to crawl."""
