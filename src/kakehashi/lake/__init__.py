"""Parquet datasets and their schemas, queried by DuckDB here and by Spark where data outgrow a machine."""
