-- What format 3 added: what decides when an address is asked for again, and by whom it waits.

CREATE TABLE look (
    address_id INTEGER PRIMARY KEY,
    looked_at  INTEGER NOT NULL,        -- when it was last asked for, or refused
    quiet      INTEGER NOT NULL,        -- looks in a row that brought nothing new
    misled     INTEGER NOT NULL,        -- looks since the last news for which only a lastmod gave cause
    interval_s INTEGER                  -- how long a listing is left alone; null: a page, or not known yet
) STRICT;
CREATE INDEX look_quiet ON look (quiet, looked_at) WHERE interval_s IS NULL;
CREATE INDEX look_listing ON look (address_id) WHERE interval_s IS NOT NULL;
CREATE INDEX address_waiting ON address (site, next_at) WHERE state = 'queued';
CREATE INDEX address_article ON address (site, first_seen_at) WHERE article_id IS NOT NULL;

CREATE INDEX capture_run ON capture (run_id, fetched_at);

CREATE TABLE hold (
    server    TEXT PRIMARY KEY,
    until     INTEGER NOT NULL,         -- not to be asked before
    reason    TEXT NOT NULL,            -- delay, crawl_delay, latency, retry_after, backoff or circuit
    incidents INTEGER NOT NULL          -- in a row; the next back-off is the longer for it
) STRICT;

CREATE TABLE alarm (
    site     TEXT NOT NULL,
    kind     TEXT NOT NULL,             -- a stable word; of a promise with its field
    what     TEXT NOT NULL,             -- the newest figures, as a sentence
    began_at INTEGER NOT NULL,
    PRIMARY KEY (site, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE fill (
    run_id TEXT NOT NULL,
    site   TEXT NOT NULL,
    field  TEXT NOT NULL,               -- empty: the rows themselves
    filled INTEGER NOT NULL,
    PRIMARY KEY (site, run_id, field)
) STRICT, WITHOUT ROWID;
