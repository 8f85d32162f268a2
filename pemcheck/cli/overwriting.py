"""What ``scan`` must not write over: everything that it reads, but for what it wrote there itself before."""

from __future__ import annotations

import os
import re
from argparse import Namespace
from contextlib import suppress
from typing import TYPE_CHECKING

from ..patterns import rare
from ..source import named, path_of
from . import Failure

if TYPE_CHECKING:
    from ..scanning.walking import Found

_READ = ("passphrase_file", "from_file", "trust_store")
_SUMMARY = rare(
    rb"^[\d,]+ submissions?[a-z\d, ]* in [\d,]+ files? \([\d,]+ bytes\)\n(?:  [^\n]*\n)*(?:```\n)?\Z", re.MULTILINE
)
_FORMATS = rare(
    rb'\{"kind": "(?:submission|certificate)", "file": '
    rb'|\{"\$schema": "[^"\n]*sarif[^"\n]*", "version": "2\.1\.0", "runs": \[\{"results": \[\n'
    rb'|<\?xml [^\n]*\?>\n<testsuites name="pemcheck">'
    rb'|\[\n(?:\n\]|\{"description": ")'
    rb"|::(?:error|warning|notice) [^\n]*title=pemcheck%3A "
    rb"|(?:submission|certificate) [^\n]+: (?:accepted|refused|undecided): "
)
_OURS = {
    "output_file": (_FORMATS, _SUMMARY),
    "html": (rare(rb"<!doctype html>[^\n]*\n[^\n]*\n[^\n]*\n<title>pemcheck scan, "), None),
    "prometheus": (rare(rb"# HELP pemcheck_scan_timestamp_seconds "), None),
    "write_baseline": (rare(rb'\{\s*"schema": 1,\s*"pemcheck": "'), None),
}
"""How a file that is a former output begins, or how it ends."""
_MADE = {"html": "page of scan", "prometheus": "metrics of scan"}
"""Options for a file that nobody writes by another way, and what it is: any other file was meant otherwise."""
_HEAD, _TAIL = 4_096, 262_144
"""Bytes that are looked at to recognise a former output."""


class Outputs:
    """The files that a scan is to write, known before it reads anything; raises Failure for what cannot be meant."""

    def __init__(self, options: Namespace, config: str) -> None:
        """Refuse two outputs that are the same file, and one that *options* or *config* name to be read."""
        given = {option: getattr(options, option) for option in _OURS}
        self.paths = {option: path for option, path in given.items() if path not in (None, "-")}
        known: dict[object, str] = {}
        for option, path in self.paths.items():
            if os.path.exists(path) and not os.path.isfile(path):  # a pipe takes any number
                continue
            for identity in _identities(path):
                if known.setdefault(identity, option) != option:
                    raise Failure(f"{_name(known[identity])} and {_name(option)} are one file: {named(path)}")
        self.known = known
        inputs = [config, os.environ.get("SSL_CERT_FILE"), *(options.target or ())]
        for source in filter(None, [*inputs, *(getattr(options, option) for option in _READ)]):
            self.refuse("/dev/stdin" if source == "-" else path_of(source))
        if options.baseline is not None:
            self.refuse(options.baseline, anew="write_baseline")
        for option, path in self.paths.items():
            if not os.path.isdir(os.path.dirname(path) or os.curdir):
                raise Failure(f"{_name(option)}: {named(path)}: there is no such directory")
            _refuse_things(path, _name(option))
            if option in _MADE and os.path.isfile(path) and os.path.getsize(path) and not _is_ours(option, path):
                reason = f"it is there, and no former {_MADE[option]}, so it is not overwritten: name another file"
                raise Failure(f"{_name(option)}: {named(path)}: {reason}")

    def found(self, it: Found) -> None:
        """Refuse to write over what is to be looked at."""
        if not self.known or it.size is None:
            return
        option = self.known.get(it.identity) or self.known.get(os.path.abspath(it.path))
        if option is not None and it.size and not _is_ours(option, it.path):
            self.refuse(it.path)

    def refuse(self, path: str, anew: str = "") -> None:
        """Raise Failure where an output is the file at *path*, but for the option that writes it *anew*."""
        for option in (self.known[each] for each in _identities(path) if each in self.known):
            if option != anew:
                reason = "this is one of the inputs, which are never overwritten"
                raise Failure(f"{_name(option)}: {named(self.paths[option])}: {reason}")


def _name(option: str) -> str:
    return f"--{option.replace('_', '-')}"


def _identities(path: str) -> list[object]:
    """Return what tells a file from others: where it is, and, if it is there, device and inode."""
    found: list[object] = [os.path.abspath(path)]
    with suppress(OSError, ValueError):  # what is not there yet has a place only; a NUL is told by who writes
        found.append(os.path.realpath(path))
        status = os.stat(path)
        found.append((status.st_dev, status.st_ino))
    return found


def _refuse_things(path: str, option: str) -> None:
    """Raise Failure where a file would be overwritten that holds certificates or keys, scanned or not."""
    from ..scanning.judging import outline
    from ..scanning.pieces import Piece

    if os.path.isfile(path) and outline(Piece(path))[1].things:
        raise Failure(f"{option}: {named(path)}: it holds certificates or keys, and is not overwritten")


def _is_ours(option: str, path: str) -> bool:
    """Whether the file at *path* is what a scan wrote there before."""
    start, end = _OURS[option]
    try:
        with open(path, "rb") as file:
            if start.match(file.read(_HEAD)):
                return True
            file.seek(max(os.fstat(file.fileno()).st_size - _TAIL, 0))
            return end is not None and end.search(file.read(_TAIL)) is not None
    except OSError:
        return False
