"""What the commands' parsers share."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from ..patterns import rare
from ..render.page import NARROWEST, PAGE, WIDTH
from ..source import named, printable, shorten
from ..version import MODULE, program
from . import Failure, Help

HOSTNAME = "to be covered; a warning, unless the target refuses it"
"""What ``--hostname`` does, wherever there is one."""


class _Once(argparse.Action):
    """Store a value, as argparse does by itself, but refuse a second one: which of them is meant nobody can tell."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, name: str | None = None
    ) -> None:
        given = vars(namespace).setdefault("given", set())
        if name and self.dest in given:
            parser.error(f"{' or '.join(self.option_strings)} is given twice")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """A parser that answers what it cannot read with one sentence, and never repeats a value: it could be secret."""

    short = ""
    """What ``--help`` prints instead of everything, where there is more than a screen of it."""
    color: bool
    """Whether Python, from 3.14 on, paints what it prints itself."""

    def format_help(self) -> str:
        """Return the whole help, as wide as the terminal; adding an option makes argparse ask for a formatter too."""
        self.formatter_class = argparse.RawDescriptionHelpFormatter
        return narrowed(super().format_help())

    def error(self, message: str) -> NoReturn:
        """Raise Failure instead of printing the usage and exiting."""
        raise Failure(f"{_harmless(message)} (see --help)")

    def print_help(self, file: Any = None) -> None:
        """Raise Help: printing is the business of ``main``."""
        raise Help(narrowed(self.short.replace(MODULE, program())) or self.format_help())

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Return the options; raise Failure for the first argument that is unknown."""
        options, rest = self.parse_known_args(list(arguments))
        if any(not word.startswith("-") for word in rest):  # options may stand between files; this way takes longer
            options, rest = self.parse_known_intermixed_args(list(arguments))
        if rest:
            self.error(self._unknown(rest[0]))
        return options

    def options_among(self, words: Sequence[str], files: Sequence[str]) -> list[str]:
        """Return *words* without those that are *files*; one that is an option's value is none."""
        left = [*files]
        kept: list[str] = []
        value = False
        for word in words:
            if word in left and not value:
                left.remove(word)
                continue
            kept.append(word)
            action = self._option_string_actions.get(word)
            value = action is not None and action.nargs != 0
        return kept

    def _unknown(self, argument: str) -> str:
        if not argument.startswith("--"):
            option = argument.startswith("-")
            return f"there is no option {argument[:2]}" if option else f"unexpected argument: {named(argument)}"
        name = argument.partition("=")[0]
        import difflib

        near = difflib.get_close_matches(name, self._option_string_actions, 1, 0.75)
        return f"there is no option {name}" + (f"; did you mean {near[0]}?" if near else "")


def narrowed(text: str) -> str:
    """Return *text*, a help, with no line that is longer than a narrow terminal, or than ``COLUMNS`` says."""
    said = os.environ.get("COLUMNS", "")
    columns = min(PAGE.width, max(int(said[:9]), NARROWEST) if said.isdecimal() else WIDTH)
    if columns == WIDTH:
        return text
    return "\n\n".join("\n".join(_narrowed(each, columns)) for each in text.split("\n\n"))


def _narrowed(paragraph: str, columns: int) -> Iterator[str]:
    """Yield the lines of *paragraph*, where one is too long: prose is filled anew, examples stay as they are."""
    from ..render.text import wrap

    lines = paragraph.split("\n")
    first = lines[0]
    if paragraph.startswith("example") or all(len(line) <= columns for line in lines):
        yield from lines
    elif first[:1] not in ("", " ") and not first.startswith("usage:") and not first.endswith(":"):
        for prose in re.split(r"\n(?=other commands: )", paragraph.rstrip("\n")):
            yield from wrap(prose.replace("\n", " "), "", "  " if "\n " in prose else "", columns)
        yield from [""] if paragraph.endswith("\n") else []
    else:
        for line in lines:
            yield from _broken(line, columns) if len(line) > columns else (line,)


_ENTRY = rare(r"( *)(\S.*?\S {2,})?(.*)")
"""A line of a help: its margin, the option where words about it stand behind it, and the words."""


def _broken(line: str, columns: int) -> Iterator[str]:
    from ..render.text import wrap

    margin, option, words = _ENTRY.findall(line)[0]
    start = f"{margin}{option}"
    if 2 * len(start) <= columns:
        yield from wrap(words, start, " " * len(start) if option else f"{margin}    ", columns)
    else:
        yield from [start.rstrip()] if option else []
        yield from wrap(words, " " * 8, " " * 8, columns)


class _HelpAll(argparse.Action):
    """Print all that the parser knows, where ``--help`` prints less."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        raise Help(parser.format_help())


SHELLS = ("bash", "zsh", "fish")


class _Completion(argparse.Action):
    """Print the file that teaches a shell what can be typed."""

    def __call__(self, _: argparse.ArgumentParser, __: argparse.Namespace, shell: Any, ___: str | None = None) -> None:
        from ..completion import text_for

        raise Help(text_for(shell))


class _OfAnyWidth(argparse.RawDescriptionHelpFormatter):
    """Spares what only prints help: the terminal's width and colours, and all the modules that these import."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=80)

    def _set_color(self, *_: Any, **__: Any) -> None:
        """Choose no colours, as Python 3.14 and newer do for every option that is added."""


def _harmless(message: str) -> str:
    """Return argparse's *message*, unless it repeats what may be the content of a file."""
    secret = named(message) != printable(message)
    return "an argument looks like the content of a file" if secret else shorten(message, 160)


def parser(command: str, description: str, epilog: str) -> Parser:
    """Return a parser whose help names *command*."""
    found = Parser(
        prog=f"{program()} {command}".rstrip(),
        description=description,
        epilog=epilog.replace(MODULE, program()),
        formatter_class=_OfAnyWidth,
        allow_abbrev=False,
        add_help=False,
    )
    found.register("action", None, _Once)
    found.color = False  # since that is not all there is
    return found


def add_common(
    found: argparse.ArgumentParser, formats: Sequence[str], quiet: str = argparse.SUPPRESS, verbose: str = ""
) -> None:
    """Add the options about output; *quiet* is what -q is good for, if for anything, *verbose* what -v adds."""
    how = f"how to print: {', '.join(formats)} (default {formats[0]})"
    found.add_argument("--format", choices=formats, default=formats[0], metavar="FORM", help=how)
    found.add_argument("-q", "--quiet", action="store_true", help=quiet)
    found.add_argument("-v", "--verbose", action="store_true", help=verbose + "show where an internal error comes from")


def add_help(found: argparse.ArgumentParser) -> None:
    """Add --help and --version, last."""
    if isinstance(found, Parser) and found.short:
        found.add_argument("-h", "--help", action="help", help="print the most important of this and exit")
        found.add_argument("--help-all", action=_HelpAll, nargs=0, help="print this and exit")
        found.add_argument(
            "--print-completion", action=_Completion, choices=SHELLS, help="print what completes words in this shell"
        )
    else:
        found.add_argument("-h", "--help", action="help", help="print this and exit")
    found.add_argument("--version", action="store_true", help="print the version (-v: of everything) and exit")
