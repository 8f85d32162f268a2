"""Trust stores: which roots count, and that nothing is trusted without somebody's word."""

from __future__ import annotations

import builtins
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import pemcheck
from fixtures import der
from fixtures.build import INTERMEDIATE, INTERMEDIATE_2, ROOT, Certificate, authority, certificate, leaf, load_key, name
from pemcheck import trust
from pemcheck.chain import Signatures
from pemcheck.checking import check, judge_all, wanted
from pemcheck.cli import main
from pemcheck.findings import Check, Report, Severity, Verdict
from pemcheck.gathering import gather
from pemcheck.pem import MAX_BLOCKS
from pemcheck.source import MAX_BYTES, SourceError

RULE = "cert-not-publicly-trusted"
LEAF = leaf(issuer=INTERMEDIATE_2)
OTHER_ROOT = authority("CN=Other Root,O=Other Trust", "rsa-2048-f")
SAME_NAME = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-f", ski=False)


def judged(
    store: Sequence[Certificate] | None,
    chain: Sequence[Certificate] = (INTERMEDIATE_2, INTERMEDIATE),
    it: Certificate = LEAF,
    **options: Any,
) -> Report:
    """Return what CloudFront says to a submission, with these roots."""
    pem = "".join(each.pem for each in chain) or None
    roots = None if store is None else "".join(each.pem for each in store)
    return check(
        it.pem, load_key(it.key).pem, pem, "cloudfront", "2026-06-01", trust_store=roots, **{"region": "", **options}
    )


def asked(report: Report) -> Check:
    """Return how the rule about trust was answered."""
    (found,) = [each for each in report.checks if each.rule == RULE]
    return found


@pytest.mark.parametrize(
    ("store", "chain", "outcome"),
    [
        ((ROOT,), (INTERMEDIATE_2, INTERMEDIATE), "pass"),
        ((OTHER_ROOT, ROOT), (INTERMEDIATE_2, INTERMEDIATE, ROOT), "pass"),
        ((INTERMEDIATE,), (INTERMEDIATE_2, INTERMEDIATE), "pass"),
        ((INTERMEDIATE,), (INTERMEDIATE_2,), "pass"),
        ((INTERMEDIATE_2,), (), "pass"),
        ((OTHER_ROOT,), (INTERMEDIATE_2, INTERMEDIATE), "fail"),
        ((OTHER_ROOT,), (INTERMEDIATE_2, INTERMEDIATE, ROOT), "fail"),
        ((SAME_NAME,), (INTERMEDIATE_2, INTERMEDIATE), "fail"),
        ((SAME_NAME, ROOT), (INTERMEDIATE_2, INTERMEDIATE), "pass"),
        ((ROOT,), (), "skip"),
        ((ROOT,), (INTERMEDIATE,), "skip"),
        (None, (INTERMEDIATE_2, INTERMEDIATE), "skip"),
    ],
)
def test_a_path_must_lead_to_a_root(
    store: Sequence[Certificate] | None, chain: Sequence[Certificate], outcome: str
) -> None:
    """By name and by verified signature; where no path can be followed, nobody says that it does not lead there."""
    assert outcome == asked(judged(store, chain)).outcome.value


def test_without_store_or_word_it_is_undecided() -> None:
    """And the report says what would settle it."""
    report = judged(None)
    assert Verdict.UNDECIDED is report.verdict
    assert "give --trust-store FILE|system|mozilla, or say --trusted" in asked(report).reason


def test_the_users_word_is_enough() -> None:
    """Whoever knows the CA need not have its root."""
    assert Verdict.ACCEPTED is judged(None, trusted=True).verdict


def test_a_signature_that_cannot_be_verified_is_undecided() -> None:
    """Neither trusted nor not."""
    root = authority("CN=X", "rsa-2048-c", spki=load_key("ml-dsa-44").spki)
    it = leaf(issuer=authority("CN=Y", "rsa-2048-d", authority("CN=X", "rsa-2048-c")))
    report = judged((root,), it.chain, it)
    assert ("skip", True) == (asked(report).outcome.value, asked(report).reason.startswith("whether X signed Y: "))


