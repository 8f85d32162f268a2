"""Draw what a terminal shows: one command, run for real on a fixture, as SVG without scripts, fonts or links."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from html import escape
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
FIXTURE = "pem-trailing-spaces"
COMMAND = "pemcheck certificate.pem private-key.pem certificate-chain.pem --at 2026-06-01"

WIDTH, HEIGHT, MARGIN = 8.4, 19, 16
"""Of one character, of one line, and around all of them, in pixels."""
COLOURS = {"31": "#ff7b72", "32": "#7ee787", "33": "#f2cc60", "36": "#79c0ff", "90": "#8b949e"}
FOREGROUND, BACKGROUND = "#e6edf3", "#0d1117"
_CODE = re.compile("\x1b\\[([0-9;]*)m")


def ran() -> str:
    """Return what the command prints in colour; the copy of its files is its own, so that nobody may read the key."""
    from pemcheck.cli import main

    out, before = io.TextIOWrapper(io.BytesIO(), "utf-8"), Path.cwd()
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(out):
        for path in (ROOT / "fixtures" / FIXTURE).glob("*.pem"):
            shutil.copyfile(path, Path(folder, path.name))
            Path(folder, path.name).chmod(0o600)
        os.chdir(folder)
        try:
            # as at a terminal that has UTF-8, whatever the locale of whoever draws this
            with mock.patch.object(sys, "argv", ["pemcheck"]), mock.patch.dict(os.environ, PYTHONIOENCODING="utf-8"):
                main([*COMMAND.split()[1:], "--color", "always"])
        finally:
            os.chdir(before)
    out.seek(0)
    return out.read()


def terminal() -> str:
    """Return docs/terminal.svg."""
    lines = [*f"$ {COMMAND}".splitlines(), *ran().splitlines()]
    columns = max(len(_CODE.sub("", line)) for line in lines)
    width, height = round(2 * MARGIN + columns * WIDTH), 2 * MARGIN + len(lines) * HEIGHT
    title = "A terminal: pemcheck says what is wrong with a certificate"
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    font = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>',
        f'<g font-family="{font}" font-size="14" fill="{FOREGROUND}">',
    ]
    for row, line in enumerate(lines):
        parts += _drawn(line, MARGIN + (row + 0.75) * HEIGHT)
    return "\n".join([*parts, "</g>", "</svg>"]) + "\n"


def _drawn(line: str, y: float) -> Iterator[str]:
    """Yield the pieces of one line, each as wide as its characters are in a terminal, whatever the font."""
    column, style = 0, ""
    for place, piece in enumerate(_CODE.split(line)):
        if place % 2:
            style = _style(piece)
            continue
        for words in re.finditer(r"\S+(?: \S+)*", piece):  # several spaces would be drawn as one
            x, length = MARGIN + (column + words.start()) * WIDTH, len(words[0]) * WIDTH
            yield f'<text x="{x:.1f}" y="{y:g}" textLength="{length:.1f}"{style}>{escape(words[0])}</text>'
        column += len(piece)


def _style(codes: str) -> str:
    """Return the attributes for the codes of one SGR sequence (ECMA-48)."""
    found = ""
    for code in codes.split(";"):
        found += ' font-weight="bold"' if code == "1" else f' fill="{COLOURS[code]}"' if code in COLOURS else ""
    return found
