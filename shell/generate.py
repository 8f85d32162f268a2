"""
Write what shells know of the command line: the completions in pemcheck/completion/, and the manual docs/pemcheck.1.

    python shell/generate.py           write
    python shell/generate.py --check   exit 1 if anything would change

Both are made of the commands' own parsers, and are the same bytes with every Python.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from pemcheck.cli import COMMANDS  # noqa: E402
from pemcheck.cli.options import Parser  # noqa: E402
from pemcheck.policy import LEVELS  # noqa: E402
from pemcheck.rules import RULES  # noqa: E402
from pemcheck.rules.options import WAYS  # noqa: E402
from pemcheck.targets import known  # noqa: E402
from pemcheck.version import MODULE, VERSION  # noqa: E402

NOTE = "written by shell/generate.py from the parsers of the commands; change those"
NAMES = {"rules": [rule.name for rule in RULES], "targets": list(known()), "": []}
OF_OPTIONS = {
    "--target": NAMES["targets"],
    "--select": NAMES["rules"],
    "--ignore": NAMES["rules"],
    "--severity": [f"{name}=" for name in NAMES["rules"]],
    "--trust-store": ["system", "mozilla"],
    "--via": sorted(WAYS),
    "--config": ["none"],
}
"""What can be said behind an option, besides a file where it takes one."""
OF_COMMANDS = {"explain": NAMES["rules"], "targets": NAMES["targets"]}
"""What can be said to a command besides files."""
WITH_FILES = ("FILE", "SRC", "DIR", "DIR|FILE")
WITHOUT_FILES = ("rules",)


class Option(NamedTuple):
    """An option as shells see it: ``words`` can stand behind it, and files if ``files``, nothing if not ``value``."""

    names: tuple[str, ...]
    text: str
    value: bool
    files: bool
    words: tuple[str, ...]
    metavar: str

    @property
    def key(self) -> tuple[bool, tuple[str, ...]]:
        """What is completed behind it."""
        return self.files, self.words


def parser_of(command: str) -> Parser:
    """Return the parser of a command."""
    found: Parser = import_module(f"pemcheck.cli.{command}").command()
    return found


def options_of(command: str) -> list[Option]:
    """Return the options that the command's help tells of."""
    return [_option(each) for each in parser_of(command)._actions if each.option_strings and _told(each)]


def _told(action: argparse.Action) -> bool:
    return action.help != argparse.SUPPRESS


def _option(action: argparse.Action) -> Option:
    names = tuple(action.option_strings)
    metavar = action.metavar if isinstance(action.metavar, str) else "|".join(action.choices or ())
    words = tuple(action.choices or ()) or tuple(OF_OPTIONS.get(names[0], ()))
    files = metavar in WITH_FILES or names[0] == "--target"
    return Option(names, action.help or "", action.nargs != 0, files, words, metavar)


def _lines(words: Sequence[str]) -> str:
    return " ".join(words)


# ----------------------------------------------------------------------------------------------------------- bash


def _cases(form: str, otherwise: str) -> Iterator[str]:
    """Yield a line of a ``case`` for each sort of value; *form* takes names, words and ``files`` or nothing."""
    sorts: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
    for command in COMMANDS:
        for each in options_of(command):
            if each.value:
                patterns = [f"{command}:{name}" for name in each.names]
                sorts.setdefault(each.key, []).extend(patterns)
    for (files, words), patterns in sorts.items():
        yield form.format("|".join(patterns), _lines(words), "files" if files else "")
    yield otherwise


