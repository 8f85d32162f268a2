"""
Write the reference pages, docs/terminal.svg and pemcheck/examples.py from the code; the same bytes every time.

    python docs/generate.py           write
    python docs/generate.py --check   exit 1 if anything would change
"""

from __future__ import annotations

import argparse
import enum
import inspect
import json
import runpy
import sys
from collections.abc import Iterator
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import pemcheck  # noqa: E402
from pemcheck.cli import COMMANDS  # noqa: E402
from pemcheck.cli.options import Parser  # noqa: E402
from pemcheck.explain import Example, aws_says, example_in  # noqa: E402
from pemcheck.rules import RULES  # noqa: E402
from pemcheck.rules.table import Rule  # noqa: E402
from pemcheck.targets import Demand, Target, known  # noqa: E402

NOTE = "<!-- written by docs/generate.py from the code; edit that -->"
DOCS = ROOT / "docs"


def rules() -> str:
    """Return docs/rules.md."""
    targets = list(known().values())
    lines = [
        "# Rules",
        "",
        NOTE,
        "",
        f"Everything pemcheck can complain about: {len(RULES)} rules, each named after its fault.",
        "",
    ]
    lines += ["| rule | " + " | ".join(target.name for target in targets) + " |", "| --- |" + " --- |" * len(targets)]
    for rule in RULES:
        lines.append(
            f"| [{rule.name}](#{rule.name}) | " + " | ".join(_severities(target, rule) for target in targets) + " |"
        )
    for rule in RULES:
        lines += ["", *_rule(rule, targets)]
    return "\n".join(lines) + "\n"


def _severities(target: Target, rule: Rule[object]) -> str:
    found = [_severity(demand) for demand in target.demands if demand.rule == rule.name]
    return ", ".join(dict.fromkeys(found)) or "–"


def _severity(demand: Demand) -> str:
    return f"{demand.severity.value} ({demand.condition})" if demand.condition else demand.severity.value


def _rule(rule: Rule[object], targets: list[Target]) -> Iterator[str]:
    yield from (f"## {rule.name}", "", f"Asked about: {rule.on.name}. {rule.why}")
    for text in aws_says(rule):
        yield from ("", f"AWS says: “{text}”")
    example = _example(rule.name)
    if example is not None:
        yield from (
            "",
            f"For example (`fixtures/{rule.name}`):",
            "",
            "```text",
            example.text,
            "```",
        )
    sources: dict[tuple[str, str, str], list[str]] = {}
    for target in targets:
        for demand in target.demands:
            if demand.rule == rule.name:
                key = (demand.source, demand.quote, demand.evidence.value)
                sources.setdefault(key, []).append(f"{target.name}: {_severity(demand)}")
    yield ""
    for (source, quote, evidence), asked in sources.items():
        words = f" “{quote}”" if quote else ""
        yield f"* {', '.join(asked)}; {evidence}:{words} <{source}>"


def _example(name: str) -> Example | None:
    """Return the rule's finding in its own fixture's expected text."""
    path = ROOT / "fixtures" / name / "expected.txt"
    return example_in(name, path.read_text(encoding="utf-8")) if path.exists() else None


def examples() -> str:
    """Return pemcheck/examples.py: the fixtures are not installed, what `explain` shows of them is."""
    found = {rule.name: example for rule in RULES if (example := _example(rule.name)) is not None}
    fields = {name: {"text": each.text, "message": each.message, "fix": each.fix} for name, each in found.items()}
    # what JSON writes of text alone is Python, and a module is read in half the time
    table = json.dumps(fields, indent=4, ensure_ascii=True)
    head = '"""What ``explain`` shows of each rule; ``python docs/generate.py`` writes it."""\n\n'
    return f"{head}from __future__ import annotations\n\nEXAMPLES: dict[str, dict[str, str]] = {table}\n"


