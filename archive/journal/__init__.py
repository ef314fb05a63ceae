"""The journal: one SQLite file that says what is committed.

Frontier, captures, WARC lengths, parts, versions, runs and robots answers. The WARC is the truth of
what was seen, the journal of what is finished: a byte beyond a committed length was never written.
"""
