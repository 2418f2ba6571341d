"""The workbench: an analyst's desk in the browser, on one case.

>>> serve(Path("mycase"), Options(), Address(port=8420), told=print)
"""

from condotta.workbench.app import application
from condotta.workbench.desk import Options
from condotta.workbench.serving import Address, serve

__all__ = ["Address", "Options", "application", "serve"]
