"""
Findings that are known: a file that a team keeps beside its certificates, so that only what is new counts.

It is JSON: ``{"schema": 1, "pemcheck": VERSION, "findings": [{"fingerprint", "rule", "target", "key", "file",
"expires"}]}``.  ``key`` is the SHA-256 of the submission's public key, ``file`` only tells readers where it was, and
``expires`` is a date (UTC) from which the finding counts again, or null.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from .findings import Report
from .patterns import rare
from .policy import Known, PolicyError, fingerprints, key_hash
from .source import MAX_BYTES, named, printable, quoted
from .version import VERSION

SCHEMA = 1
_DATE = rare(r"\d{4}-\d\d-\d\d")
_TEXTS = ("fingerprint", "rule", "target", "key", "file")


def read_baseline(name: str, data: bytes) -> tuple[Known, ...]:
    """Return what is known; raise PolicyError, in one sentence, where *data* is no baseline of this schema."""
    if len(data) > MAX_BYTES:
        raise PolicyError(f"{named(name)}: this has more than {MAX_BYTES:,} bytes, too many for a baseline")
    import json

    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise PolicyError(f"{named(name)}: this is not JSON, so no baseline; --write-baseline makes one") from None
    if not isinstance(found, dict) or not isinstance(found.get("findings"), list):
        raise PolicyError(f"{named(name)}: this is no baseline; --write-baseline makes one")
    if found.get("schema") != SCHEMA:
        schema = quoted(str(found.get("schema")))
        raise PolicyError(f"{named(name)}: this baseline has schema {schema}, and this version reads {SCHEMA} only")
    return tuple(_known(name, number, each) for number, each in enumerate(found["findings"], 1))


def _known(name: str, number: int, entry: Any) -> Known:
    entry = entry if isinstance(entry, dict) else {}
    values = {key: entry[key] for key in _TEXTS if isinstance(entry.get(key), str)}
    expires = entry.get("expires")
    if len(values) < len(_TEXTS):
        raise PolicyError(f"{named(name)}: finding {number} lacks one of {', '.join(_TEXTS)}")
    if expires is not None:
        try:
            # later Pythons take further forms of a date, which earlier ones would refuse
            date.fromisoformat(expires if _DATE.fullmatch(expires) else "")
        except (TypeError, ValueError):
            reason = f"expires is {quoted(str(expires))}, not a date such as 2027-01-31"
            raise PolicyError(f"{named(name)}: finding {number}: {reason}") from None
    return Known(**values, expires=expires or "")


def about(reports: Iterable[Report]) -> set[tuple[str, str]]:
    """Return what the entries of *reports* are about: target, and SHA-256 of the submission's public key."""
    return {(report.target, key_hash(report.submission.leaf)) for report in reports}


def entries(reports: Iterable[Report], before: Iterable[Known] = ()) -> tuple[Known, ...]:
    """Return an entry for each finding in *reports*; what is found again keeps the date that it has in *before*."""
    dates = {(each.fingerprint, each.key): each.expires for each in before}
    found: list[Known] = []
    for report in reports:
        key = key_hash(report.submission.leaf)
        found += [
            Known(each, finding.rule, report.target, key, printable(finding.at.file), dates.get((each, key), ""))
            for finding, each in zip(report.findings, fingerprints(report))
        ]
    return tuple(found)


def baseline_text(known: Iterable[Known], before: Iterable[Known], looked_at: Collection[tuple[str, str]]) -> str:
    """Return a baseline of what is *known* now; of *before* stays what is about others than those *looked_at*."""
    import json

    entries = [*(each for each in before if (each.target, each.key) not in looked_at), *known]
    found = [{**{name: getattr(each, name) for name in _TEXTS}, "expires": each.expires or None} for each in entries]
    return json.dumps({"schema": SCHEMA, "pemcheck": VERSION, "findings": found}, indent=1) + "\n"


def stale(reports: Sequence[Report], known: Iterable[Known]) -> tuple[Known, ...]:
    """Return what is known of these submissions and targets and is no longer found: it can go."""
    looked_at = about(reports)
    found = {each for report in reports for each in fingerprints(report)}
    return tuple(each for each in known if (each.target, each.key) in looked_at and each.fingerprint not in found)
