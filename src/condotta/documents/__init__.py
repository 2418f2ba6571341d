"""Files to documents: bytes as received, text with exact offsets, and what is known about where they came from.

    >>> read(Path("article.html")).title

Every fault is a DocumentError with a code; nothing else is raised for bad input.
"""

from condotta.documents.read import SIZE_LIMIT, from_bytes, read, read_lines
from condotta.documents.similar import Neighbours

__all__ = ["SIZE_LIMIT", "Neighbours", "from_bytes", "read", "read_lines"]