def test_an_issuer_that_cannot_be_read_is_undecided() -> None:
    """It may be the name of any root."""
    submission = gather((LEAF.pem.encode(), None, None), ("c", "k", "ch"))
    assert submission.leaf is not None
    changed = submission.leaf.replace(unread=frozenset(("issuer",)))
    store = trust.load("store", OTHER_ROOT.pem.encode())
    assert (None, "the issuer of a certificate cannot be read") == (
        (found := trust.judge(store, changed, (), Signatures())).anchored,
        found.reason,
    )


def test_a_self_signed_certificate_is_one_finding() -> None:
    """Not a second one about trust, unless a store was given to look it up in."""
    it = certificate("CN=www.example.com", "rsa-2048-f", san=("DNS:www.example.com",))
    errors = [each.rule for each in judged(None, (), it).findings if each.severity is Severity.ERROR]
    assert ["cert-self-signed"] == errors


@pytest.mark.parametrize(
    ("store", "options", "outcome"),
    [
        (None, {}, "n/a"),
        (None, {"trusted": True}, "n/a"),
        (ROOT.pem, {}, "pass"),
        (OTHER_ROOT.pem, {}, "fail"),
        (OTHER_ROOT.pem, {"private_ca": True}, "n/a"),
    ],
)
def test_browsers_are_asked_where_a_store_was_given(store: str | None, options: dict[str, Any], outcome: str) -> None:
    """What they trust differs, so without a store nothing is asked; a user's own CA is in none of theirs."""
    chain = INTERMEDIATE_2.pem + INTERMEDIATE.pem
    report = check(LEAF.pem, load_key(LEAF.key).pem, chain, "webpki", "2026-06-01", trust_store=store, **options)
    assert ("error", outcome) == (asked(report).severity.value, asked(report).outcome.value)


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (("--trusted",), "--trusted was not needed: acm asks for no public trust"),
        (("--trust-store", "r.pem"), "--trust-store was not needed: acm asks for no public trust"),
        (("--trusted", "--target=acm", "--target=iam"), "--trusted was not needed: acm, iam ask for no public trust"),
        (("--trusted", "--target", "webpki"), "--trusted was not needed: webpki asks for no public trust"),
        (
            ("--trust-store", "r.pem", "--private-ca", "--target", "webpki"),
            "--trust-store was not needed: webpki asks for no public trust",
        ),
        (("--trust-store", "r.pem", "--target", "webpki"), ""),
        (("--trusted", "--target", "acm", "--target", "cloudfront"), ""),
        (("--private-ca", "--target", "webpki"), ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_trust_that_nobody_asks_for_is_noted(
    arguments: Sequence[str],
    note: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On stderr, so that nobody believes that it was looked into."""
    monkeypatch.chdir(tmp_path)
    Path("c.pem").write_text(LEAF.pem)
    Path("r.pem").write_text(ROOT.pem)
    main(["--certificate", "c.pem", "--without-key", *arguments])
    assert (f"pemcheck: {note}\n" if note else "") == capsys.readouterr().err


@pytest.mark.parametrize(
    "call",
    [
        lambda: pemcheck.check(b"", trust_store="system", trusted=True),
        lambda: pemcheck.scan([], trust_store="system", trusted=True),
    ],
)
def test_a_word_and_a_store_contradict_each_other(call: Callable[[], object]) -> None:
    """Both answer who is trusted; the library takes one."""
    with pytest.raises(ValueError, match=r"^trusted says that the issuer is publicly trusted, trust_store asks"):
        call()


@pytest.mark.parametrize(("name", "words"), [("no.pem", "no such file"), ("empty.pem", "there is no certificate in")])
def test_a_scan_needs_a_trust_store_that_can_be_read(name: str, words: str, tmp_path: Path) -> None:
    """It is told before anything is looked at."""
    (tmp_path / "empty.pem").touch()
    with pytest.raises(ValueError, match=words):
        pemcheck.scan([], trust_store=str(tmp_path / name))


@pytest.mark.parametrize("command", ["check", "scan"])
def test_a_word_and_a_store_are_not_typed_together(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The word would win over the answer."""
    status = main([command, "c.pem", "--trusted", "--trust-store", "r.pem"])

    expected = "--trusted says that the issuer is publicly trusted, --trust-store asks who is; leave one out"
    assert (2, f"pemcheck: {expected}\n") == (status, capsys.readouterr().err)


# ---------------------------------------------------------------------------------------------------------- validity


def intermediate(**changes: Any) -> Certificate:
    """Return a CA below ROOT that differs from INTERMEDIATE by *changes*."""
    return authority("CN=Test Intermediate I1,O=Example Trust", "rsa-2048-b", ROOT, **changes)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"ca": False}, "is not a CA certificate (no basicConstraints cA TRUE)"),
        ({"ca": None}, "is not a CA certificate (no basicConstraints cA TRUE)"),
        ({"version": 1}, "is not a CA certificate (no basicConstraints cA TRUE)"),
        ({"key_usage": ("digital_signature",)}, "may not sign certificates (key usage without key_cert_sign)"),
        ({"not_after": "2026-05-31"}, "expired on 2026-05-31"),
        ({"not_before": "2026-06-02"}, "is valid only from 2026-06-02"),
        ({"eku": ("email_protection",)}, "may issue certificates for emailProtection only, not for TLS servers"),
        (
            {"extra_extensions": [("1.2.3.4.5", True, der.NULL)]},
            "has a critical extension that is not commonly processed: 1.2.3.4.5",
        ),
    ],
    ids=str,
)
def test_an_issuer_must_be_one(changes: dict[str, Any], fault: str) -> None:
    """Whoever has a server's certificate and key could else sign for anybody (RFC 5280 section 6.1.4)."""
    report = judged((ROOT,), it=(it := leaf(issuer=intermediate(**changes))), chain=it.chain)
    words = "the path to Test Root R1, a root of trust_store, is not valid: Test Intermediate I1, which signed www."
    assert [f"{words}example.com, {fault}"] == [each.message for each in report.findings if each.rule == RULE]


