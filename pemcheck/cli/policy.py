"""The options that say which rules count, how much, and which faults are known already."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..source import named, printable, shorten
from . import CANNOT_TELL, OK, REFUSED, Failure, complain
from .settings import FAIL_ON, Settings, words

if TYPE_CHECKING:
    from ..findings import Report, Severity
    from ..policy import Known, Policy

_MOST_STALE = 20


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
    given = (options.select, options.ignore, options.severity, options.baseline, options.write_baseline)
    if all(each is None for each in given):
        return None
    from ..policy import OFF, Policy, PolicyError
    from ..rules import BY_NAME

    try:
        selected = None if options.select is None else frozenset(_rules(options.select, settings.by("select")))
        left_out = [] if options.ignore is None else _rules(options.ignore, settings.by("ignore"))
        weights = _weights(options.severity or (), settings.by("severity"))
        _refuse_twice(options, settings)
    except PolicyError as error:
        raise Failure(str(error)) from None
    ignored = {rule: settings.by("severity") for rule, level in weights.items() if level == OFF}
    ignored.update(dict.fromkeys(left_out, settings.by("ignore")))
    if not (BY_NAME.keys() if selected is None else selected) - ignored.keys():
        raise Failure("no rule is left: all of them are ignored, or not selected")
    return Policy(
        selected=selected,
        selected_by=settings.by("select"),
        ignored=ignored,
        severities=_severities(weights),
        severities_by=settings.by("severity"),
        known_by=named(options.write_baseline or options.baseline or ""),
    )


def _rules(given: Sequence[str], by: str) -> list[str]:
    from ..policy import PolicyError, rules_named

    patterns = words([*given])
    if not patterns:
        raise PolicyError(f"{by}: no rule is named; a rule is named by its name or by a beginning of it with a *")
    return rules_named(patterns, by)


def _refuse_twice(options: Namespace, settings: Settings) -> None:
    """Raise PolicyError where a rule is named to be ignored and to be something else, too."""
    from ..policy import PolicyError

    others = {"select": words(options.select or []), "severity": words(options.severity or [])}
    for option, given in others.items():
        for rule in (each.partition("=")[0].strip() for each in given):
            if rule in words(options.ignore or []):
                who = f"{settings.by('ignore')} leaves {rule} out, and {settings.by(option)} names it"
                raise PolicyError(f"{who}; leave it out of one of them")


def _weights(given: Sequence[str], by: str) -> dict[str, str]:
    from ..policy import LEVELS, PolicyError, rules_named
    from ..source import quoted

    found: dict[str, str] = {}
    for each in words([*given]):
        pattern, _, level = (part.strip() for part in each.partition("="))
        if level not in LEVELS:
            raise PolicyError(f"{by}: {quoted(each)} is not RULE=LEVEL; a level is {', '.join(LEVELS)}")
        for rule in rules_named([pattern], by):
            if found.setdefault(rule, level) != level:
                raise PolicyError(f"{by}: {rule} is given two levels, {found[rule]} and {level}")
    return found


def _severities(weights: dict[str, str]) -> dict[str, Severity]:
    from ..findings import Severity
    from ..policy import OFF

    return {rule: Severity(level) for rule, level in weights.items() if level != OFF}


def known_findings(path: str, option: str) -> tuple[Known, ...]:
    """Return what the baseline at *path*, which *option* names, holds; raise Failure where it is none."""
    from ..baseline import read_baseline
    from ..policy import PolicyError
    from ..source import SourceError, read

    try:
        return read_baseline(*read(path))
    except (SourceError, PolicyError) as error:
        raise Failure(f"{option}: {error}") from None


def weighed(
    policy: Policy, found: tuple[Report, ...], options: Namespace, by: str, inputs: Sequence[str]
) -> tuple[Report, ...]:
    """
    Return the reports as *policy* has them, with the baseline that *by* names.

    Writes the baseline first, if that is asked, over none of *inputs*.
    """
    known = () if options.baseline is None else known_findings(options.baseline, by)
    if options.write_baseline is not None:
        from ..baseline import about, entries

        before = written_before(options.write_baseline, known)
        now = entries([policy.apply(report) for report in found], before)
        known = write_baseline(options.write_baseline, now, before, about(found), found[0].checked_at, inputs)
    else:
        note_stale(found, known, by)
    policy = policy.replace(known=known)
    reports = tuple(policy.apply(report) for report in found)
    if options.write_baseline is None:
        note_more_lapsed(note_lapsed(reports, by), by)
    return reports


def written_before(path: str, known: Sequence[Known]) -> tuple[Known, ...]:
    """Return what the file at *path*, which is to be written anew, holds, and what is *known* besides."""
    before = known_findings(path, "--write-baseline") if os.path.isfile(path) else ()
    return tuple(dict.fromkeys((*before, *known)))


def write_baseline(
    path: str,
    now: Iterable[Known],
    before: Iterable[Known],
    looked_at: Collection[tuple[str, str]],
    at: datetime,
    inputs: Sequence[str] = (),
) -> tuple[Known, ...]:
    """Write down what is known *now*, keep what was *before* of others than those *looked_at*, return all of it."""
    from ..baseline import baseline_text, read_baseline
    from .output import write_file

    text = baseline_text(now, before, looked_at)
    write_file(path, text, "--write-baseline", inputs)
    written = read_baseline(path, text.encode())
    over = sum(not each.holds(at) for each in written)
    expired = f", {over} of them until a date that is over" if over else ""
    complain(f"{named(path)}: {len(written)} finding{'' if len(written) == 1 else 's'} known from now on{expired}")
    return written


def note_stale(reports: Sequence[Report], known: Sequence[Known], by: str) -> None:
    """Say what the baseline that *by* names holds and is no longer found."""
    if not known:
        return
    from ..baseline import stale

    gone = stale(reports, known)
    for each in gone[:_MOST_STALE]:
        rule, file, target = shorten(each.rule), printable(each.file[:200]), shorten(each.target)
        complain(f"{by}: {rule} ({file}) is no longer found for {target}; it can go")
    if len(gone) > _MOST_STALE:
        complain(f"{by}: and {len(gone) - _MOST_STALE:,} more that can go")


def note_lapsed(reports: Sequence[Report], by: str, before: int = 0) -> int:
    """Say what counts again since the date in its entry is over, if few were said *before*; return the number."""
    lapsed = [(report.target, *each) for report in reports for each in report.lapsed]
    for target, rule, file, date in lapsed[: max(_MOST_STALE - before, 0)]:
        complain(f"{by}: {rule} ({printable(file[:200])}) counts again for {shorten(target)}: known until {date} only")
    return len(lapsed)


def note_more_lapsed(count: int, by: str) -> None:
    """Say how many of *count* that count again were not named."""
    if count > _MOST_STALE:
        complain(f"{by}: and {count - _MOST_STALE:,} more that count again")


def status(reports: Sequence[Report], fail_on: str) -> int:
    """Return the exit status: 1 for a finding as bad as *fail_on*, else 2 where something could not be told, else 0."""
    from ..findings import FAILING

    bad = FAILING[fail_on]
    if any(finding.severity in bad for report in reports for finding in report.findings):
        return REFUSED
    return CANNOT_TELL if any(report.verdict.value == "undecided" for report in reports) else OK
