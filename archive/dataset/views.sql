-- What analysts ask, over the tables articles, captures and coverage. Every view holds all
-- versions; take one each with: SEMI JOIN articles_latest USING (article_id, version)

-- The newest version of every article. Narrow columns say which it is, and whole rows are read of it
-- alone: a window over whole rows would hold every text there is. What is newest stands first, as
-- parts are listed in that order: a version that appears between the two is not yet there.
CREATE VIEW articles_latest AS
SELECT articles.*
FROM (
    SELECT
        coalesce(article_id, url) AS article,
        max((coalesce(version, 0), coalesce(fetch_time, '-infinity'), warc_record_id)) AS newest
    FROM articles
    GROUP BY ALL
)
JOIN articles ON coalesce(articles.article_id, articles.url) = article
    AND (
        coalesce(articles.version, 0),
        coalesce(articles.fetch_time, '-infinity'),
        articles.warc_record_id
    ) = newest;

-- One row a picture; position counts from 1 and is the place in the article.
CREATE VIEW images AS
SELECT
    article_id, version, url AS article_url, headline, site_domain, published_at, position,
    unnest(image)
FROM (
    SELECT
        *,
        unnest(images) AS image,
        generate_subscripts(images, 1) AS position
    FROM articles
);

-- One row a block quote.
CREATE VIEW quotes AS
SELECT
    article_id, version, url AS article_url, headline, site_domain, published_at, position,
    unnest(quote)
FROM (
    SELECT
        *,
        unnest(articles.quotes) AS quote,
        generate_subscripts(articles.quotes, 1) AS position
    FROM articles
);

-- One row a name in a byline.
CREATE VIEW authors AS
SELECT
    article_id, version, url AS article_url, headline, site_domain, published_at, position,
    unnest(author)
FROM (
    SELECT
        *,
        unnest(articles.authors) AS author,
        generate_subscripts(articles.authors, 1) AS position
    FROM articles
);

-- One row a link of the body.
CREATE VIEW links AS
SELECT
    article_id, version, url AS article_url, headline, site_domain, published_at, position,
    unnest(link)
FROM (
    SELECT
        *,
        unnest(articles.links) AS link,
        generate_subscripts(articles.links, 1) AS position
    FROM articles
);

-- One row a summary bullet above the body.
CREATE VIEW key_points AS
SELECT
    article_id, version, url AS article_url, headline, site_domain, published_at, position,
    point AS text
FROM (
    SELECT
        *,
        unnest(articles.key_points) AS point,
        generate_subscripts(articles.key_points, 1) AS position
    FROM articles
);

-- One row a block of the body, in reading order.
CREATE VIEW blocks AS
SELECT
    article_id, version, url AS article_url, headline, site_domain, published_at, position,
    unnest(block)
FROM (
    SELECT
        *,
        unnest(articles.blocks) AS block,
        generate_subscripts(articles.blocks, 1) AS position
    FROM articles
);

-- One row a version, with the columns that changed since the version before; none in the first.
CREATE VIEW article_versions AS
SELECT
    article_id, version, url, site_domain, headline, published_at, modified_at, fetch_time,
    word_count,
    CASE WHEN lag(article_id) OVER before IS NOT NULL THEN list_filter([
        CASE WHEN headline IS DISTINCT FROM lag(headline) OVER before THEN 'headline' END,
        CASE WHEN kicker IS DISTINCT FROM lag(kicker) OVER before THEN 'kicker' END,
        CASE WHEN dek IS DISTINCT FROM lag(dek) OVER before THEN 'dek' END,
        CASE WHEN key_points IS DISTINCT FROM lag(key_points) OVER before THEN 'key_points' END,
        CASE WHEN blocks IS DISTINCT FROM lag(blocks) OVER before THEN 'blocks' END,
        CASE WHEN quotes IS DISTINCT FROM lag(quotes) OVER before THEN 'quotes' END,
        CASE WHEN images IS DISTINCT FROM lag(images) OVER before THEN 'images' END,
        CASE WHEN authors IS DISTINCT FROM lag(authors) OVER before THEN 'authors' END
    ], lambda name: name IS NOT NULL) ELSE [] END AS changed,
    word_count - lag(word_count) OVER before AS words_more,
    fetch_time - lag(fetch_time) OVER before AS since_version_before
FROM articles
WINDOW before AS (PARTITION BY article_id ORDER BY version);

-- One row a site and day of capture, UTC.
CREATE VIEW daily_counts AS
SELECT
    site_domain,
    CAST(fetch_time AT TIME ZONE 'UTC' AS DATE) AS day,
    count(*) AS versions,
    count(*) FILTER (version = 1) AS new_articles,
    count(*) FILTER (version > 1) AS edits,
    sum(word_count) AS words
FROM articles
GROUP BY ALL;

-- Articles whose words are the same, letter by letter: `first_seen` is where we met them first.
CREATE VIEW reprints AS
SELECT
    text_digest, article_id, site_domain, url, headline, published_at, fetch_time,
    first_value(url) OVER earliest AS first_seen,
    count(*) OVER (PARTITION BY text_digest) AS articles
FROM articles_latest
WHERE text_digest IS NOT NULL AND word_count >= 50
WINDOW earliest AS (
    PARTITION BY text_digest ORDER BY coalesce(published_at, fetch_time), fetch_time, url
)
QUALIFY count(*) OVER (PARTITION BY text_digest) > 1;
