"""``python -m pemcheck``, and the console script."""

from __future__ import annotations

import gc
import sys

from .cli import main
from .later import put_off


def run() -> int:
    """Run the command line in a process of its own; return the exit status."""
    # a process that ends in a tenth of a second has no use for a collector that takes a twentieth of it
    gc.disable()
    put_off()
    status = main()
    gc.freeze()  # or the interpreter looks through all that was imported once more, at its very end
    return status


if __name__ == "__main__":
    sys.exit(run())