def targets() -> str:
    """Return docs/targets.md."""
    lines = ["# Targets", "", NOTE]
    for target in known().values():
        lines += [
            "",
            f"## {target.name}",
            "",
            f"{target.title[0].upper()}{target.title[1:]}, as of {target.as_of}: <{target.source}>",
            "",
        ]
        lines += [
            f"Key algorithms: {', '.join(target.key_algorithms)}.",
            "",
            "| rule | severity | evidence | source |",
            "| --- | --- | --- | --- |",
        ]
        for demand in target.demands:
            words = f"“{demand.quote}” " if demand.quote else ""
            link = f"[{demand.rule}](rules.md#{demand.rule})"
            lines.append(
                f"| {link} | {_severity(demand)} | {demand.evidence.value} | "
                f"{words}<{demand.source}> |"
            )
    return "\n".join(lines) + "\n"


def commands() -> str:
    """Return docs/cli.md."""
    lines = [
        "# Commands",
        "",
        NOTE,
        "",
        "Exit status of `check`: 0 accepted by every target, 1 refused, 2 could not tell.",
        "Results go to standard output, everything else to standard error. `check` may be left out.",
    ]
    for command in COMMANDS:
        found = parser_of(command)
        found.formatter_class = partial(argparse.RawDescriptionHelpFormatter, width=80)
        usage = [line.strip() for line in found.format_usage().removeprefix("usage: ").splitlines()]
        lines += ["", f"## {command}", "", str(found.description), "", "```text", *usage, "```"]
        for group in found._action_groups:
            rows = [_option(action) for action in group._group_actions if action.help != argparse.SUPPRESS]
            if rows:
                title = str(group.title).replace("optional arguments", "options")  # as Python 3.9 calls them
                head = _row("option" if rows[0].startswith("| `-") else "argument", "meaning")
                lines += ["", f"{title[0].upper()}{title[1:]}:", "", head, "| --- | --- |"]
                lines += rows
    return "\n".join(lines) + "\n"


def parser_of(command: str) -> Parser:
    """Return the parser of a command, as the console script calls it."""
    with mock.patch.object(sys, "argv", ["pemcheck"]):
        found: Parser = import_module(f"pemcheck.cli.{command}").command()
    return found


def _option(action: Any) -> str:
    value = action.metavar or ("|".join(action.choices) if action.choices else "")
    values = " ".join(value) if isinstance(value, tuple) else str(value)
    names = ", ".join(f"`{name} {values}`" if values else f"`{name}`" for name in action.option_strings)
    return _row(names or f"`{values}`", action.help or "")


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


PUBLIC = (
    ("pemcheck", pemcheck.__all__),
    ("pemcheck.aws", ("guard", "unguard", "PreflightError", "PreflightWarning")),
    ("pemcheck.testing", ("assert_accepted", "strict_moto")),
)
"""What the page about the library describes."""


def library() -> str:
    """Return docs/library.md."""
    lines = [
        "# Library",
        "",
        NOTE,
        "",
        "Everything is typed and frozen. What the bytes hold never raises; a mistake of the caller's does.",
        "`Content` is `bytes`, `str` or None: what is in a file, not its name.",
        "`Data` is that, or an `os.PathLike[str]`, such as `pathlib.Path`: the path of a file, which is read.",
    ]
    for module, names in PUBLIC:
        home = import_module(module)
        for name in sorted(names, key=lambda name: (name[0].isupper(), name)):
            if name != "__version__":
                lines += ["", *_described(f"{module}.{name}", getattr(home, name))]
    return "\n".join(lines) + "\n"


def _described(name: str, thing: Any) -> Iterator[str]:
    yield from (f"## {name}", "")
    if inspect.isfunction(thing):
        yield from ("```text", *_signature(name, thing), "```", "")
    yield from (inspect.cleandoc(thing.__doc__), "")
    if not inspect.isclass(thing):
        return
    if issubclass(thing, enum.Enum):
        yield "Values: " + ", ".join(f"`{member.name}` (`{member.value}`)" for member in thing) + "."
        yield ""
    elif fields := getattr(thing, "_fields", ()):
        types: dict[str, Any] = {}
        for base in reversed(thing.__mro__):
            types.update(getattr(base, "__annotations__", {}))
        # a NamedTuple has them as forward references
        rows = [_row(f"`{each}`", f"`{getattr(types[each], '__forward_arg__', types[each])}`") for each in fields]
        yield from (_row("field", "type"), "| --- | --- |", *rows, "")
    for each, member in vars(thing).items():
        worked_out = isinstance(member, (property, cached_property))
        shown = worked_out or inspect.isfunction(member)
        if shown and each[0] != "_" and member.__doc__:
            brackets = "" if worked_out else "()"
            yield f"* `{each}{brackets}`: {' '.join(member.__doc__.split())}"


