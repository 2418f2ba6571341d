"""Files to documents: bytes as received, text with exact offsets, and what is known about where they came from.

    >>> read(Path("article.html")).title

Every fault is a DocumentError with a code; nothing else is raised for bad input.
"""

from condotta.documents.archives import columns_of, is_archive, read_archive, read_articles, read_captures, table
from condotta.documents.read import SIZE_LIMIT, from_bytes, read, read_lines
from condotta.documents.similar import Neighbours

__all__ = [
    "SIZE_LIMIT",
    "Neighbours",
    "columns_of",
    "from_bytes",
    "is_archive",
    "read",
    "read_archive",
    "read_articles",
    "read_captures",
    "read_lines",
    "table",
]
