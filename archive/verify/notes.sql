-- What a verification notes of what it found: temporary tables, gone with the connection.

CREATE TEMP TABLE found (           -- every whole record of every WARC
    record_id     TEXT PRIMARY KEY,
    type          TEXT NOT NULL,
    filename      TEXT NOT NULL,
    start         INTEGER NOT NULL,
    length        INTEGER NOT NULL,
    digest        TEXT,             -- of a payload, computed from its bytes
    concurrent_to TEXT,
    mark          INTEGER           -- of the line that an index has of it; null: none lists it
) WITHOUT ROWID;
CREATE INDEX temp.found_at ON found (filename, start); -- each line of an index asks by place

CREATE TEMP TABLE indexed (         -- what one index lists
    filename TEXT NOT NULL,
    start    INTEGER NOT NULL,
    PRIMARY KEY (filename, start)
) WITHOUT ROWID;

CREATE TEMP TABLE fault (           -- where no whole record is
    filename TEXT NOT NULL,
    start    INTEGER NOT NULL
);

CREATE TEMP TABLE reach (           -- how much of a WARC could be read
    filename TEXT PRIMARY KEY,
    readable INTEGER NOT NULL
);

CREATE TEMP TABLE unanswered AS     -- captures without an answer that no request stands for yet
    SELECT id, url, fetched_at FROM capture WHERE record_type IS NULL;
CREATE INDEX temp.unanswered_at ON unanswered (fetched_at);

CREATE TEMP TABLE broken_part (     -- parts with a problem of their own
    id INTEGER PRIMARY KEY
);

CREATE TEMP TABLE article_row (     -- every row of articles
    article_id TEXT NOT NULL,
    version    INTEGER NOT NULL,
    part_id    INTEGER NOT NULL,
    url        TEXT,
    fetched_at INTEGER,
    record_id  TEXT,
    filename   TEXT,
    start      INTEGER,
    length     INTEGER,
    digest     TEXT,
    PRIMARY KEY (article_id, version)
) WITHOUT ROWID;

CREATE TEMP TABLE ledger_row (      -- the rows of coverage of one run at a time
    url        TEXT PRIMARY KEY,
    part       TEXT NOT NULL,
    fate       TEXT,
    record_id  TEXT,
    article_id TEXT,
    columns    TEXT NOT NULL        -- the whole row as JSON
) WITHOUT ROWID;
