"""Benches: each says what Newsreel takes beside what others take for the same."""
