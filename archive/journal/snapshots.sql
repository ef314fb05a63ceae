-- Since format 2. A journal of format 1 gets these tables when it is next opened for writing.

CREATE TABLE IF NOT EXISTS snapshot (
    number    INTEGER PRIMARY KEY,  -- its folder: snapshots/000001
    opened_at INTEGER NOT NULL,
    closed_at INTEGER               -- null: the one that crawls add to
) STRICT;