def bash() -> str:
    """Return the completion for bash, 3.2 or later."""
    lines = [
        f"# bash completion for pemcheck; {NOTE}",
        "_pemcheck_offer() {  # words, and files if the second argument says so, behind what is kept of the value",
        "    local IFS=$' \\t\\n' rest=${value#\"$kept\"}",
        '    COMPREPLY=($(compgen -P "$kept" -W "$1" -- "$rest"))',
        "    case ${COMPREPLY[0]} in *=) compopt -o nospace 2>/dev/null || true ;; esac",
        '    if [ "$2" = files ]; then',
        "        IFS=$'\\n'",
        '        COMPREPLY+=($(compgen -P "$kept" -f -- "$rest"))',
        "        compopt -o filenames 2>/dev/null || true",
        "    fi",
        "    # readline has what stands before the last = or : already",
        '    local had=${value%"$cur"}',
        '    COMPREPLY=("${COMPREPLY[@]#"$had"}")',
        "}",
        "_pemcheck() {",
        "    local cur=${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD command=check kept=",
        "    local options words files prev value=$cur",
        f'    case ${{COMP_WORDS[1]}} in {"|".join(COMMANDS)}) command=${{COMP_WORDS[1]}} ;; esac',
        "    COMPREPLY=()",
        "    # it takes words apart there",
        "    while [ $at -gt 1 ]; do",
        "        case ${COMP_WORDS[at-1]}/${COMP_WORDS[at]} in *[=:]/*|*/[=:]*) ;; *) break ;; esac",
        "        at=$((at - 1)) value=${COMP_WORDS[at]}$value",
        "    done",
        "    prev=${COMP_WORDS[at-1]}",
        "    case $cur in *[=:]) cur= ;; esac",
        "    case $value in --*=*) prev=${value%%=*} value=${value#*=} ;; esac",
        "    case $prev:$value in",
        f'        --severity:*=*) kept=${{value%%=*}}=; _pemcheck_offer "{_lines(LEVELS)}"; return ;;',
        '        --select:*,*|--ignore:*,*) kept=${value%,*}, ;;',
        "        *:file://*|*:fileb://*) kept=${value%%://*}:// ;;",
        "    esac",
        "    case $command:$prev in",
        *_cases('        {}) _pemcheck_offer "{}" {}; return ;;', "    esac"),
        "    case $command in",
    ]
    for command in COMMANDS:
        names = _lines([name for each in options_of(command) for name in each.names])
        words = _lines(OF_COMMANDS.get(command, ()))
        files = "" if command in WITHOUT_FILES else "files"
        lines.append(f'        {command}) options="{names}" words="{words}" files={files} ;;')
    lines += [
        "    esac",
        f'    [ "$COMP_CWORD" = 1 ] && words="$words {_lines(COMMANDS)}"',
        '    case $value in -*) _pemcheck_offer "$options" ;; *) _pemcheck_offer "$words" $files ;; esac',
        "}",
        "complete -F _pemcheck pemcheck",
    ]
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------------------------------------ zsh


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def zsh() -> str:
    """Return the completion for zsh: a file called _pemcheck in $fpath, or sourced."""
    lines = [
        "#compdef pemcheck",
        f"# {NOTE}",
        "_pemcheck_offer() {  # words, and files if the second argument says so",
        "    compadd -- ${=1}",
        "    [[ $2 == files ]] && _files",
        "    return 0",
        "}",
        "_pemcheck() {",
        '    local cur=$words[CURRENT] prev=$words[CURRENT-1] command=check names="" files=files',
        "    local -a options",
        f'    case $words[2] in {"|".join(COMMANDS)}) command=$words[2] ;; esac',
        "    if [[ $cur == --*=* ]]; then",
        "        prev=${cur%%=*} cur=${cur#*=}",
        "        compset -P 1 '*='",
        "    fi",
        "    case $prev:$cur in",
        f'        (--severity:*=*) compset -P 1 "*="; _pemcheck_offer "{_lines(LEVELS)}"; return ;;',
        "        (--select:*,*|--ignore:*,*) compset -P '*,' ;;",
        "        (*:file://*|*:fileb://*) compset -P 1 '*://' ;;",
        "    esac",
        "    case $command:$prev in",
        *_cases('        ({}) _pemcheck_offer "{}" {}; return ;;', "    esac"),
        "    case $command in",
    ]
    for command in COMMANDS:
        described = [f"{name}:{each.text}" for each in options_of(command) for name in each.names]
        words = _lines(OF_COMMANDS.get(command, ()))
        files = "''" if command in WITHOUT_FILES else "files"
        lines += [
            f"        {command})",
            f'            names="{words}" files={files}',
            f"            options=({' '.join(map(_quoted, described))}) ;;",
        ]
    lines += [
        "    esac",
        f'    (( CURRENT == 2 )) && names="$names {_lines(COMMANDS)}"',
        "    if [[ $cur == -* ]]; then _describe option options; else _pemcheck_offer \"$names\" $files; fi",
        "}",
        'if [[ $funcstack[1] == _pemcheck ]]; then _pemcheck "$@"; else compdef _pemcheck pemcheck; fi',
    ]
    return "\n".join(lines) + "\n"