@pytest.mark.parametrize(
    ("changes", "below", "fault"),
    [
        ({"path_length": 0}, {}, "Test Intermediate I1 allows 0 CA certificates below it, and has 1"),
        (
            {"name_constraints": (("DNS:example.net",), ())},
            {},
            "dNSName www.example.com is outside the permitted example.net (Test Intermediate I1 says so)",
        ),
        (
            {"name_constraints": ((), ("DNS:below.test",))},
            {"san": ("DNS:below.test",)},
            "dNSName below.test is inside the excluded below.test of Below (Test Intermediate I1 says so)",
        ),
        ({"name_constraints": (("DNS:example.com",), ())}, {}, None),
        ({"path_length": 1}, {}, None),
    ],
    ids=str,
)
def test_a_path_is_as_its_issuers_allow(changes: dict[str, Any], below: dict[str, Any], fault: str | None) -> None:
    """In length and in names, those of the CAs on it included."""
    it = leaf(issuer=authority("CN=Below,O=Example Trust", "rsa-2048-c", intermediate(**changes), **below))
    said = [each.message for each in judged((ROOT,), it.chain, it).findings if each.rule == RULE]
    assert ([f"the path to Test Root R1, a root of trust_store, is not valid: {fault}"] if fault else []) == said


@pytest.mark.parametrize("changes", [{"not_after": "2026-05-31"}, {"path_length": 0}, {"eku": ("email_protection",)}])
def test_a_root_is_not_asked(changes: dict[str, Any]) -> None:
    """That it is in the store says enough: neither its dates nor its constraints count."""
    root = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", **changes)
    assert "pass" == asked(judged((root,))).outcome.value


