"""The tables themselves: rules and targets, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..explain import about
from ..findings import Evidence
from ..rules import RULES
from ..targets import Target, known
from ..version import program
from .as_json import dump
from .page import PAGE, WIDTH
from .text import wrap

_LETTERS = {"error": "E", "warning": "W", "note": "n"}


def _worst(targets: Iterable[Target]) -> list[tuple[str, dict[str, str]]]:
    """Return each target's name and the worst severity of every rule that it asks."""
    # the worst come last, so that they stay
    return [
        (each.name, {d.rule: d.severity.value for d in sorted(each.demands, key=lambda d: -d.severity.rank)})
        for each in targets
    ]


def rules_text(verbose: bool = False) -> str:
    """Return every rule with its severity for each target; with *verbose* also what it is about, by an example."""
    targets = list(known().values())
    columns = "abcdefghijklmnopqrstuvwxyz"[: len(targets)]
    lines = [*wrap(f"{len(RULES)} rules; E error, W warning, n note, - not asked, for each target:", "", "")]
    lines += [f"  {column}  {target.name}" for column, target in zip(columns, targets)]
    if not verbose:
        more = f"`{program()} rules -v` says what each is about, `{program()} explain RULE` all of it."
        lines += [more] if PAGE.width == WIDTH else wrap(more, "", "")
    worst = _worst(targets)
    rows = [([_LETTERS.get(asked.get(rule.name, ""), "-") for _, asked in worst], rule.name) for rule in RULES]
    has_room = all(2 * len(letters) + 1 + len(name) <= PAGE.width for letters, name in rows)
    lines += ["", *_row(columns, "rule", has_room)]
    for letters, name in rows:
        lines += _row(letters, name, has_room)
        if verbose:
            lines += wrap(about(name), "    ", "    ")
    return "\n".join(lines) + "\n"


def _row(letters: Sequence[str], name: str, has_room: bool) -> Iterator[str]:
    """Return a row of the matrix; without room the letters stand close, and a long name in a line of its own."""
    return iter((f"{' '.join(letters)}  {name}",)) if has_room else wrap(f"{''.join(letters)} {name}", "", "    ")


def rules_json() -> str:
    """Return every rule as JSON."""
    worst = _worst(known().values())
    return dump(
        {
            "schema": 1,
            "rules": [
                {
                    "rule": rule.name,
                    "about": rule.on.name,
                    "why": rule.why,
                    "aws_says": rule.aws_says or None,
                    "targets": {name: asked.get(rule.name) for name, asked in worst},
                }
                for rule in RULES
            ],
        }
    )


def targets_text(targets: Sequence[Target], quiet: bool = False) -> str:
    """Return the targets, one paragraph each, then the matrix that ``rules_text`` returns; *quiet* leaves it out."""
    lines: list[str] = []
    for target in targets:
        lines += wrap(f"{target.name}: {target.title}, as of {target.as_of}", "", "    ")
        lines += wrap(f"takes {', '.join(target.key_algorithms)}", "    ", "    ")
        lines.append(f"    {target.source}")
    lines += ["", *wrap(f"`{program()} targets NAME` prints what a target demands,", "", "")]
    lines += wrap(f"`{program()} rules` which rule each of them asks, and how severely.", "", "")
    return "\n".join(lines) + "\n" + ("" if quiet else f"\n{rules_text()}")


def target_text(target: Target) -> str:
    """Return what *target* demands, in the order of the pages it rests on."""
    lines = [*wrap(f"{target.name}: {target.title}, as of {target.as_of}", "", ""), *_settings(target), ""]
    previous: tuple[str, str] = ("", "")
    has_room = all(13 + len(demand.rule) <= PAGE.width for demand in target.demands)
    for demand in target.demands:
        silent = "" if demand.quote or demand.evidence is not Evidence.INFERRED else "(no sentence says so)"
        heading = (demand.source, f"“{demand.quote}”" if demand.quote else silent)
        if heading != previous:
            lines += [*(wrap(heading[1], "", "") if heading[1] else ()), demand.source]
            previous = heading
        what = ", ".join(filter(None, (demand.rule, demand.condition))) + f" ({demand.evidence.value})"
        severity = demand.severity.value
        if has_room:
            lines += wrap(what, f"    {severity:8}", " " * 12)
        else:
            lines += wrap(f"{severity} {what}", "  ", "    ")
    return "\n".join(lines) + "\n"


def _settings(target: Target) -> list[str]:
    """Return what a target's rules compare with."""
    keys = ", ".join(target.key_algorithms)
    if target.min_rsa_bits:
        keys += f"{', ' if keys else ''}RSA from {target.min_rsa_bits:,} bits on"
    rows = (
        ("takes", keys),
        ("in doubt", ", ".join(target.doubtful_algorithms)),
        ("at most", f"{target.max_certificate_bytes:,} bytes of certificate, {target.max_chain_bytes:,} of chain"),
        ("region", f"{target.region} only" if target.region else ""),
    )
    return [line for what, text in rows if text for line in wrap(text, f"    {what + ':':10}", " " * 14)]


def targets_json(targets: Sequence[Target]) -> str:
    """Return *targets* as JSON."""
    return dump({"schema": 1, "targets": [_target(target) for target in targets]})


def _target(target: Target) -> dict[str, Any]:
    return {
        "target": target.name,
        "title": target.title,
        "as_of": target.as_of,
        "source": target.source,
        "key_algorithms": list(target.key_algorithms),
        "max_certificate_bytes": target.max_certificate_bytes,
        "max_chain_bytes": target.max_chain_bytes,
        "doubtful_algorithms": list(target.doubtful_algorithms),
        "min_rsa_bits": target.min_rsa_bits or None,
        "region": target.region or None,
        "demands": [
            {
                "rule": demand.rule,
                "severity": demand.severity.value,
                "evidence": demand.evidence.value,
                "source": demand.source,
                "quote": demand.quote or None,
                "above": demand.above or None,
                "only": demand.only or None,
                "issued_from": demand.issued_from or None,
                "public": demand.public,
            }
            for demand in target.demands
        ],
    }
