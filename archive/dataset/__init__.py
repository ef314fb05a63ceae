"""The dataset: plain Parquet below a store, written, read and asked; pyarrow lives only here."""
