"""What only a public CA's certificate has, and what browsers and CloudFront ask of it: trust, lifetime, logs."""

from __future__ import annotations

from datetime import datetime, timezone

from ..facts import Certificate
from ..source import Location
from ..submission import Submission, Trust, ids_match
from ..targets import ERROR, STORE, Want
from .chain import asked_for, get_issuer
from .reissue import reissue
from .table import LEAF, SUBMISSION, NotAsked, Rule, plural
from .validation import path_fault

_PUBLIC_CA = "get a certificate from a public CA"
_DAY = 86_400


def _from(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=timezone.utc)


_LONGEST = (
    (_from(2029, 3, 15), 47),
    (_from(2027, 3, 15), 100),
    (_from(2026, 3, 15), 200),
    (_from(2020, 9, 1), 398),
    (datetime.min.replace(tzinfo=timezone.utc), 825),
)
"""Days that a certificate of a public CA may be valid, by its notBefore (CA/Browser Forum BR section 6.3.2)."""
_LONGEST_ANYWHERE = 825
"""Days that Apple's systems take from any CA (https://support.apple.com/en-us/103769)."""
_MANY_LOGS_FROM_DAYS = 180


def days_valid(it: Certificate) -> int:
    """Return how many days a certificate is valid, both ends included; a day that has begun counts (BR 6.3.2)."""
    seconds = int((it.not_after - it.not_before).total_seconds()) + 1
    return -(-seconds // _DAY)


def _longest(it: Certificate, want: Want) -> int:
    """Return the limit in days; what should not be exceeded is one day below what must not."""
    if not want.demand.public:
        return _LONGEST_ANYWHERE
    public = next(days for start, days in _LONGEST if it.not_before >= start)
    return public - 1 if want.demand.only == "should" else public


def _logs_wanted(it: Certificate) -> int:
    """Return from how many logs Chrome and Apple want timestamps embedded in a certificate of this lifetime."""
    return 2 if days_valid(it) <= _MANY_LOGS_FROM_DAYS else 3


def _trusted(it: Submission, want: Want) -> bool:
    if want.trusted:
        return True
    if it.trust is None:
        raise NotAsked(
            "whether the issuer is publicly trusted was not checked: give --trust-store FILE|system|mozilla, or say "
            "--trusted"
        )
    if it.trust.anchored is None:
        raise ValueError(it.trust.reason)
    if not it.trust.anchored and not it.self_signed and (it.path is None or it.path.gap is not None):
        raise ValueError("the chain is missing or broken, so that no path leads from the certificate to a root")
    return it.trust.anchored and _any_valid(it.trust, want)


def _any_valid(it: Trust, want: Want) -> bool:
    """Whether one of the paths to a root is valid at the moment judged for."""
    answers = [_fault_or_doubt(path, want) for path in it.paths]
    if ("", "") in answers:
        return True
    doubt = next((doubt for _, doubt in answers if doubt), it.reason)
    if doubt:
        raise ValueError(doubt)
    return False


def _fault_or_doubt(path: tuple[Certificate, ...], want: Want) -> tuple[str, str]:
    """Return why a path is not valid, and why that cannot be told; nothing twice where it is valid."""
    try:
        return path_fault(path, want.at, _refused(want)), ""
    except ValueError as error:
        return "", str(error)


def _refused(want: Want) -> frozenset[str]:
    """Return the rules for which the target refuses, whatever was issued when."""
    made = (each for each in want.target.demands if not (each.public and want.private_ca) and not each.issued_from)
    return frozenset(each.rule for each in made if each.severity is ERROR)


def _untrusted_says(it: Submission, want: Want) -> str:
    store = it.trust.store if it.trust else "the trust store"
    if it.trust is None or not it.trust.paths:
        return f"no path leads from the certificate through this chain to a root of {store}"
    path = it.trust.paths[0]
    return f"the path to {path[-1].title}, a root of {store}, is not valid: {path_fault(path, want.at, _refused(want))}"


def _trust_asked(it: Submission, want: Want) -> bool:
    """Whether it is to be asked who trusts the issuer: where nothing else says so, only with a store to look into."""
    if it.trust is None:
        return it.leaf is not None and not it.self_signed and want.demand.only != STORE
    return it.leaf is not None


def _under_roots(it: Submission) -> list[tuple[Certificate, Certificate]]:
    """Return the certificate below the root, and that root, of each path to a root of the store."""
    return [(path[-2], path[-1]) for path in (it.trust.paths if it.trust else ()) if len(path) > 1]


def _root_fits(it: Submission, want: Want) -> bool:
    """Whether one of the roots is that which a certificate asks for, or the chain's rules tell that this one is not."""
    found = _under_roots(it)
    gap = it.path.gap if it.path else None
    told = gap is not None and (gap.child.der, gap.issuer.der) == (found[0][0].der, found[0][1].der)
    if told or any(ids_match(child, root) for child, root in found):
        return True
    if it.trust is not None and it.trust.reason:
        raise ValueError(it.trust.reason)
    return False


def _another_root_says(it: Submission, want: Want) -> str:
    child, root = _under_roots(it)[0]
    whose = f"a root of {it.trust.store if it.trust else 'the trust store'}"
    fault = asked_for(child, root)
    return f"{root.title}, {whose}, signed {child.title}, but is not the one that it asks for: {fault}"


def _upper_case(want: Want) -> list[str]:
    return [name for name in want.hostnames if name != name.lower()]


RULES = (
    Rule(
        name="cert-self-signed",
        on=SUBMISSION,
        applies=lambda it, want: it.leaf is not None,
        ok=lambda it, want: not it.self_signed,
        reads=("self_signed",),
        at=lambda it: it.leaf.at if it.leaf else it.at,
        says="the certificate is self-signed",
        why="Only those who were told to trust this very certificate do; browsers and CloudFront do not.",
        fix=lambda it, want: reissue(it.leaf, want, _PUBLIC_CA, from_ca=True) if it.leaf else _PUBLIC_CA,
        aws_says=(
            "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted "
            "certificate that validates your authorization to use the domain name."
        ),
    ),
    Rule(
        name="cert-not-publicly-trusted",
        on=SUBMISSION,
        applies=_trust_asked,
        ok=_trusted,
        reads=("self_signed",),
        at=lambda it: it.leaf.at if it.leaf else it.at,
        says=_untrusted_says,
        why=(
            "CloudFront, and what is built on it, takes certificates of the CAs that Mozilla trusts; browsers have "
            "such lists too."
        ),
        fix=lambda it, want: reissue(it.leaf, want, _PUBLIC_CA, from_ca=True) if it.leaf else _PUBLIC_CA,
        aws_says=(
            "InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't "
            "valid, or doesn't include a valid certificate chain."
        ),
    ),
    Rule(
        name="chain-root-key-identifier-differs",
        on=SUBMISSION,
        applies=lambda it, want: bool(_under_roots(it)),
        ok=_root_fits,
        at=lambda it: _under_roots(it)[0][0].at,
        path="tbsCertificate.extensions.authority_key_identifier",
        says=_another_root_says,
        why=(
            "The signature verifies, which is enough for RFC 5280; but openssl looks for the root that a certificate "
            "asks for, finds none, and refuses it."
        ),
        fix=lambda it, want: (
            f"{get_issuer(_under_roots(it)[0][0])}, and put it into the clients' trust stores; if there is no "
            "such root, have the certificate issued again by the root that there is"
        ),
    ),
    Rule(
        name="cert-validity-too-long",
        on=LEAF,
        applies=lambda it, want: it.not_after >= it.not_before,
        ok=lambda it, want: days_valid(it) <= _longest(it, want),
        reads=("not_before", "not_after"),
        path="tbsCertificate.validity",
        says=lambda it, want: (
            f"the certificate is valid for {plural(days_valid(it), 'day')}; issued on {it.not_before:%Y-%m-%d}, it "
            f"{'should' if want.demand.only else 'may'} be valid for at most {_longest(it, want)}"
        ),
        why="Browsers refuse what public CAs issue for too long, Apple's systems whatever lives over 825 days.",
        fix=lambda it, want: f"have a certificate issued that is valid for {_longest(it, want)} days or fewer",
    ),
    Rule(
        name="cert-without-scts",
        on=LEAF,
        applies=lambda it, want: it.not_after >= it.not_before,
        ok=lambda it, want: (it.scts or 0) >= _logs_wanted(it),
        reads=("scts", "not_before", "not_after"),
        path="tbsCertificate.extensions",
        says=lambda it, want: (
            f"timestamps of {it.scts or 'no'} transparency log{'s' if it.scts != 1 else ''} are embedded; a lifetime "
            f"of {plural(days_valid(it), 'day')} asks for {_logs_wanted(it)}"
        ),
        why="Chrome and Apple's systems want proof that a public CA's certificate was logged; servers rarely send it.",
        fix="ask the CA for a certificate with embedded SCTs; public CAs embed them unless told otherwise",
    ),
    Rule(
        name="hostname-not-lowercase",
        on=LEAF,
        applies=lambda it, want: bool(want.hostnames),
        ok=lambda it, want: not _upper_case(want),
        at=lambda it: Location("--hostname"),
        says=lambda it, want: f"the alternate domain name has capitals: {', '.join(_upper_case(want))}",
        why="CloudFront takes alternate domain names in lower case only; in certificates capitals do not matter.",
        fix=lambda it, want: f"write {', '.join(_upper_case(want)).lower()}",
    ),
)
