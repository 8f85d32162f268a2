"""Trust stores: which roots count, and that nothing is trusted without somebody's word."""

from __future__ import annotations

import builtins
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fixtures.build import INTERMEDIATE, INTERMEDIATE_2, ROOT, Certificate, authority, certificate, leaf, load_key
from pemcheck import trust
from pemcheck.checking import check
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
        (found := trust.judge(store, (changed,))).anchored,
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
        (OTHER_ROOT.pem, {"trusted": True}, "pass"),
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
    with pytest.raises(SourceError, match=r"pip install 'pemcheck\[mozilla\]'"):
        trust.find("mozilla")


def test_a_file_is_a_store(tmp_path: Path) -> None:
    """Named as it was given."""
    path = tmp_path / "roots.pem"
    path.write_text(ROOT.pem)
    assert (str(path), ROOT.pem.encode()) == trust.find(str(path))