def test_one_valid_way_is_enough() -> None:
    """An expired cross-signed certificate beside it does no harm."""
    old = authority("CN=Old Root", "rsa-2048-d")
    cross = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", old, not_after="2026-05-31")
    chain = (INTERMEDIATE_2, INTERMEDIATE, cross)
    outcomes = [asked(judged(store, chain)).outcome.value for store in ((old, ROOT), (ROOT, old), (old,))]
    assert ["pass", "pass", "fail"] == outcomes


def test_paths_may_be_given_in_any_order() -> None:
    """That they stand wrongly is another rule's."""
    assert "pass" == asked(judged((ROOT,), (INTERMEDIATE, INTERMEDIATE_2))).outcome.value


@pytest.mark.parametrize("field", ["basic_constraints", "not_after", "name_constraints"])
def test_what_cannot_be_read_of_an_issuer_is_undecided(field: str) -> None:
    """It may forbid what is below it."""
    data = [LEAF.pem.encode(), None, (INTERMEDIATE_2.pem + INTERMEDIATE.pem).encode()]
    submission = gather(data, ("c", "k", "ch"), store=trust.load("store", ROOT.pem.encode()))
    assert submission.trust is not None
    (path,) = submission.trust.paths
    broken = (path[0], path[1].replace(unread=frozenset((field,))), *path[2:])
    (report,) = judge_all(
        submission.replace(trust=submission.trust.replace(paths=(broken,))), (wanted("cloudfront", "2026-06-01"),)
    )
    assert ("skip", f"{field} of Test Intermediate I2 cannot be read") == (
        asked(report).outcome.value,
        asked(report).reason,
    )


def test_names_that_cannot_be_read_are_not_within_constraints() -> None:
    """Neither are they outside."""
    it = leaf(issuer=intermediate(name_constraints=(("DNS:example.com",), ())), san=None, extra_extensions=[
        ("subject_alt_name", False, der.NULL)
    ])  # fmt: skip
    assert "the names of www.example.com cannot be read" == asked(judged((ROOT,), it.chain, it)).reason


def test_the_comparison_of_names_is_bounded() -> None:
    """Many CAs with many names and many constraints each are not compared."""
    many = tuple(f"DNS:{number}.test" for number in range(600))
    it = leaf(issuer=intermediate(name_constraints=((), many)), san=("DNS:www.example.com", *many))
    assert "too many names and name constraints to compare" == asked(judged((ROOT,), it.chain, it)).reason


def test_a_key_identifier_does_not_outweigh_a_signature() -> None:
    """It is a hint where to look; a root that was issued again has another one, and the same key."""
    root = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", ski=b"another identifier")
    assert "pass" == asked(judged((root,))).outcome.value


OTHER_ID = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", ski=b"another identifier")


def differs(store: Sequence[Certificate], chain: Sequence[Certificate], it: Certificate = LEAF) -> list[str]:
    """Return what browsers are told about a root that is not the one that a certificate asks for."""
    key, given = load_key(it.key).pem, "".join(each.pem for each in chain) or None
    roots = "".join(each.pem for each in store)
    report = check(it.pem, key, given, "webpki", "2026-06-01", trust_store=roots)
    return [each.message for each in report.findings if each.rule == "chain-root-key-identifier-differs"]


def asking_for(serial: int, issuer: str) -> Certificate:
    """Return an intermediate below ROOT that asks for an issuer with this serial number and issuer."""
    wanted = der.sequence(der.context(1, der.context(4, name(issuer))), der.tlv(0x82, der.integer(serial)[2:]))
    return intermediate(aki=False, extra_extensions=[("authority_key_identifier", False, wanted)])


