"""A large ecosystem for trials at size: a hundred thousand parties and a million facts, or ten times that, as columns made by vectorised code.

Nothing in it is real. The same seed gives the same bytes. ``ecosystem`` gives it without a store, ``writing`` writes it as files for an import.
"""

from examples.large.ecosystem import ecosystem
from examples.large.figures import figures
from examples.large.shape import FOCAL, SIZES, WORKSPACE, Shape, shape_of
from examples.large.writing import FORMATS, write

__all__ = ["FOCAL", "FORMATS", "SIZES", "WORKSPACE", "Shape", "ecosystem", "figures", "shape_of", "write"]
