"""What the commands' parsers share."""

from __future__ import annotations

import argparse
from typing import Sequence


def parser(command: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Return a parser whose help names *command*."""
    return argparse.ArgumentParser(
        prog=f"python -m pemcheck {command}".rstrip(),
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )


def add_common(found: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """Add the options about output."""
    found.add_argument("--format", choices=formats, default=formats[0], help="how to print (default text)")
    found.add_argument("-q", "--quiet", action="store_true", help="leave notes out")
    found.add_argument("-v", "--verbose", action="store_true", help="show the traceback of an internal error")


def add_help(found: argparse.ArgumentParser) -> None:
    """Add --help and --version, last."""
    found.add_argument("-h", "--help", action="help", help="print this and exit")
    found.add_argument("--version", action="store_true", help="print the version (-v: of everything) and exit")