@pytest.mark.parametrize(
    ("store", "chain", "it", "said"),
    [
        ((OTHER_ID,), (INTERMEDIATE_2, INTERMEDIATE), LEAF, "Test Intermediate I1, but is not the one that"),
        ((OTHER_ID,), (), leaf(issuer=ROOT), "a root of trust_store, signed www.example.com, but"),
        ((ROOT,), (asking_for(5, "CN=X"),), leaf(issuer=asking_for(5, "CN=X")), "one with another serial number or"),
        ((ROOT,), (INTERMEDIATE_2, INTERMEDIATE), LEAF, ""),
        ((OTHER_ID, ROOT), (INTERMEDIATE_2, INTERMEDIATE), LEAF, ""),
        ((authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", ski=False),), (INTERMEDIATE,), leaf(), ""),
        ((OTHER_ROOT,), (INTERMEDIATE_2, INTERMEDIATE), LEAF, ""),
    ],
    ids=["intermediate", "leaf", "serial number", "fits", "one fits", "no identifier", "no path"],
)
def test_a_root_that_a_certificate_does_not_ask_for_is_told(
    store: Sequence[Certificate], chain: Sequence[Certificate], it: Certificate, said: str
) -> None:
    """The signature verifies, but openssl finds no root; where one of several fits, there is nothing to say."""
    assert ([True] if said else []) == [said in message for message in differs(store, chain, it)]


def test_who_is_trusted_by_itself_asks_for_nobody() -> None:
    """There is no root above."""
    own = certificate("CN=server.example.com", "rsa-2048-f", san=("DNS:server.example.com",), aki=b"another")
    assert [] == differs((own,), (), own)


def test_a_root_in_the_chain_is_told_once() -> None:
    """There the rule about the chain says it."""
    assert [] == differs((OTHER_ID,), (INTERMEDIATE_2, INTERMEDIATE, OTHER_ID))


def test_of_more_roots_than_are_looked_at_one_may_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody says that none does."""
    monkeypatch.setattr(trust, "MAX_PATHS", 1)
    assert [] == differs((OTHER_ID, ROOT), (INTERMEDIATE_2, INTERMEDIATE))


@pytest.mark.once
@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
@pytest.mark.parametrize("store", [(ROOT,), (OTHER_ID,), (OTHER_ID, ROOT)], ids=["fits", "differs", "one fits"])
def test_openssl_does_what_is_said_of_it(store: Sequence[Certificate], tmp_path: Path) -> None:
    """It refuses what the rule is about, and nothing else of these."""
    chain = (INTERMEDIATE_2, INTERMEDIATE)
    for file, certificates in (("roots", store), ("chain", chain), ("leaf", (LEAF,))):
        (tmp_path / file).write_text("".join(each.pem for each in certificates))
    command = ["openssl", "verify", "-attime", "1780272000", "-CAfile", "roots", "-untrusted", "chain", "leaf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert bool(differs(store, chain)) == (done.returncode != 0)


def test_more_ways_than_are_followed_are_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none of the first is valid, another may be."""
    expired = intermediate(not_after="2026-05-31")
    it = leaf(issuer=expired)
    chain = (expired, intermediate(not_after="2026-05-30"))
    assert "fail" == asked(judged((ROOT,), chain, it)).outcome.value
    monkeypatch.setattr(trust, "MAX_PATHS", 1)
    assert "there are more ways to a root than are followed" == asked(judged((ROOT,), chain, it)).reason
    monkeypatch.setattr(trust, "MAX_PATHS", 10)
    monkeypatch.setattr(trust, "MAX_STEPS", 2)
    assert "there are more ways to a root than are followed" == asked(judged((ROOT,), chain, it)).reason


def test_certificates_that_signed_each_other_lead_nowhere() -> None:
    """A circle is walked once."""
    one = authority("CN=One", "rsa-2048-c", authority("CN=Two", "rsa-2048-d"))
    two = authority("CN=Two", "rsa-2048-d", authority("CN=One", "rsa-2048-c"))
    it = leaf(issuer=one)
    assert "fail" == asked(judged((ROOT,), (one, two), it)).outcome.value


# --------------------------------------------------------------------------------------------------------- stores


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "store: there is no certificate in this trust store"),
        (b"hello\n", "store: there is no certificate in this trust store"),
        (ROOT.pem.encode() + load_key("rsa-2048-f").pem.encode(), "line 21: this is no certificate that can be read"),
        (b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "store: line 1: this is no certificate"),
        (ROOT.pem.encode() + b" " * MAX_BYTES, "store: this trust store cannot be read in full: only the first 4"),
        (ROOT.pem.encode() * (MAX_BLOCKS + 1), "store: line 20001: this trust store cannot be read in full: only the"),
        (ROOT.pem.encode() * 2 + ROOT.pem.encode()[:400], "store: line 41: this trust store cannot be read in full: "),
    ],
)
def test_junk_in_a_trust_store_is_refused(data: bytes, message: str) -> None:
    """A store that cannot be read in full is not the one that the user means."""
    with pytest.raises(ValueError, match=message):
        trust.load("store", data)


