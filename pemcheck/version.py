"""The version of the package, and what it is called, in the one place that everything else reads them from."""

import re
import sys

VERSION = "0.1.0"

MODULE = "python -m pemcheck"
"""How it is called where there is no script."""


def program() -> str:
    """Return how this was called, as the user would type it once more: as the console script or as a module."""
    script = re.search(r"(?:^|[/\\])pemcheck(?:\.exe)?\Z", sys.argv[0] if sys.argv else "", re.IGNORECASE)
    return "pemcheck" if script else MODULE
