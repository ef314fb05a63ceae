-- What is searched and what is counted, made from the parts and from nothing else: the file may be
-- deleted at any time. Times are microseconds since 1970 UTC, days are days since then.

CREATE TABLE part (                 -- what is in here already
    path    TEXT PRIMARY KEY,
    dataset TEXT NOT NULL,
    rows    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE article (              -- the newest version of each
    id           INTEGER PRIMARY KEY, -- second of publication * 2^20 + a serial: days are ranges
    article_id   TEXT NOT NULL UNIQUE,
    version      INTEGER NOT NULL,
    site         TEXT NOT NULL,
    url          TEXT NOT NULL,
    headline     TEXT NOT NULL,
    dek          TEXT,
    authors      TEXT NOT NULL,
    published_at INTEGER,
    fetched_at   INTEGER NOT NULL,
    words        INTEGER NOT NULL,
    body         BLOB NOT NULL       -- the text, deflated: a hit is shown with the words around it
) STRICT;

-- Without the text itself, which `article` has. `facet` holds words of ours, for filters that cost
-- no more than a word does. A version that has been replaced stays in here and is in no `article`.
CREATE VIRTUAL TABLE word USING fts5(
    headline, text, author, credit, facet,
    content = '', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE last_word (            -- the last id given out of a second, so that none is given twice
    second INTEGER PRIMARY KEY, id INTEGER NOT NULL
) STRICT;

CREATE TABLE retitled (             -- headlines that were changed after publication
    id           INTEGER PRIMARY KEY,
    article_id   TEXT NOT NULL,
    version      INTEGER NOT NULL,
    site         TEXT NOT NULL,
    fetched_at   INTEGER NOT NULL,
    published_at INTEGER,
    before       TEXT NOT NULL,
    after        TEXT NOT NULL
) STRICT;
CREATE INDEX retitled_when ON retitled (fetched_at);

CREATE TABLE published (            -- rows of `articles`, by day of capture
    site TEXT NOT NULL, day INTEGER NOT NULL,
    articles INTEGER NOT NULL, edits INTEGER NOT NULL, words INTEGER NOT NULL,
    PRIMARY KEY (site, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE filled (               -- of these, how many fill a field
    site TEXT NOT NULL, day INTEGER NOT NULL, field TEXT NOT NULL, rows INTEGER NOT NULL,
    PRIMARY KEY (site, day, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE lag (                  -- how long after publication: `archived` or `edited`
    kind TEXT NOT NULL, site TEXT NOT NULL, day INTEGER NOT NULL, bucket INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (kind, site, day, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE fetched (              -- rows of `captures`, by day
    site TEXT NOT NULL, day INTEGER NOT NULL,
    captures INTEGER NOT NULL, bytes INTEGER NOT NULL, failed INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    PRIMARY KEY (site, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_site (             -- what a run brought of a site
    run_id TEXT NOT NULL, site TEXT NOT NULL,
    captures INTEGER NOT NULL, bytes INTEGER NOT NULL,
    articles INTEGER NOT NULL, edits INTEGER NOT NULL,
    PRIMARY KEY (run_id, site)
) STRICT, WITHOUT ROWID;

CREATE TABLE fate (                 -- and what became of what it advertised
    run_id TEXT NOT NULL, site TEXT NOT NULL, fate TEXT NOT NULL, reason TEXT NOT NULL,
    addresses INTEGER NOT NULL,
    PRIMARY KEY (run_id, site, fate, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (               -- every advertised address, by the newest word on it
    id            INTEGER PRIMARY KEY,
    url           TEXT NOT NULL UNIQUE,
    site          TEXT NOT NULL,
    fate          TEXT NOT NULL,
    reason        TEXT,
    is_missed     INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    fetched_at    INTEGER,
    status        INTEGER,
    attempts      INTEGER NOT NULL,
    advertised_in TEXT NOT NULL,
    article_id    TEXT,
    run_id        TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_seen ON ledger (first_seen_at, id);
CREATE INDEX ledger_site ON ledger (site, first_seen_at, id);
CREATE INDEX ledger_fate ON ledger (fate, first_seen_at, id);
CREATE INDEX ledger_site_fate ON ledger (site, fate, first_seen_at, id);
CREATE INDEX ledger_missed ON ledger (is_missed, first_seen_at, id);
CREATE INDEX ledger_site_missed ON ledger (site, is_missed, first_seen_at, id);

CREATE TABLE seen (                 -- the ledger by day of first sight
    site TEXT NOT NULL, day INTEGER NOT NULL, fate TEXT NOT NULL, addresses INTEGER NOT NULL,
    PRIMARY KEY (site, day, fate)
) STRICT, WITHOUT ROWID;
