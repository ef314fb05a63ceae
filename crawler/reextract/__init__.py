"""Kept pages read again with today's rules: no network, the same rows in a new snapshot."""
