-- What must not be in a journal. Each statement yields one sentence a fault. SQLite's own check
-- cannot see these: it knows pages and indexes, not what a state implies.

SELECT 'capture ' || c.record_id || ' is of no address'
FROM capture c LEFT JOIN address a ON a.id = c.address_id WHERE a.id IS NULL;

SELECT 'capture ' || c.record_id || ' is of no run'
FROM capture c LEFT JOIN run r ON r.id = c.run_id WHERE r.id IS NULL;

SELECT 'capture ' || c.record_id || ' lies in ' || c.warc_filename || ', which is not named'
FROM capture c LEFT JOIN warc w ON w.filename = c.warc_filename
WHERE c.warc_filename IS NOT NULL AND w.filename IS NULL;

SELECT 'capture ' || c.record_id || ' lies behind the committed end of ' || w.filename
FROM capture c JOIN warc w ON w.filename = c.warc_filename
WHERE c.warc_offset + c.warc_length > w.committed_length;

SELECT 'capture ' || record_id || ' has a ' || coalesce(record_type, 'missing') || ' record'
FROM capture
WHERE coalesce(record_type, 'response') NOT IN ('response', 'revisit', 'conversion')
   OR (record_type IS NULL) != (warc_filename IS NULL);

SELECT count(*) || ' captures of ' || url || ' have the same time'
FROM capture GROUP BY url, fetched_at HAVING count(*) > 1;

SELECT 'the row of capture ' || c.record_id || ' is in no part of captures'
FROM capture c LEFT JOIN part p ON p.id = c.part_id AND p.dataset = 'captures'
WHERE c.part_id IS NOT NULL AND p.id IS NULL;

SELECT 'WARC ' || w.filename || ' is of no run'
FROM warc w LEFT JOIN run r ON r.id = w.run_id WHERE r.id IS NULL;

-- A part that was compacted or read again came with a snapshot: its rows are of many runs.
SELECT 'part ' || p.path || ' is of no run'
FROM part p LEFT JOIN run r ON r.id = p.run_id WHERE r.id IS NULL AND p.run_id NOT LIKE 'snapshot-%'
AND p.run_id NOT LIKE 'reextract-%';

SELECT 'version ' || v.version || ' of article ' || v.article_id || ' is of no capture that was read'
FROM version v LEFT JOIN capture c ON c.id = v.capture_id AND c.state = 'read' WHERE c.id IS NULL;

SELECT 'version ' || v.version || ' of article ' || v.article_id || ' is in no part of articles'
FROM version v LEFT JOIN part p ON p.id = v.part_id AND p.dataset = 'articles' WHERE p.id IS NULL;

SELECT 'address ' || url || ' is settled without a fate'
FROM address WHERE state = 'settled' AND fate IS NULL;

SELECT 'address ' || a.url || ' holds an article that has no version'
FROM address a LEFT JOIN version v ON v.article_id = a.article_id
WHERE a.state = 'settled' AND a.fate = 'archived' AND v.article_id IS NULL;

SELECT 'address ' || a.url || ' was decided by no capture'
FROM address a LEFT JOIN capture c ON c.id = a.capture_id
WHERE a.capture_id IS NOT NULL AND c.id IS NULL;

SELECT 'address ' || a.url || ' has validators of no response'
FROM address a LEFT JOIN capture c ON c.id = a.payload_id AND c.record_type = 'response'
WHERE a.payload_id IS NOT NULL AND c.id IS NULL;