# ----------------------------------------------------------------------------------------------------------- fish


def fish() -> str:
    """Return the completion for fish, 3 or later."""

    def quoted(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    lines = [
        f"# fish completion for pemcheck; {NOTE}",
        "function __pemcheck_is",
        "    set -l typed (commandline -opc)",
        f"    contains -- \"$typed[2]\" {_lines(COMMANDS)}; or set typed[2] check",
        "    contains -- $typed[2] $argv",
        "end",
        f"complete -c pemcheck -n 'test (count (commandline -opc)) -eq 1' -a '{_lines(COMMANDS)}'",
        *(f"complete -c pemcheck -n '__pemcheck_is {name}' -f" for name in WITHOUT_FILES),
        *(f"complete -c pemcheck -n '__pemcheck_is {name}' -a '{_lines(of)}'" for name, of in OF_COMMANDS.items()),
    ]
    users: dict[Option, list[str]] = {}
    for command in COMMANDS:
        for each in options_of(command):
            users.setdefault(each, []).append(command)
    for each, commands in users.items():
        names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in each.names)
        value = "" if not each.value else " -r -F" if each.files else " -x"
        words = f" -a {quoted(_lines(each.words))}" if each.words else ""
        text = quoted(each.text)
        lines.append(f"complete -c pemcheck -n '__pemcheck_is {' '.join(commands)}' {names}{value}{words} -d {text}")
    return "\n".join(lines) + "\n"


# --------------------------------------------------------------------------------------------------------- manual


def _roff(text: str) -> str:
    """Return *text* for roff: nothing in it is a command."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in text.split("\n"))


def manual() -> str:
    """Return the manual page pemcheck(1)."""
    check = parser_of("check")
    lines = [
        f'.\\" {NOTE}',
        f'.TH PEMCHECK 1 {max(each.as_of for each in known().values())} "pemcheck {VERSION}" "User Commands"',
        ".SH NAME",
        "pemcheck \\- say whether AWS would take a certificate, its key and its chain, before the upload",
        ".SH SYNOPSIS",
    ]
    for command in COMMANDS:
        usage = [each.strip() for each in (parser_of(command).usage or "").split("\n") if each.strip()]
        positional = [each for each in parser_of(command)._actions if not each.option_strings and _told(each)]
        named = [f"{each.metavar} ..." if each.nargs in ("*", "+") else f"[{each.metavar}]" for each in positional]
        usual = " ".join([f"pemcheck {command} [options]", *named])
        lines += [line for each in usage or [usual] for line in (".nf", _roff(each.replace(MODULE, "pemcheck")), ".fi")]
    lines += [".SH DESCRIPTION", *_epilog(check)]
    for command in COMMANDS:
        parser = parser_of(command)
        lines += [f".SH {command.upper()}", _roff(parser.description or "")]
        for each in options_of(command):
            value = f" {each.metavar}" if each.value else ""
            lines += [".TP", f"\\fB{_roff(', '.join(each.names))}\\fR{_roff(value)}", _roff(each.text) or "\\&"]
        lines += [".PP", *_epilog(parser)] if command != "check" and parser.epilog else []
    lines += [
        ".SH ENVIRONMENT",
        *(".TP", "\\fBPEMCHECK_LIBCRYPTO\\fR", "the libcrypto to prove with"),
        *(".TP", "\\fBNO_COLOR\\fR, \\fBFORCE_COLOR\\fR, \\fBTERM\\fR", "whether the text is coloured"),
        *(".TP", "\\fBSSL_CERT_FILE\\fR", _roff("what --trust-store system is")),
    ]
    return "\n".join(lines) + "\n"


def _epilog(parser: Parser) -> list[str]:
    return [".nf", *_roff((parser.epilog or "").replace(MODULE, "pemcheck").rstrip()).split("\n"), ".fi"]


def written() -> dict[str, str]:
    """Return the text of each file, by its path in the repository."""
    folder = "pemcheck/completion"
    return {f"{folder}/bash": bash(), f"{folder}/zsh": zsh(), f"{folder}/fish": fish(), "docs/pemcheck.1": manual()}


def main(arguments: list[str]) -> int:
    """Write or check; return the exit status."""
    stale = []
    for name, text in written().items():
        path = ROOT / name
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text, "utf-8")
    print(f"{', '.join(stale) or 'nothing'} {'would change' if '--check' in arguments else 'written'}")
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