def test_a_trust_store_has_an_account_of_its_own() -> None:
    """Each of its certificates is within the limits, and forty of them with 2,000 names each would take seconds."""
    large = authority("CN=Large", "rsa-2048-a", san=[f"DNS:{number}" for number in range(2_000)])
    assert 1 == len(trust.load("store", large.pem.encode()).roots)
    reason = "in full: it was not looked at: there is too much in all inputs together, most of all ASN"
    with pytest.raises(ValueError, match=reason):
        trust.load("store", large.pem.encode() * 40)


def test_what_may_sign_nothing_is_nobodys_root() -> None:
    """A server's own certificate in a store would make any chain trusted that it signed."""
    message = r"store: line 21: www\.example\.com is no CA certificate, so it is nobody's root; give that of its CA"
    with pytest.raises(ValueError, match=message):
        trust.load("store", ROOT.pem.encode() + LEAF.pem.encode())


def test_a_self_signed_certificate_is_trusted_by_itself_alone() -> None:
    """Whoever put it into the store meant it; what it signed, nobody."""
    own = certificate("CN=server.example.com", "rsa-2048-f", san=("DNS:server.example.com",))
    assert "pass" == asked(judged((own,), (), own)).outcome.value
    signed = leaf(issuer=own)
    assert ["fail", "skip"] == [asked(judged((own,), chain, signed)).outcome.value for chain in ((own,), ())]


def test_a_root_of_version_1_is_a_root() -> None:
    """It has no extensions to say so."""
    old = authority("CN=Old Root,O=Old", "rsa-2048-a", version=1)
    assert "pass" == asked(judged((old,), (), leaf(issuer=old))).outcome.value


def test_a_bare_der_root_is_a_store() -> None:
    """As any input may be."""
    assert {ROOT.der} == trust.load("store", ROOT.der).roots


def test_the_library_names_stores_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """``system`` and ``mozilla``; what is missing is a ValueError."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setattr(trust, "_SYSTEM_FILES", ())
    with pytest.raises(ValueError, match="there is no trust store of the system"):
        check(LEAF.pem, target="cloudfront", trust_store="system")


def test_the_system_says_where_its_store_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As OpenSSL has it, by SSL_CERT_FILE."""
    path = tmp_path / "roots.pem"
    path.write_text(ROOT.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    assert (f"system ({path})", ROOT.pem.encode()) == trust.find("system")


def test_a_place_of_the_system_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first that is there."""
    path = tmp_path / "roots.pem"
    path.write_text(ROOT.pem)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setattr(trust, "_SYSTEM_FILES", (str(tmp_path / "none"), str(path)))
    assert f"system ({path})" == trust.find("system")[0]


@pytest.mark.skipif(importlib.util.find_spec("certifi") is None, reason="needs certifi")
def test_mozilla_is_certifi() -> None:
    """Over a hundred roots, all of which can be read."""
    name, data = trust.find("mozilla")
    assert (True, True) == (name.startswith("mozilla (certifi "), len(trust.load(name, data).roots) > 100)


def test_without_certifi_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An optional extra."""
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name == "certifi":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.delitem(sys.modules, "certifi", raising=False)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(SourceError, match="python -m pip install certifi"):
        trust.find("mozilla")


def test_a_file_is_a_store(tmp_path: Path) -> None:
    """Named as it was given."""
    path = tmp_path / "roots.pem"
    path.write_text(ROOT.pem)
    assert (str(path), ROOT.pem.encode()) == trust.find(str(path))
