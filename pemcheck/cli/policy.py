"""The options that say which rules count, how much, and which faults are known already."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..source import named, printable
from . import CANNOT_TELL, OK, REFUSED, Failure, complain
from .settings import Settings

if TYPE_CHECKING:
    from ..findings import Report
    from ..policy import Known, Policy

FAIL_ON = ("error", "warning", "never")


def add_options(found: ArgumentParser) -> None:
    """Add them."""
    group = found.add_argument_group("policy (also in pemcheck.toml, or [tool.pemcheck] of pyproject.toml)")
    group.add_argument("--select", action="append", metavar="RULE", help="only these rules count; RULE or PREFIX*")
    group.add_argument("--ignore", action="append", metavar="RULE", help="these do not count (both repeatable)")
    group.add_argument("--severity", action="append", metavar="RULE=LEVEL", help="error, warning, note or off")
    group.add_argument("--fail-on", choices=FAIL_ON, help="what makes the exit status 1 (default error)")
    group.add_argument("--baseline", metavar="FILE", help="findings that are known, and do not count")
    group.add_argument("--write-baseline", metavar="FILE", help="write down the findings there are as known")
    group.add_argument("--show-config", action="store_true", help="print what the settings come to, and exit")


def policy_of(options: Namespace, settings: Settings) -> Policy | None:
    """Return what the user wants of the reports, None if nothing; raise Failure for what cannot be meant."""
    if not (options.select or options.ignore or options.severity or options.baseline or options.write_baseline):
        return None
    from ..policy import OFF, Policy, PolicyError, rules_named

    def by(option: str) -> str:
        return settings.name if option in settings.values and _came_from(settings, options, option) else f"--{option}"

    try:
        selected = None if options.select is None else frozenset(rules_named(_words(options.select)))
        ignored = dict.fromkeys(rules_named(_words(options.ignore or ())), by("ignore"))
        weights = _weights(options.severity or ())
        ignored.update(dict.fromkeys((rule for rule in weights if weights[rule] == OFF), by("severity")))
        from ..findings import Severity

        severities = {rule: Severity(level) for rule, level in weights.items() if level != OFF}
    except PolicyError as error:
        raise Failure(str(error)) from None
    return Policy(selected, by("select"), ignored, severities, by("severity"))


def _came_from(settings: Settings, options: Namespace, option: str) -> bool:
    return getattr(options, option.replace("-", "_")) is settings.values[option]


def _words(given: Sequence[str]) -> list[str]:
    """Return the rules that were given, several of them in one word as ruff takes them included."""
    return [word.strip() for each in given for word in each.split(",") if word.strip()]


def _weights(given: Sequence[str]) -> dict[str, str]:
    from ..policy import LEVELS, PolicyError, rules_named
    from ..source import quoted

    found: dict[str, str] = {}
    for each in _words(given):
        pattern, equals, level = each.partition("=")
        if not equals or level not in LEVELS:
            raise PolicyError(f"--severity: {quoted(each)} is not RULE=LEVEL; a level is {', '.join(LEVELS)}")
        for rule in rules_named([pattern]):
            if found.setdefault(rule, level) != level:
                raise PolicyError(f"--severity: {rule} is given two levels, {found[rule]} and {level}")
    return found


def known_findings(path: str | None) -> tuple[Known, ...]:
    """Return what the baseline at *path* holds; raise Failure where it is none."""
    if path is None:
        return ()
    from ..baseline import read_baseline
    from ..policy import PolicyError
    from ..source import SourceError, read

    try:
        return read_baseline(*read(path))
    except (SourceError, PolicyError) as error:
        raise Failure(f"--baseline: {error}") from None


def weighed(policy: Policy, found: tuple[Report, ...], options: Namespace) -> tuple[Report, ...]:
    """Return the reports as *policy* has them; write the baseline first, if that is asked."""
    known = known_findings(options.baseline)
    if options.write_baseline is not None:
        known = write_baseline(options.write_baseline, [policy.apply(report) for report in found])
    elif known:
        note_stale(found, known)
    policy = policy.replace(known=known)
    return tuple(policy.apply(report) for report in found)


def write_baseline(path: str, reports: Sequence[Report]) -> tuple[Known, ...]:
    """Write down what is found in *reports*, keep what is known of others, and return all of it."""
    from ..baseline import baseline_text, read_baseline
    from .output import write_file

    before = known_findings(path) if os.path.exists(path) else ()
    text = baseline_text(reports, before)
    write_file(path, text, "--write-baseline")
    known = read_baseline(path, text.encode())
    complain(f"{named(path)}: {len(known)} finding{'' if len(known) == 1 else 's'} known from now on")
    return known


def note_stale(reports: Sequence[Report], known: Sequence[Known]) -> None:
    """Say what a baseline holds that is no longer found."""
    from ..baseline import stale

    for each in stale(reports, known)[:20]:
        complain(f"--baseline: {each.rule} ({printable(each.file)}) is no longer found for {each.target}; it can go")


def status(reports: Sequence[Report], fail_on: str) -> int:
    """Return the exit status: 1 for a finding as bad as *fail_on*, else 2 where something could not be told, else 0."""
    from ..policy import failing

    if failing(reports, fail_on):
        return REFUSED
    return CANNOT_TELL if any(report.verdict.value == "undecided" for report in reports) else OK
