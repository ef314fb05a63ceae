"""Counts a dataset's rows with Spark, by nothing but its path: run in Spark's own environment."""

import json
import sys


def main(folder: str) -> None:
    """Print what Spark makes of the folder, as JSON on the last line."""
    from pyspark.sql import SparkSession, functions  # noqa: PLC0415 - pytest loads every module

    session = (
        SparkSession.builder.master("local[1]")
        .appName("newsreel")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    frame = session.read.parquet(folder)
    images = frame.select("url", functions.explode("images").alias("image"))
    first = frame.orderBy("url").first()
    assert first is not None
    told = {
        "rows": frame.count(),
        "of_x": frame.where("site = 'x'").count(),
        "sites": sorted(row["site"] for row in frame.select("site").distinct().collect()),
        "credits": [row[0] for row in images.select("image.credit").distinct().collect()],
        "fetch_time": first["fetch_time"].isoformat(),
        "columns": frame.columns,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    session.stop()


if __name__ == "__main__":
    main(sys.argv[1])
