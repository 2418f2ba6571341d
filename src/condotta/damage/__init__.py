"""What happened to figures between their origin and an outlet, and which series of figures look odd.

>>> damages(evidence); flags(evidence, case)
"""

from condotta.damage.copies import GARBLED, KINDS, OWN, Damage, damages, explainer, marked
from condotta.damage.series import Flag, flags

__all__ = ["GARBLED", "KINDS", "OWN", "Damage", "Flag", "damages", "explainer", "flags", "marked"]
