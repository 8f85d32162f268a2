"""Certificate policies along a path (RFC 5280 section 6.1), with OpenSSL as the judge."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

import pemcheck
from fixtures import der
from pemcheck import Verdict, asn1, pem
from pemcheck.asn1 import extensions
from pemcheck.facts import Certificate, Extension
from pemcheck.reading import Fields
from pemcheck.rules.policies import policy_fault

OPENSSL = shutil.which("openssl")
ANY = "2.5.29.32.0"
A, B, C = (f"1.3.6.1.4.1.99999.{number}" for number in (1, 2, 3))
LATER = "2.999.1"
NONE = "a CA requires a certificate policy, and none is valid for "


class Of(NamedTuple):
    """What one certificate says of policies; ``again`` makes it self-issued: of the same name as the one above."""

    policies: Sequence[str] | None = None
    explicit: int | None = None
    no_mapping: int | None = None
    no_any: int | None = None
    mappings: Sequence[tuple[str, str]] = ()
    again: bool = False


@cache
def key(number: int) -> ec.EllipticCurvePrivateKey:
    """Return a key for the certificate of this depth."""
    return ec.derive_private_key(number + 2, ec.SECP256R1())


def extensions_of(it: Of) -> list[tuple[x509.ExtensionType, bool]]:
    """Return the extensions that say it."""
    found: list[tuple[x509.ExtensionType, bool]] = []
    if it.policies is not None:
        policies = [x509.PolicyInformation(x509.ObjectIdentifier(each), None) for each in it.policies]
        found.append((x509.CertificatePolicies(policies), False))
    if it.explicit is not None or it.no_mapping is not None:
        found.append((x509.PolicyConstraints(it.explicit, it.no_mapping), True))
    if it.no_any is not None:
        found.append((x509.InhibitAnyPolicy(it.no_any), True))
    if it.mappings:
        pairs = der.sequence(*(der.sequence(der.oid(one), der.oid(other)) for one, other in it.mappings))
        found.append((x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), pairs), True))
    return found


def chain_of(*path: Of) -> list[x509.Certificate]:
    """Return a root, and below it what is asked for: the last is the end-entity certificate."""
    made: list[x509.Certificate] = []
    title = "Root"
    for depth, it in enumerate((Of(), *path)):
        leaf = depth == len(path)
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
        title = title if it.again or not depth else "www.example.com" if leaf else f"CA {depth}"
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
        above = key(max(0, depth - 1))
        builder = x509.CertificateBuilder(issuer, subject, key(depth).public_key(), depth + 1)
        builder = builder.not_valid_before(dt.datetime(2026, 1, 1)).not_valid_after(dt.datetime(2027, 1, 1))
        builder = builder.add_extension(x509.BasicConstraints(not leaf, None), True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key(depth).public_key()), False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), False
        )
        if leaf:
            names = x509.SubjectAlternativeName([x509.DNSName("www.example.com")])
            builder = builder.add_extension(names, False)
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        for extension, critical in extensions_of(it):
            builder = builder.add_extension(extension, critical)
        made.append(builder.sign(above, SHA256()))
    return made


def text(*certificates: x509.Certificate) -> str:
    """Return them as PEM."""
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in certificates)


def facts(certificates: Sequence[x509.Certificate]) -> list[Certificate]:
    """Return our facts of a path, the end-entity certificate first, without its root."""
    found = [asn1.read(block)[0] for block in pem.read("x", text(*reversed(certificates[1:])).encode()).blocks]
    return [each for each in found if isinstance(each, Certificate)]


def openssl_takes(certificates: Sequence[x509.Certificate], folder: Path) -> bool:
    """Return whether OpenSSL takes this path and its policies."""
    root, *middle, leaf = certificates
    for name, content in (("root", text(root)), ("middle", text(*middle)), ("leaf", text(leaf))):
        (folder / name).write_text(content)
    command = [str(OPENSSL), "verify", "-policy_check", "-policy", ANY, "-attime", "1780000000", "-CAfile", "root"]
    command += [*(["-untrusted", "middle"] if middle else []), "leaf"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0 or any(word in run.stderr for word in ("policy", "policies")), run.stderr
    return run.returncode == 0


CASES: dict[str, tuple[tuple[Of, ...], str]] = {
    "nothing is said": ((Of(), Of()), ""),
    "none is required": ((Of([A]), Of([B])), ""),
    "the tree may be empty": ((Of([A]), Of()), ""),
    "required and there": ((Of([A], explicit=0), Of([A])), ""),
    "required and another": ((Of([A], explicit=0), Of([B])), NONE + "www.example.com"),
    "required and none": ((Of([A], explicit=0), Of()), NONE + "www.example.com"),
    "required at once, and none in the CA": ((Of(explicit=0), Of([A])), NONE + "www.example.com"),
    "required by the last one": ((Of([A]), Of([A], explicit=0)), ""),
    "required by the last one, and none": ((Of(), Of(explicit=0)), NONE + "www.example.com"),
    "required later than the path is long": ((Of(explicit=2), Of()), ""),
    "required one later": ((Of(explicit=1), Of()), NONE + "www.example.com"),
    "required two later": ((Of(explicit=2), Of(), Of()), NONE + "www.example.com"),
    "the smaller number counts": ((Of(explicit=1), Of(explicit=9), Of()), NONE + "www.example.com"),
    "self-issued ones do not count": ((Of(explicit=1), Of(again=True), Of([A])), NONE + "www.example.com"),
    "self-issued ones are not counted down": ((Of(explicit=2), Of(again=True), Of()), ""),
    "any will do": ((Of([ANY], explicit=0), Of([C])), ""),
    "any in the last one": ((Of([A], explicit=0), Of([ANY])), ""),
    "any is inhibited": ((Of([A], explicit=0, no_any=0), Of([ANY])), NONE + "www.example.com"),
    "any is inhibited below any": ((Of([ANY], explicit=0, no_any=0), Of([ANY])), NONE + "www.example.com"),
    "required by the last one from the next on": ((Of(), Of(explicit=1)), ""),
    "behind any in the alphabet": ((Of([LATER], explicit=0), Of([LATER])), ""),
    "any is inhibited later": ((Of([A], explicit=0, no_any=1), Of([ANY])), ""),
    "any is inhibited two later": ((Of([A], explicit=0, no_any=1), Of([ANY]), Of([ANY])), NONE + "www.example.com"),
    "any in a self-issued one": ((Of([A], explicit=0, no_any=0), Of([ANY], again=True), Of([A])), ""),
    "any in a self-issued last one": (
        (Of([A], explicit=0, no_any=0), Of([ANY], again=True)), NONE + "CA 1"
    ),
    "mapped": ((Of([A], explicit=0, mappings=[(A, B)]), Of([B])), ""),
    "mapped away": ((Of([A], explicit=0, mappings=[(A, B)]), Of([A])), NONE + "www.example.com"),
    "mapped to two": ((Of([A], explicit=0, mappings=[(A, B), (A, C)]), Of([C])), ""),
    "mapped twice": ((Of([A], explicit=0, mappings=[(A, B)]), Of([B], mappings=[(B, C)]), Of([C])), ""),
    "mapped out of any": ((Of([ANY], explicit=0, mappings=[(A, B)]), Of([B])), ""),
    "mapped what is not there": ((Of([A], explicit=0, mappings=[(B, C)]), Of([C])), NONE + "www.example.com"),
    "mapping is inhibited": (
        (Of([A], explicit=0, no_mapping=0), Of([A], mappings=[(A, B)]), Of([B])), NONE + "www.example.com"
    ),
    "mapping is inhibited from the next but one on": (
        (Of([A], explicit=0, no_mapping=1), Of([A], mappings=[(A, B)]), Of([B])), ""
    ),
    "mapping is inhibited, and the policy gone": (
        (Of([A], explicit=0, no_mapping=0), Of([A], mappings=[(A, B)]), Of([A])), NONE + "www.example.com"
    ),
    "mapping is inhibited, another stays": (
        (Of([A, C], explicit=0, no_mapping=0), Of([A, C], mappings=[(A, B)]), Of([C])), ""
    ),
    "mapped from any": ((Of([A], mappings=[(ANY, B)]), Of([B])), "CA 1 maps anyPolicy to another policy"),
    "mapped to any": ((Of([A], mappings=[(A, ANY)]), Of([B])), "CA 1 maps anyPolicy to another policy"),
    "in the middle": ((Of([A, B], explicit=0), Of([B, C]), Of([B])), ""),
    "lost in the middle": ((Of([A, B], explicit=0), Of([C]), Of([C])), NONE + "CA 2"),
    "nothing but a root": ((Of(explicit=0),), NONE + "www.example.com"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_policies_along_a_path(name: str) -> None:
    """As section 6.1 has it for who takes any policy."""
    path, expected = CASES[name]
    assert expected == policy_fault(facts(chain_of(*path)))


@pytest.mark.skipif(OPENSSL is None, reason="there is no openssl")
@pytest.mark.parametrize("name", CASES)
def test_openssl_agrees(name: str, tmp_path: Path) -> None:
    """``verify -policy_check`` says the same of every path."""
    path, expected = CASES[name]
    assert (expected == "") is openssl_takes(chain_of(*path), tmp_path)


def at_random(seed: int) -> tuple[Of, ...]:
    """Return a path that says much of policies."""
    choose = random.Random(seed)

    def number(often: float) -> int | None:
        return choose.choice((0, 0, 1, 2)) if choose.random() < often else None

    path = []
    # where anyPolicy is inhibited, OpenSSL still maps out of it policies that a CA does not list; RFC 5280 does not
    inhibits = choose.random() < 0.5
    for depth in range(choose.choice((2, 3, 3, 4, 4))):
        some = choose.sample((A, B, C, ANY), choose.choice((1, 2, 2, 3)))
        policies = None if choose.random() < 0.08 else some
        known = [each for each in some if each != ANY] if inhibits else [A, B, C]
        pairs = [(choose.choice(known), choose.choice((A, B, C))) for _ in range(choose.choice((0, 0, 1, 2))) if known]
        again = depth > 0 and choose.random() < 0.2
        path.append(Of(policies, number(0.5), number(0.2), number(0.4 * inhibits), list(dict.fromkeys(pairs)), again))
    path[-1] = path[-1]._replace(mappings=(), again=False)
    return tuple(path)


@pytest.mark.thorough
@pytest.mark.skipif(OPENSSL is None, reason="there is no openssl")
@pytest.mark.parametrize("shard", range(10))
def test_openssl_agrees_about_paths_at_random(shard: int, tmp_path: Path) -> None:
    """Policies, mappings, constraints and self-issued certificates in any mixture."""
    answers = []
    for seed in range(shard * 50, shard * 50 + 50):
        certificates = chain_of(*at_random(seed))
        answers.append((seed, policy_fault(facts(certificates)) == "", openssl_takes(certificates, tmp_path)))

    assert [] == [each for each in answers if each[1] is not each[2]]
    assert {True, False} == {each[1] for each in answers}


def test_the_work_grows_with_what_was_read() -> None:
    """Not exponentially with the depth: the tree of RFC 5280 would have 1.4 million nodes here (RFC 9618)."""
    policies = [f"1.3.6.1.4.1.99999.{number}" for number in range(60)]
    pairs = [(one, other) for one in policies for other in policies[:30]]
    path = [Of(policies, explicit=0, mappings=pairs)] * 8 + [Of(policies[:1])]
    made = facts(chain_of(*path[:1], path[-1]))

    assert "" == policy_fault([made[0], *[made[1]] * 8])


# ---------------------------------------------------------------------------------------------- what is reported


def judged(path: Sequence[Of], **options: Any) -> pemcheck.Report:
    """Return what CloudFront says, where the root is trusted."""
    root, *middle, leaf = chain_of(*path)
    private = key(len(path)).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return pemcheck.check(
        text(leaf), private, text(*reversed(middle)), "cloudfront", "2026-06-01", trust_store=text(root), **options
    )


@pytest.mark.parametrize(
    ("name", "outcome"), [("required and there", "pass"), ("required and none", "fail"), ("none is required", "pass")]
)
def test_a_path_whose_policies_are_not_valid_leads_to_no_root(name: str, outcome: str) -> None:
    """It was accepted before."""
    path, expected = CASES[name]
    report = judged(path)
    (check,) = (each for each in report.checks if each.rule == "cert-not-publicly-trusted")
    said = [each.message for each in report.findings if each.rule == "cert-not-publicly-trusted"]

    assert (outcome, bool(expected)) == (check.outcome.value, bool(said))
    assert all(expected in each for each in said)


EXTENSIONS = {
    "no policy": ("2.5.29.32", der.sequence()),
    "a policy twice": ("2.5.29.32", der.sequence(*[der.sequence(der.oid(A))] * 2)),
    "no mapping": ("2.5.29.33", der.sequence()),
    "no constraint": ("2.5.29.36", der.sequence()),
    "a constraint twice": ("2.5.29.36", der.sequence(*[der.context(0, b"\0", constructed=False)] * 2)),
    "an unknown constraint": ("2.5.29.36", der.sequence(der.context(2, b"\0", constructed=False))),
    "a negative number": ("2.5.29.54", der.integer(-1)),
}


@pytest.mark.parametrize("name", EXTENSIONS)
def test_policies_that_cannot_be_read_are_undecided(name: str) -> None:
    """Nobody can tell then whether the path is valid."""
    dotted, value = EXTENSIONS[name]
    ca, leaf = facts(chain_of(Of(), Of()))[::-1]
    fields = Fields(ca.at)
    read = extensions.facts(fields, (Extension(dotted, "x", False, value),))

    assert ({}, 1) == (read, len(fields.unread))
    with pytest.raises(ValueError, match="of CA 1 cannot be read"):
        policy_fault([leaf, ca.replace(unread=frozenset(fields.unread))])


def test_a_doubt_about_policies_is_a_doubt_about_trust() -> None:
    """Undecided, with the reason."""
    bad = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.36"), der.sequence())
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "extensions_of", lambda it: [(bad, True)] if it.explicit else [])
        report = judged((Of(explicit=1), Of()))

    assert Verdict.UNDECIDED is report.verdict
    assert "policy_constraints of CA 1 cannot be read" in [check.reason for check in report.undecided]
