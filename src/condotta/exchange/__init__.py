"""The formats that others read and write: spreadsheets of figures in, CSV, JSON Lines and Parquet out."""

from condotta.exchange.figures import COLUMNS, figures_in, header_of, is_figures, read_figures
from condotta.exchange.inference import to_inference_data
from condotta.exchange.rows import write_rows
from condotta.exchange.tables import to_csv, to_jsonl

__all__ = [
    "COLUMNS",
    "figures_in",
    "header_of",
    "is_figures",
    "read_figures",
    "to_csv",
    "to_inference_data",
    "to_jsonl",
    "write_rows",
]
