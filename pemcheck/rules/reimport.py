"""What a re-import must keep of the certificate that it replaces: the catalogue's section F."""

from __future__ import annotations

from ..facts import Certificate, time_text
from ..naming import MAX_COMPARISONS, covers, domains
from ..source import shorten
from ..submission import Replacement
from .certificate import CLIENT_AUTH, PURPOSES, purposes, usages
from .table import MAX_NAME, REPLACEMENT, Rule, listed

_NEW_ARN = "import it as a new certificate (without --certificate-arn) and attach that one to your services"
_USAGE_PATH = "tbsCertificate.extensions.key_usage"
_PURPOSE_PATH = "tbsCertificate.extensions.extended_key_usage"


def _usages_lost(it: Replacement) -> list[str]:
    """Return the old key usages that the new certificate lacks, without AWS's exception for ECDSA."""
    old, new = it.old.key_usage or (), it.new.key_usage
    if new is None:
        return list(old)
    both_ec = it.old.key.kind == it.new.key.kind == "ec"
    return [usage for usage in old if usage not in new and not (both_ec and usage == "key_encipherment")]


def _purposes_lost(it: Replacement) -> list[str]:
    """Return the old extended key usages that the new certificate lacks, without AWS's exception for clientAuth."""
    new = it.new.extended_key_usage or ()
    lost = [oid for oid in it.old.extended_key_usage or () if oid not in new and oid != CLIENT_AUTH]
    return [PURPOSES.get(oid, oid) for oid in lost]


def _added(it: Replacement) -> list[str]:
    """Return the usage extensions that only the new certificate has."""
    pairs = (
        ("keyUsage", it.old.key_usage, it.new.key_usage),
        ("extKeyUsage", it.old.extended_key_usage, it.new.extended_key_usage),
    )
    return [name for name, old, new in pairs if old is None and new is not None]


def _names(it: Certificate) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*domains(it), *(it.subject_alt_names.ip if it.subject_alt_names else ()))))


def _missing(before: Certificate, after: Certificate) -> list[str]:
    """Return the names of *before* that *after* does not have."""
    kept = {name.lower() for name in _names(after)}
    return [name for name in _names(before) if name.lower() not in kept]


def _names_lost(it: Replacement) -> list[str]:
    """Return the old names that the new certificate does not even cover with a wildcard."""
    patterns = [name for name in _names(it.new) if name.startswith("*.")]
    if len(patterns) * len(lost := _missing(it.old, it.new)) > MAX_COMPARISONS:
        raise ValueError("too many names to compare")
    return [name for name in lost if not any(covers(pattern, name) for pattern in patterns)]


def _type(it: Certificate) -> str:
    return it.key.algorithm


_READS_NAMES = tuple(f"{which}.{field}" for which in ("old", "new") for field in ("subject_alt_names", "subject"))

