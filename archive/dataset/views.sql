-- What analysts ask, over the tables articles, captures and coverage. Every view holds all
-- versions; take one each with: SEMI JOIN articles_latest USING (article_id, version)

-- The newest version of every article.
CREATE VIEW articles_latest AS
SELECT *
FROM articles
QUALIFY row_number() OVER (
    PARTITION BY coalesce(article_id, url)
    ORDER BY version DESC NULLS LAST, fetch_time DESC NULLS LAST
) = 1;

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
