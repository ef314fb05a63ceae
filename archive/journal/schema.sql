-- The journal's tables. Times are microseconds since 1970 UTC. Adding is allowed, changing is not:
-- a new meaning is a new column, and PRAGMA user_version goes up.

CREATE TABLE run (
    id          TEXT PRIMARY KEY,       -- 20261122T120000Z-9c41
    plan        TEXT NOT NULL,          -- JSON of what was asked for: the key an interrupted run is found by
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,                -- null while it runs, and after a kill
    outcome     TEXT                    -- finished, stopped, failed; waiting: of --due, goes on with the next call; null: to be resumed
) STRICT;

CREATE TABLE warc (
    filename         TEXT PRIMARY KEY,
    run_id           TEXT NOT NULL,
    opened_at        INTEGER NOT NULL,
    committed_length INTEGER NOT NULL,  -- bytes beyond it were never committed
    sealed_at        INTEGER            -- null while it grows as FILENAME.open
) STRICT;

CREATE TABLE address (
    id            INTEGER PRIMARY KEY,
    identity      TEXT NOT NULL UNIQUE, -- the address without trackers: what makes two links one page
    url           TEXT NOT NULL,        -- as it was first advertised: what is asked for
    site          TEXT NOT NULL,
    kind          TEXT NOT NULL,        -- robots, sitemap, feed, front, page, requisite
    depth         INTEGER NOT NULL,     -- links followed to it from what the site advertises; of a requisite, stylesheets
    hops          INTEGER NOT NULL,     -- redirects that led to it
    priority      INTEGER NOT NULL,     -- higher is sooner
    first_seen_at INTEGER NOT NULL,
    run_id        TEXT NOT NULL,        -- the run the next columns speak of
    state         TEXT NOT NULL,        -- queued, fetched (captured, not read yet) or settled
    next_at       INTEGER NOT NULL,     -- not to be asked for before; of a settled requisite too
    attempts      INTEGER NOT NULL,     -- requests in this run
    fate          TEXT,                 -- null until settled
    reason        TEXT,
    capture_id    INTEGER,              -- the capture that decided the fate
    article_id    TEXT,
    lastmod       INTEGER,              -- the newest a sitemap gave
    etag          TEXT,                 -- validators of the last whole 200 answer,
    last_modified TEXT,
    payload_id    INTEGER               -- and the capture that has its payload
) STRICT;
CREATE INDEX address_queue ON address (run_id, site, priority DESC, next_at)
    WHERE state = 'queued';
CREATE INDEX address_run ON address (run_id, site);

CREATE TABLE advertisement (
    run_id        TEXT NOT NULL,
    address_id    INTEGER NOT NULL,
    by_address_id INTEGER NOT NULL,     -- 0: the operator
    advertised_in TEXT NOT NULL,
    advertised_at INTEGER,
    PRIMARY KEY (run_id, address_id, by_address_id, advertised_in)
) STRICT, WITHOUT ROWID;

CREATE TABLE capture (
    id             INTEGER PRIMARY KEY,
    record_id      TEXT NOT NULL UNIQUE,
    run_id         TEXT NOT NULL,
    address_id     INTEGER NOT NULL,
    url            TEXT NOT NULL,
    method         TEXT NOT NULL,
    fetched_at     INTEGER NOT NULL,
    status         INTEGER,
    redirect       TEXT,
    failure        TEXT,
    elapsed_ms     INTEGER NOT NULL,
    waited_ms      INTEGER NOT NULL,
    wait_reason    TEXT,
    payload_digest TEXT,
    media_type     TEXT,
    charset        TEXT,
    payload_length INTEGER,
    truncated      TEXT,
    record_type    TEXT,                -- response, revisit, conversion; null without an answer
    payload_id     INTEGER,             -- what it refers to: a revisit's target, a conversion's source
    warc_filename  TEXT,
    warc_offset    INTEGER,
    warc_length    INTEGER,
    page_kind      TEXT,
    state          TEXT NOT NULL,       -- unread until everything that follows from it is committed; read; withdrawn
    part_id        INTEGER              -- the part of `captures` that holds its row
) STRICT;
CREATE INDEX capture_address ON capture (address_id, fetched_at);
CREATE INDEX capture_payload ON capture (payload_digest) WHERE record_type = 'response';
CREATE INDEX capture_unread ON capture (id) WHERE state = 'unread';
CREATE INDEX capture_unpublished ON capture (id) WHERE part_id IS NULL;

CREATE TABLE part (
    id             INTEGER PRIMARY KEY,
    dataset        TEXT NOT NULL,
    path           TEXT NOT NULL UNIQUE, -- relative to the store
    rows           INTEGER NOT NULL,
    bytes          INTEGER NOT NULL,
    sha256         TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    run_id         TEXT NOT NULL,
    published_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE version (
    article_id     TEXT NOT NULL,
    version        INTEGER NOT NULL,
    version_digest TEXT NOT NULL,
    capture_id     INTEGER NOT NULL,
    part_id        INTEGER NOT NULL,
    PRIMARY KEY (article_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE robots (
    origin     TEXT PRIMARY KEY,        -- scheme://host:port
    fetched_at INTEGER NOT NULL,
    status     INTEGER,                 -- null: no answer
    body       BLOB NOT NULL            -- decoded, at most 500 KiB (RFC 9309 section 2.5)
) STRICT;
