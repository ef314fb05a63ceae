-- What format 5 added: what feeds and sitemaps call a page, and where an address leads that only
-- loses a tracker on its way.

ALTER TABLE address ADD COLUMN asked_url TEXT;      -- what is asked for; null: the url as advertised
ALTER TABLE advertisement ADD COLUMN title TEXT;    -- null: of links, and where none is given
ALTER TABLE advertisement ADD COLUMN lastmod INTEGER;
CREATE INDEX advertisement_address ON advertisement (address_id);