def _signature(name: str, function: Any) -> Iterator[str]:
    """Yield a function's parameters, one on each line, the same with every Python."""
    signature = inspect.signature(function)
    yield f"{name}("
    keyword_only = False
    for each in signature.parameters.values():
        if each.kind is each.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            yield "    *,"
        stars = "**" if each.kind is each.VAR_KEYWORD else "*" if each.kind is each.VAR_POSITIONAL else ""
        default = "" if each.default is each.empty else f" = {each.default!r}"
        yield f"    {stars}{each.name}: {each.annotation}{default},"
    yield f") -> {signature.return_annotation}"


def schema() -> str:
    """Return docs/json.md."""
    found = json.loads((DOCS / "report.schema.json").read_bytes())
    lines = [
        "# JSON",
        "",
        NOTE,
        "",
        f"{found['title']}; the JSON Schema itself is [report.schema.json](report.schema.json).",
        f"{found['$comment']}",
        "",
        *_fields(found),
    ]
    for name, each in found["$defs"].items():
        lines += ["", f"## {name}", ""]
        lines += _fields(each) if "properties" in each else [f"{_type(each)}{_remark(each)}"]
    lines += ["", "## Other commands", "", "The JSON Schema is of `check` alone. The others print an object, too, with"]
    lines += ["`schema` 1 in it, and more fields may come as well:", "", _row("command", "field", "what it holds")]
    lines += ["| --- | --- | --- |", *(_row(f"`{name}`", f"`{key}`", what) for name, (key, what) in OTHERS.items())]
    return "\n".join(lines) + "\n"


OTHERS = {
    "inspect": ("objects", "[certificate](#certificate), [private_key](#private_key), and other kinds by `kind`"),
    "fix": ("fix", "beside all that `check` prints: what was written, left out and changed, and the commands to run"),
    "explain": ("rules", "what each rule behind the message is about; `reports` where there are files"),
    "rules": ("rules", "each rule, what AWS says to it, and who asks it"),
    "targets": ("targets", "each target, its limits and its demands with source and quote"),
}
"""Of the other commands' JSON the field that holds what was asked for, and what that is."""


def _fields(each: dict[str, Any], before: str = "") -> Iterator[str]:
    """Yield a table of an object's fields, those of objects in it with the path to them."""
    if not before:
        yield from (_row("field", "type", "always there", "remark"), "| --- | --- | --- | --- |")
    for name, field in each["properties"].items():
        there = "yes" if name in each.get("required", ()) else "no"
        yield _row(f"`{before}{name}`", _type(field), there, field.get("description", ""))
        for inner in (field, *field.get("anyOf", ())):
            for end, part in (("", inner), ("[]", inner.get("items", {}))):
                if "properties" in part:
                    yield from _fields(part, f"{before}{name}{end}.")


def _remark(each: dict[str, Any]) -> str:
    said = [each.get("description", ""), f"pattern `{each['pattern']}`" if "pattern" in each else ""]
    return "".join(f", {part}" for part in said if part)


def _type(field: dict[str, Any]) -> str:
    """Return what a value of a field is, in words."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "anyOf" in field:
        return " or ".join(_type(each) for each in field["anyOf"])
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return ", ".join(f"`{json.dumps(value)}`" for value in field["enum"])
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    return " or ".join(f"array of {_type(field['items'])}" if kind == "array" else kind for kind in kinds)


def written() -> dict[str, str]:
    """Return the text of every file that this writes, by its name."""
    return {
        "docs/rules.md": rules(),
        "docs/targets.md": targets(),
        "docs/cli.md": commands(),
        "docs/library.md": library(),
        "docs/json.md": schema(),
        "docs/terminal.svg": runpy.run_path(str(DOCS / "picture.py"))["terminal"](),
        "pemcheck/examples.py": examples(),
    }


def run(arguments: list[str]) -> int:
    """Write or check; return the exit status."""
    stale = []
    for name, text in written().items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8")
    print(f"{', '.join(stale) or 'nothing'} {'would change' if '--check' in arguments else 'written'}")
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