RULES = (
    Rule(
        name="reimport-key-type-differs",
        on=REPLACEMENT,
        ok=lambda it, want: _type(it.old) == _type(it.new),
        reads=("old.key", "new.key"),
        also=lambda it: (it.old.at,),
        path="tbsCertificate.subjectPublicKeyInfo",
        says=lambda it, want: f"the key is {_type(it.new)}, that of the certificate to replace is {_type(it.old)}",
        why="A re-import cannot change key type and size; ACME clients switched their default to ECDSA.",
        fix=lambda it, want: f"have the certificate issued for an {_type(it.old)} key, or {_NEW_ARN}",
    ),
    Rule(
        name="reimport-key-usage-removed",
        on=REPLACEMENT,
        applies=lambda it, want: it.old.key.kind == it.new.key.kind,  # reimport-key-type-differs says more
        ok=lambda it, want: not _usages_lost(it),
        reads=("old.key_usage", "new.key_usage", "old.key", "new.key"),
        also=lambda it: (it.old.at,),
        path=_USAGE_PATH,
        says=lambda it, want: (
            f"the key usage lacks {listed(usages(_usages_lost(it)))}, which the certificate to replace allows"
        ),
        why="A re-import may add key usages and remove none, but for keyEncipherment of ECDSA certificates.",
        fix=f"ask the CA for the key usage of the old certificate, or {_NEW_ARN}",
        aws_says=("New certificate is missing one or more Key Usages supported by the currently imported certificate"),
    ),
    Rule(
        name="reimport-eku-removed",
        on=REPLACEMENT,
        ok=lambda it, want: not _purposes_lost(it),
        reads=("old.extended_key_usage", "new.extended_key_usage"),
        also=lambda it: (it.old.at,),
        path=_PURPOSE_PATH,
        says=lambda it, want: (
            f"the extended key usage lacks {listed(_purposes_lost(it))}, which the certificate to replace has"
        ),
        why="A re-import may remove no extended key usage but clientAuth.",
        fix=f"ask the CA for the extended key usages of the old certificate, or {_NEW_ARN}",
        aws_says=(
            "New certificate is missing one or more Extended Key Usages supported by the currently imported certificate"
        ),
    ),
    Rule(
        name="reimport-usage-extension-added",
        on=REPLACEMENT,
        ok=lambda it, want: not _added(it),
        reads=("old.key_usage", "new.key_usage", "old.extended_key_usage", "new.extended_key_usage"),
        also=lambda it: (it.old.at,),
        path="tbsCertificate.extensions",
        says=lambda it, want: f"the extension {listed(_added(it))} is new: the certificate to replace has none",
        why="Usages can be added only where the extension was there before.",
        fix=f"ask the CA for a certificate without it, or {_NEW_ARN}",
    ),
    Rule(
        name="reimport-domains-removed",
        on=REPLACEMENT,
        ok=lambda it, want: bool(_names(it.new)) or not _names(it.old),
        reads=_READS_NAMES,
        also=lambda it: (it.old.at,),
        path="tbsCertificate.extensions.subject_alt_name",
        says=lambda it, want: f"the certificate has no name left; the one to replace is for {listed(_names(it.old))}",
        why="A re-import cannot remove all domain names.",
        fix=f"have the certificate issued with its DNS names, or {_NEW_ARN}",
    ),
    Rule(
        name="reimport-names-removed",
        on=REPLACEMENT,
        ok=lambda it, want: not _names(it.new) or not _names_lost(it),  # else reimport-domains-removed says it
        reads=_READS_NAMES,
        also=lambda it: (it.old.at,),
        path="tbsCertificate.extensions.subject_alt_name",
        says=lambda it, want: f"the certificate is no longer for {listed(_names_lost(it))}",
        why="Whoever connects by a name that is gone gets an error; the import itself takes it.",
        fix="have the certificate issued with all names that are still in use",
    ),
    Rule(
        name="reimport-expires-earlier",
        on=REPLACEMENT,
        ok=lambda it, want: it.new.not_after >= it.old.not_after,
        reads=("old.not_after", "new.not_after"),
        also=lambda it: (it.old.at,),
        path="tbsCertificate.validity.notAfter",
        says=lambda it, want: (
            f"the certificate ends at {_moment(it.new)}, before the one that it is to replace ({_moment(it.old)})"
        ),
        why="A renewal ends later; perhaps the files of the old and the new certificate are mixed up.",
        fix="look whether --certificate and --replaces are the right way round",
    ),
)


def heading(it: Replacement) -> str:
    """Return what stands above the changes, or instead of them."""
    if it.old.der == it.new.der:
        return "it replaces the same certificate"
    return "it replaces another certificate:" if changes(it) else "it replaces another; nothing compared here changes"


def changes(it: Replacement) -> list[tuple[str, str]]:
    """Return what differs between the two certificates, for people: what, and its change."""
    lost, gained = _missing(it.old, it.new), _missing(it.new, it.old)
    rows = [("names lost", listed(lost)), ("names gained", listed(gained))]
    for what, field in _COMPARED:
        old, new = _shown(it.old, field), _shown(it.new, field)
        rows.append((what, f"{old} -> {new}" if old != new else ""))
    return [(what, change) for what, change in rows if change]


_COMPARED = (
    ("issuer", "issuer"),
    ("key", "key"),
    ("key usage", "key_usage"),
    ("purposes", "extended_key_usage"),
    ("not before", "not_before"),
    ("not after", "not_after"),
)


def _shown(it: Certificate, field: str) -> str:
    """Return a field in few words; ? where it cannot be read."""
    if field in it.unread:
        return "?"
    if field == "key":
        return f"{it.key.algorithm}, SHA-256 {it.key.sha256[:16]}…"
    if field == "issuer":
        return shorten(it.issuer.text, MAX_NAME)
    if field == "key_usage":
        return "no extension" if it.key_usage is None else listed(usages(it.key_usage), 9) or "none"
    if field == "extended_key_usage":
        return "no extension" if it.extended_key_usage is None else purposes(it)
    return time_text(getattr(it, field))[:10]


def _moment(it: Certificate) -> str:
    return time_text(it.not_after).replace("T", " ")
