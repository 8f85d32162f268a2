"""
Write docs/rules.md, docs/targets.md and pemcheck/examples.json from the tables; the same bytes every time.

    python docs/generate.py           write
    python docs/generate.py --check   exit 1 if anything would change
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from pemcheck.explain import Example, aws_says, example_in  # noqa: E402
from pemcheck.rules import RULES  # noqa: E402
from pemcheck.rules.table import Rule  # noqa: E402
from pemcheck.targets import Demand, Target, known  # noqa: E402

NOTE = "<!-- written by docs/generate.py from the tables; edit those -->"


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
            f"For example ([fixtures/{rule.name}](../fixtures/{rule.name})):",
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
    """Return pemcheck/examples.json: the fixtures are not installed, what `explain` shows of them is."""
    found = {rule.name: example for rule in RULES if (example := _example(rule.name)) is not None}
    fields = {name: {"text": each.text, "message": each.message, "fix": each.fix} for name, each in found.items()}
    return json.dumps(fields, indent=1, ensure_ascii=True) + "\n"


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


def main(arguments: list[str]) -> int:
    """Write or check; return the exit status."""
    stale = []
    written = {"docs/rules.md": rules(), "docs/targets.md": targets(), "pemcheck/examples.json": examples()}
    for name, text in written.items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8")
    print(f"{', '.join(stale) or 'nothing'} {'would change' if '--check' in arguments else 'written'}")
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
