"""What a re-import must keep of the certificate that it replaces: the catalogue's section F."""

from __future__ import annotations

from ..facts import Certificate, Replacement, time_text
from ..naming import domains
from .certificate import CLIENT_AUTH, PURPOSES
from .table import REPLACEMENT, Rule, listed

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
    return domains(it) or (it.subject_alt_names.ip if it.subject_alt_names else ())


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
            f"the key usage lacks {listed(_usages_lost(it))}, which the certificate to replace allows"
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
)


def changes(it: Replacement) -> list[tuple[str, str, str]]:
    """Return what differs between the two certificates, as (what, old, new) for people."""
    before, after = _names(it.old), _names(it.new)
    rows = [
        ("names lost", listed([name for name in before if name not in after]), ""),
        ("names gained", "", listed([name for name in after if name not in before])),
        ("issuer", _shown(it.old, "issuer"), _shown(it.new, "issuer")),
        ("key", _shown(it.old, "key"), _shown(it.new, "key")),
        ("not before", _shown(it.old, "not_before"), _shown(it.new, "not_before")),
        ("not after", _shown(it.old, "not_after"), _shown(it.new, "not_after")),
    ]
    return [(what, old, new) for what, old, new in rows if old != new]


def _shown(it: Certificate, field: str) -> str:
    """Return a field in few words; ? where it cannot be read."""
    if field in it.unread:
        return "?"
    if field == "key":
        return f"{it.key.algorithm}, SHA-256 {it.key.sha256[:16]}…"
    return it.issuer.text if field == "issuer" else time_text(getattr(it, field))[:10]
