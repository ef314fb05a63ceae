"""The reading room: a store in a browser, only read. `newsreel serve` opens it."""
