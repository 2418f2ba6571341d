"""One self-contained HTML page on a case, and the PNG of its main figure; the figure of simulated scenarios.

>>> page, picture = build(Material(...))
"""

from condotta.reports.material import Material
from condotta.reports.page import build, findings_page
from condotta.reports.simulated import scenarios

__all__ = ["Material", "build", "findings_page", "scenarios"]
