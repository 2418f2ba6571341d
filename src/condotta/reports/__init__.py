"""One self-contained HTML page on a case, and the PNG of its main figure.

>>> page, picture = build(Material(...))
"""

from condotta.reports.material import Material
from condotta.reports.page import build

__all__ = ["Material", "build"]
