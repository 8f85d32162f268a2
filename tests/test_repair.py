"""What fix makes of a submission: what is certain is repaired, everything else is named and left as it was."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import pemcheck.budget
import pemcheck.chain
from fixtures import der
from fixtures.build import (
    AT,
    INTERMEDIATE,
    INTERMEDIATE_2,
    INTERMEDIATE_3,
    PASSPHRASE,
    ROOT,
    Case,
    Certificate,
    authority,
    ec_leaf,
    leaf,
)
from fixtures.generate import CASES, HERE
from fixtures.judged import FILES, REPLACES, TRUST_STORE, gather, read_expected, read_header, wanted
from fixtures.sign import load_key
from pemcheck import armor, checking, crypto, gathering
from pemcheck.asn1 import rewriting
from pemcheck.encryption import Passphrase
from pemcheck.facts import PrivateKey
from pemcheck.findings import Report, Severity, Verdict
from pemcheck.repair import NAMES, Plan, plan
from pemcheck.repair import key as repair_key
from pemcheck.repair import path as repair_path
from pemcheck.rules import chain as chain_rules
from pemcheck.rules.table import repair
from pemcheck.submission import Submission
from pemcheck.targets import Want

pytestmark = pytest.mark.once

OPENSSL = shutil.which("openssl")
BLOCK = rb"-----BEGIN ([A-Z ]+)-----\n(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n-----END \1-----\n"

LEAF_3 = leaf(issuer=INTERMEDIATE_3)
OLD_ROOT = authority("CN=Old Root,O=Old Trust", "rsa-2048-d", not_before="2000-09-30", not_after="2035-09-30")
CROSS = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", OLD_ROOT)
EXPIRED_CROSS = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", OLD_ROOT, not_after="2026-05-01")

REPAIRED = (
    *("cert-contains-key", "cert-more-than-one", "cert-is-not-the-leaf", "roles-swapped", "chain-contains-leaf"),
    *("chain-contains-non-cert", "chain-contains-unrelated", "chain-cross-signed", "chain-out-of-order"),
    *("input-encoded-twice", "input-is-der", "input-is-utf16", "input-without-markers"),
    *("key-explicit-curve", "key-without-curve", "pem-blank-or-indented-lines", "pem-markers-share-a-line"),
    *("pem-on-one-line", "pem-trailing-spaces", "thread-01-bundle-as-the-certificate", "input-has-bom-iam"),
)
"""Cases that are refused for what can be repaired."""


def report(files: Mapping[str, bytes], want: Want) -> Report:
    """Return what the target says to these files."""
    return checking.judge_all(gather(files), (want.replace(command=()),))[0]


def errors(found: Report) -> list[str]:
    """Return the rules that refuse."""
    return [finding.rule for finding in found.findings if finding.severity is Severity.ERROR]


def want_of(target: str = "acm", **options: Any) -> Want:
    """Return what is asked of a submission."""
    return checking.wanted(target, options.pop("at", AT), **options)


def written(planned: Plan) -> dict[str, bytes]:
    """Return the files of a plan by name."""
    return {NAMES[role]: data for role, data in planned.contents().items()}


def submission(case: Case) -> Submission:
    """Return the facts of a case."""
    return gather(case.contents())


def planned(case: Case, offered: tuple[Certificate, ...] = (), keep_root: bool = False, **options: Any) -> Plan:
    """Return the plan for a case, completed from what is *offered*."""
    more = [each for pem in offered for each in gathering.look(pem.pem.encode(), "offered.pem").certificates]
    return plan(submission(case), want_of(case.target, at=case.at, **options), keep_root, more)


def chain(found: Plan) -> list[str]:
    """Return the titles of the chain."""
    return [piece.title for piece in found.chain]


AVAILABLE = crypto.backend()["unavailable"] is None
PHRASES = (PASSPHRASE.encode(), b"correct horse")


@cache
def fixed(name: str) -> tuple[Submission, Want, Report, Plan, dict[str, bytes], Report]:
    """Return a case of the fixtures before and after."""
    header = read_header(read_expected(name)[0])
    files = {path.name: path.read_bytes() for path in (HERE / name).glob("*.pem")}
    want = wanted(header["target"][0], header["at"][0], header)
    given = closed = gather(files)
    if any(key.encrypted for each in given.inputs for key in each.keys):
        opened = [gather(files, passphrase=Passphrase(each)) for each in PHRASES]
        given = next((it for it in opened if it.key is not None and it.key.secret), given)
    found = plan(given, want)
    kept = {key: value for key, value in files.items() if key in (REPLACES, TRUST_STORE)}
    after = written(found)
    return given, want, checking.judge_all(closed, (want,))[0], found, after, report({**after, **kept}, want)


# ------------------------------------------------------------------------------------------- every case there is


@pytest.mark.parametrize("name", CASES)
def test_what_is_written_draws_no_more_errors(name: str) -> None:
    """And what was accepted stays accepted."""
    _, _, before, _, after, judged = fixed(name)

    assert not after or len(errors(judged)) <= len(errors(before))
    assert before.verdict is not Verdict.ACCEPTED or judged.verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("name", CASES)
def test_certificates_stay_byte_for_byte_and_keys_stay_the_same(name: str) -> None:
    """Nothing is invented: what is written was given."""
    given, _, _, _, after, judged = fixed(name)
    certificates = {each.der for found in given.inputs for each in found.certificates}
    out = judged.submission
    chosen = {each.der for found in out.inputs for each in found.certificates}

    assert not after or chosen <= certificates
    if out.key is not None and out.key.public is not None and given.key is not None and given.key.public is not None:
        secrets = {key.secret or key.seed for found in given.inputs for key in found.keys}
        assert (out.key.secret or out.key.seed) in secrets


@pytest.mark.parametrize("name", CASES)
def test_only_clean_pem_is_written(name: str) -> None:
    """LF, 64 columns, nothing outside the blocks, and no rule about form has anything to say."""
    _, _, _, _, after, judged = fixed(name)
    form = [check.rule for check in judged.findings if check.rule.startswith(("pem-", "input-")) and after]

    assert all(re.fullmatch(rb"(?:" + BLOCK + rb")+", data) for data in after.values())
    assert [] == form


@pytest.mark.parametrize("name", CASES)
def test_what_is_written_needs_no_second_fix(name: str) -> None:
    """Fixing twice changes nothing."""
    _, want, _, _, after, _ = fixed(name)
    again = plan(gather(after), want)

    assert not after or (after, ()) == (written(again), again.changes)


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("clean-")])
def test_what_is_clean_stays_as_it_is(name: str) -> None:
    """Not one byte changes without a reason."""
    _, _, _, found, after, _ = fixed(name)
    given = {file: data for file, data in CASES[name].contents().items() if file in FILES}

    assert (given, (), ()) == (after, found.changes, found.remaining)


@pytest.mark.parametrize("name", REPAIRED)
def test_what_is_refused_for_its_form_or_order_is_accepted_afterwards(name: str) -> None:
    """And each change is said."""
    _, _, before, found, _, judged = fixed(name)

    assert (Verdict.REFUSED, Verdict.ACCEPTED) == (before.verdict, judged.verdict)
    assert found.changes


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
@pytest.mark.parametrize("name", [*REPAIRED, *(name for name in CASES if name.startswith("clean-"))])
def test_openssl_takes_what_was_written(name: str, tmp_path: Path) -> None:
    """The key too, and it is the certificate's if it was before; the chain verifies if it did."""
    _, _, _, _, after, judged = fixed(name)
    for file, data in after.items():
        (tmp_path / file).write_bytes(data)

    def openssl(*words: str) -> str:
        ran = subprocess.run([str(OPENSSL), *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        return ran.stdout if ran.returncode == 0 else f"failed: {ran.stderr}"

    public = openssl("x509", "-in", "certificate.pem", "-noout", "-pubkey")
    assert "failed" not in public
    if "private-key.pem" in after and judged.submission.pair is not None and judged.submission.pair.matches:
        assert public == openssl("pkey", "-in", "private-key.pem", "-pubout")
    if "certificate-chain.pem" in after:
        command = ("verify", "-partial_chain", "-no_check_time", "-untrusted", "certificate-chain.pem")
        last = armor.encode("CERTIFICATE", judged.submission.chain[-1].der)
        (tmp_path / "top.pem").write_bytes(last)
        assert "certificate.pem: OK\n" == openssl(*command, "-CAfile", "top.pem", "certificate.pem")


NAMED = re.compile(r"`python -m pemcheck fix (?!new-store)([^`]*) --out-dir new`")


@pytest.mark.parametrize("name", CASES)
def test_fix_is_named_only_where_it_repairs(name: str) -> None:
    """What a finding recommends makes it go away, and the command names what was given and where it goes."""
    given, _, before, _, after, judged = fixed(name)
    recommended = {each.rule: NAMED.findall(each.fix) for each in before.findings if NAMED.search(each.fix)}
    roles = {"certificate": "certificate", "private key": "private-key", "certificate chain": "certificate-chain"}
    files: dict[str, str] = {}
    for each in given.inputs:
        files.setdefault(each.given or each.at.file, each.role)
    words = [word for file, role in files.items() if role for word in (f"--{roles[role]}", file)]
    words += [] if before.target == "acm" else ["--target", before.target]

    assert set() == recommended.keys() & {each.rule for each in judged.findings}
    # to open what is encrypted with AES takes a libcrypto
    assert not recommended or after or (name == "input-not-decrypted" and not AVAILABLE)
    assert [" ".join(words)] * len(recommended) == [
        re.sub(" --(without-key|private-ca|passphrase-file FILE)", "", command) for (command,) in recommended.values()
    ]


NOT_NAMED = ("thread-01-bundle-as-the-certificate", "key-without-curve", "chain-contains-non-cert")
"""Cases of no rule, or where a chain has still to be found, or it takes a proof to know whether fix repairs them."""


@pytest.mark.parametrize("name", [name for name in REPAIRED if name not in NOT_NAMED])
def test_fix_is_named_where_it_repairs(name: str) -> None:
    """By the rule that the case is about."""
    _, _, before, _, _, _ = fixed(name)
    rule = name.removesuffix("-iam") if name.endswith("-iam") else name
    rule = "chain-contains-unrelated" if rule == "chain-cross-signed" else rule

    assert [True] == [bool(NAMED.search(each.fix)) for each in before.findings if each.rule == rule][:1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ""),
        ({"without_key": True}, " --without-key"),
        ({"private_ca": True}, " --private-ca"),
        ({"target": "cloudfront"}, " --target cloudfront"),
        ({"target": "mine"}, " --target TARGET.toml"),
    ],
)
def test_the_command_says_what_was_said(options: dict[str, Any], words: str) -> None:
    """Otherwise it would write for another target, or ask for the key; a name is one word of a shell."""
    want = want_of().replace(**{**options, "target": want_of().target})
    want = want.replace(
        files=(("certificate", "my cert.pem"), ("private key", "<stdin>"), ("certificate chain", "env:C"))
    )
    want = want.replace(target=want.target.replace(name=options.get("target", "acm")))

    assert (
        "`python -m pemcheck fix --certificate 'my cert.pem' --private-key FILE --certificate-chain env:C"
        f"{words} --out-dir new`"
    ) == repair(want)


def test_fix_is_not_named_where_roles_are_open() -> None:
    """Two inputs of one role are no command."""
    given = submission(Case(leaf(), chain=[leaf(), INTERMEDIATE]))
    open_ended = given.replace(inputs=tuple(each.replace(role="certificate") for each in given.inputs))
    found = checking.judge_all(open_ended, (want_of(),))[0]

    assert "chain-contains-leaf" in {each.rule for each in found.findings}
    assert [] == [each.rule for each in found.findings if NAMED.search(each.fix)]


def damaged(data: bytes, luck: random.Random) -> bytes:
    """Return *data* with a few bytes, or a piece, changed."""
    pieces = bytearray(data)
    for _ in range(luck.randrange(1, 6)):
        where = luck.randrange(len(pieces))
        if luck.random() < 0.7:
            pieces[where] ^= 1 << luck.randrange(8)
        elif luck.random() < 0.5:
            del pieces[where : where + luck.randrange(1, 90)]
        else:
            pieces[where:where] = pieces[: luck.randrange(1, 200)]
        if not pieces:
            break
    return bytes(pieces)


@pytest.mark.parametrize("name", ["chain-out-of-order-with-root", "key-explicit-curve", "chain-cross-signed"])
def test_no_bytes_make_it_raise_or_worse(name: str) -> None:
    """Whatever becomes of the files on their way."""
    luck = random.Random(name)
    want = want_of()
    for _ in range(60):
        files = {file: damaged(data, luck) for file, data in CASES[name].contents().items()}
        given = gather(files)
        after = written(plan(given, want))
        assert not after or len(errors(report(after, want))) <= len(errors(report(files, want)))


# ------------------------------------------------------------------------------------------------------ the chain


def test_the_chain_is_completed_from_what_is_offered() -> None:
    """In order, whatever the order of the offer; the root is not added."""
    found = planned(Case(LEAF_3, chain=None), (ROOT, INTERMEDIATE, INTERMEDIATE_2, INTERMEDIATE_3))

    assert ["Test Intermediate I3", "Test Intermediate I2", "Test Intermediate I1"] == chain(found)
    assert "added Test Intermediate I3 (offered.pem:1), whose signature on www.example.com verifies" == found.changes[0]
    assert () == found.remaining


def test_a_gap_is_closed_from_what_is_offered() -> None:
    """What stands above it belongs to the path then."""
    case = Case(LEAF_3, chain=[INTERMEDIATE_3, INTERMEDIATE])

    assert ["Test Intermediate I3", "Test Intermediate I2", "Test Intermediate I1"] == (
        chain(planned(case, (INTERMEDIATE_2,)))
    )


def test_another_issuer_in_the_place_of_the_right_one_is_left_out_once_that_is_offered() -> None:
    """The intermediate of another year goes."""
    other = authority("CN=Test Intermediate I0,O=Example Trust", "rsa-2048-e", ROOT)
    found = planned(Case(leaf(), chain=[other]), (INTERMEDIATE,))

    assert ["Test Intermediate I1"] == chain(found)


def test_a_gap_that_only_moves_is_still_one() -> None:
    """What was offered closes one of two gaps; what is above the other stays, so that nobody takes it for whole."""
    case = Case(leaf(issuer=INTERMEDIATE_3), chain=[INTERMEDIATE_3, ROOT])
    found = planned(case, (INTERMEDIATE_2,))

    assert ["Test Intermediate I3", "Test Intermediate I2", "Test Root R1"] == chain(found)
    assert "CN=Test Intermediate I1" in found.remaining[0]
    assert "subject key identifier" in found.remaining[0]
    assert "http://ca.example.com/" in found.remaining[0]


def test_a_gap_that_turns_out_to_be_none_is_closed() -> None:
    """What was given for the issuer, and is not on the path to the root that was found, is foreign."""
    foreign = authority("CN=Foreign CA", "rsa-2048-e", authority("CN=Foreign Root", "rsa-2048-d"))
    mine = authority("CN=Test Intermediate I9", "rsa-2048-c", ROOT)
    found = planned(Case(leaf(issuer=mine), chain=[mine, foreign]), (ROOT,))

    assert ["Test Intermediate I9"] == chain(found)


def test_what_is_offered_must_have_signed() -> None:
    """A name and a key identifier are not enough, nor a signature that nobody can verify."""
    impostor = authority("CN=Test Intermediate I1,O=Example Trust", "rsa-2048-e", ROOT)
    found = planned(Case(leaf(), chain=None), (impostor,))

    assert ([], 1) == (chain(found), len(found.remaining))


def test_an_unexpired_path_is_preferred() -> None:
    """The cross-signed root that expired goes, and with it its own root."""
    found = planned(Case(leaf(), chain=[INTERMEDIATE, EXPIRED_CROSS, OLD_ROOT, ROOT]))
    why = {str(each.at): each.why for each in found.dropped}

    assert ["Test Intermediate I1"] == chain(found)
    assert "it is on a second path, and expired on 2026-05-01" in why.values()
    assert "it is on a second path" in why.values()


def test_a_path_that_is_not_yet_valid_is_the_worse_one() -> None:
    """Time runs in both directions."""
    young = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", OLD_ROOT, not_before="2026-07-01")
    found = planned(Case(leaf(), chain=[INTERMEDIATE, young, OLD_ROOT, ROOT]))

    assert ["Test Intermediate I1"] == chain(found)
    assert any("second path, and is not valid before 2026-07-01" in each.why for each in found.dropped)


def test_the_longest_of_good_paths_stays() -> None:
    """As check sees it: nothing is left out that is in its place."""
    found = planned(Case(leaf(), chain=[INTERMEDIATE, CROSS, OLD_ROOT, ROOT]))

    assert ["Test Intermediate I1", "Test Root R1"] == chain(found)


def test_an_expired_certificate_without_another_path_stays_and_is_named() -> None:
    """There is nothing to put in its place."""
    old = authority("CN=Test Intermediate I1,O=Example Trust", "rsa-2048-b", ROOT, not_after="2026-05-01")
    found = planned(Case(leaf(issuer=old), chain=[old]))

    assert ["Test Intermediate I1"] == chain(found)
    assert "expired on 2026-05-01, and there is no other path: get the certificate of" in found.remaining[0]


def test_a_certificate_that_is_known_to_break_clients_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the upper end of the path, where nobody misses it."""
    case = Case(leaf(), chain=[INTERMEDIATE, CROSS])
    sha256 = gathering.look(CROSS.pem.encode(), "x").certificates[0].sha256
    monkeypatch.setitem(chain_rules.KNOWN_BAD, sha256, "a root that expired")
    found = planned(case)

    assert ["Test Intermediate I1"] == chain(found)
    assert "this is a root that expired: it broke clients all over the world" == found.dropped[0].why


def test_another_issuer_than_the_known_bad_one_is_preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it cannot simply be cut off."""
    sha256 = gathering.look(CROSS.pem.encode(), "x").certificates[0].sha256
    monkeypatch.setitem(chain_rules.KNOWN_BAD, sha256, "a root that expired")
    found = planned(Case(leaf(issuer=ROOT), chain=[CROSS, ROOT]))

    assert [ROOT.der] == [piece.der for piece in found.chain]


def test_the_search_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many steps, with what check found."""
    monkeypatch.setattr(repair_path, "MAX_STEPS", 1)

    assert ["Test Intermediate I1"] == chain(planned(Case(leaf())))


@pytest.mark.parametrize(
    ("options", "stays"),
    [((False, False), False), ((True, False), True), ((False, True), True)],
    ids=["usually", "--keep-root", "--private-ca"],
)
def test_the_root_is_left_out_unless_it_must_stay(options: tuple[bool, bool], stays: bool) -> None:
    """A public one is of no use; a private CA's is asked for."""
    keep, private = options
    found = planned(Case(leaf(), chain=[INTERMEDIATE, ROOT]), keep_root=keep, private_ca=private)

    assert (["Test Intermediate I1"] + ["Test Root R1"] * stays) == chain(found)
    assert stays or "--keep-root keeps it" in found.dropped[0].why


def test_a_target_that_does_not_mind_the_root_keeps_it() -> None:
    """The target decides."""
    want = want_of()
    demands = tuple(each for each in want.target.demands if each.rule != "chain-contains-root")
    want = want.replace(target=want.target.replace(demands=demands))
    found = plan(submission(Case(leaf(), chain=[INTERMEDIATE, ROOT])), want)

    assert ["Test Intermediate I1", "Test Root R1"] == chain(found)


def test_a_root_that_issued_the_certificate_itself_stays() -> None:
    """Without it there would be no chain at all."""
    found = planned(Case(leaf(issuer=ROOT), chain=[ROOT]))

    assert (["Test Root R1"], ()) == (chain(found), found.changes)


def test_a_self_signed_certificate_has_no_chain() -> None:
    """Whatever was given as such."""
    found = planned(Case(leaf(issuer=None), chain=[INTERMEDIATE]))

    assert ([], ["the certificate is self-signed, and has no chain"]) == (chain(found), [e.why for e in found.dropped])


def test_copies_are_left_out() -> None:
    """Of the certificate, and of what is in the chain."""
    found = planned(Case(leaf(), chain=[leaf(), INTERMEDIATE, INTERMEDIATE]))

    assert ["Test Intermediate I1"] == chain(found)
    assert ["it is the certificate itself, which has a file of its own", "it is there already"] == (
        [each.why for each in found.dropped]
    )


def test_certificates_beside_the_key_belong_to_the_chain() -> None:
    """A bundle in one file is split."""
    found = planned(Case(leaf(), [load_key(leaf().key), leaf(), INTERMEDIATE], None))

    assert ["Test Intermediate I1"] == chain(found)
    assert any("took Test Intermediate I1 out of private-key.pem:" in each for each in found.changes)


def test_a_chain_of_too_many_signatures_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """And quickly."""
    many = [
        authority("CN=Test Intermediate I1,O=Example Trust", "rsa-2048-e", ROOT, serial=serial + 1)
        for serial in range(20)
    ]
    files = Case(leaf(), chain=many).contents()
    pem = files["certificate-chain.pem"]
    paid = iter([True] * 10)
    monkeypatch.setattr(pemcheck.budget.Budget, "take_effort", lambda *_: next(paid, False))
    found = plan(gather(files), want_of())

    assert pem == written(found)["certificate-chain.pem"]
    assert any("more signatures in the chain than are verified" in each for each in found.remaining)


def test_many_certificates_of_one_name_take_no_time() -> None:
    """The search is bounded, as that of check is."""
    files = {**Case(leaf()).contents(), "certificate-chain.pem": (INTERMEDIATE.pem * 1000).encode()}
    given = gather(files)
    start = time.monotonic()
    found = plan(given, want_of())

    assert (["Test Intermediate I1"], True) == (chain(found), time.monotonic() - start < 2)
    assert "left out 949 more" in found.changes


def test_a_link_through_a_field_that_cannot_be_read_stays() -> None:
    """What nobody can read is not blamed."""
    unread = authority("CN=Test Intermediate I1,O=Example Trust", "rsa-2048-b", ROOT)
    given = submission(Case(leaf(), chain=[unread]))
    assert given.path is not None
    strange = given.chain[0].replace(subject=given.chain[0].issuer, unread=frozenset(("subject",)))
    path = given.path.replace(path=(strange,), certificates=(strange,))
    inputs = tuple(
        each.replace(objects=(strange,)) if each.role == "certificate chain" else each for each in given.inputs
    )
    found = plan(given.replace(chain=(strange,), path=path, inputs=inputs), want_of())

    assert ["?"] == chain(found)


# -------------------------------------------------------------------------------------------------------- the key


def form(name: str, certificate: Certificate | None = None, target: str = "acm", pem: str = "") -> repair_key.Form:
    """Return what becomes of a key of the fixtures."""
    given = gather(Case(certificate or leaf(), pem or load_key(name).pem, None).contents())
    assert given.key is not None
    assert given.leaf is not None
    return repair_key.form_of(given.key, given.leaf, want_of(target))


KEYS = sorted(path.stem for path in (HERE / "keys").glob("*.pem"))


@pytest.mark.parametrize("name", [name for name in KEYS if not name.startswith(("openssh", "p256-explicit"))])
def test_a_key_in_an_accepted_form_stays_byte_for_byte(name: str) -> None:
    """Whatever its algorithm; an encrypted one cannot be written."""
    found = form(name)
    expected = ("", b"") if "encrypted" in name else ("PRIVATE KEY", load_key(name).der)

    assert "encrypted" in name or load_key(name).pem.encode() == armor.encode(found.label, found.der)
    assert "encrypted" not in name or (*expected, 1) == (found.label, found.der, len(found.remains))


@pytest.mark.parametrize("name", ["openssh-ec", "openssh-ed25519", "openssh-rsa", "openssh-encrypted"])
def test_what_could_not_be_read_is_not_written(name: str) -> None:
    """The reason is said, the key is not."""
    found = form(name)

    assert found.der or "is not written: it " in found.remains[0].text


@pytest.mark.parametrize("target", ["acm", "iam", "acm-2017-cli", "acm-2017-console"])
@pytest.mark.parametrize("name", ["rsa-2048-f", "rsa-multi-prime", "rsa-pss", "p256-a", "ed25519-a"])
def test_pkcs8_becomes_pkcs1_where_the_documents_show_only_that(name: str, target: str) -> None:
    """Of RSA keys, for the targets of 2017."""
    found = form(name, target=target)
    converts = target.startswith("acm-2017") and name in ("rsa-2048-f", "rsa-multi-prime")

    assert ("RSA PRIVATE KEY" if converts else "PRIVATE KEY", converts) == (found.label, bool(found.changes))


def sec1(name: str, parameters: bytes = b"") -> bytes:
    """Return an EC key of the fixtures in SEC 1's form, with these parameters."""
    key = load_key(name)
    version, scalar, *rest = der.children(key.der if "EC PRIVATE" in key.pem else key.secret)
    return der.sequence(version, scalar, *([der.context(0, parameters)] if parameters else []), rest[-1])


def pkcs8(name: str, algorithm: bytes, inner: bytes) -> bytes:
    """Return an EC key of the fixtures in PKCS#8's form, with this AlgorithmIdentifier and this key inside."""
    return der.sequence(der.integer(0), algorithm, der.octets(inner))


EXPLICIT = der.children(load_key("p256-explicit").algorithm)[1]
NAMED_CURVE = der.children(load_key("p256-a").algorithm)[1]
EC = der.children(load_key("p256-a").algorithm)[0]
OF_EXPLICIT = ec_leaf(spki=der.sequence(load_key("p256-a").algorithm, der.children(load_key("p256-explicit").spki)[1]))


@pytest.mark.parametrize("written_as", ["sec1", "pkcs8", "pkcs8 with parameters inside too"])
def test_the_parameters_of_a_named_curve_become_its_name(written_as: str) -> None:
    """Wherever they stand in the key."""
    name = "p256-explicit"
    if written_as == "sec1":
        label, given, expected = "EC PRIVATE KEY", sec1(name, EXPLICIT), sec1(name, NAMED_CURVE)
    else:
        label, inside = "PRIVATE KEY", (EXPLICIT, NAMED_CURVE) if "inside" in written_as else (b"", b"")
        given = pkcs8(name, der.sequence(EC, EXPLICIT), sec1(name, inside[0]))
        expected = pkcs8(name, der.sequence(EC, NAMED_CURVE), sec1(name, inside[1]))
    found = form("", OF_EXPLICIT, pem=der.pem(label, given))

    assert (label, expected, ()) == (found.label, found.der, found.remains)
    assert ("replaced the curve's parameters by its name prime256v1 in the private key",) == found.changes


@pytest.mark.parametrize("label", ["EC PRIVATE KEY", "PRIVATE KEY"])
def test_a_missing_curve_is_that_of_the_certificate(label: str) -> None:
    """If the key then proves to be its."""
    name = ec_leaf().key
    bare = label == "EC PRIVATE KEY"
    given = sec1(name) if bare else pkcs8(name, der.sequence(EC), sec1(name))
    found = form("", ec_leaf(), pem=der.pem(label, given))
    expected = sec1(name, NAMED_CURVE) if bare else load_key(name).der

    assert (expected, ("named the certificate's curve prime256v1 in the private key",)) == (found.der, found.changes)


@pytest.mark.parametrize("certificate", [ec_leaf(key="p256-b"), ec_leaf(key="p384-a"), ec_leaf(key="p224"), leaf()])
def test_a_missing_curve_is_not_guessed(certificate: Certificate) -> None:
    """A key that is another's, or a certificate that tells nothing, gives no curve."""
    found = form("", certificate, pem=der.pem("EC PRIVATE KEY", sec1(ec_leaf().key)))

    assert (b"", 1) == (found.der, len(found.remains))


@pytest.mark.parametrize("broken", [b"", b"\0", load_key("p256-b").der, load_key("rsa-2048-f").der, leaf().der])
def test_what_does_not_come_back_as_the_same_key_is_not_written(broken: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours must not cost anybody a key."""
    monkeypatch.setattr(rewriting, "with_named_curve", lambda *_: broken)
    found = form("p256-explicit", OF_EXPLICIT)

    assert (b"", True) == (found.der, "so that it stays the certificate's" in found.remains[0].text)


def test_a_key_that_cannot_be_rewritten_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the exception, which could quote it, is not shown."""

    def fail(*_: object) -> bytes:
        raise ValueError("secret 4711")

    monkeypatch.setattr(rewriting, "with_named_curve", fail)
    found = form("p256-explicit", OF_EXPLICIT)

    assert (b"", False) == (found.der, "4711" in repr(found))


def read_key(name: str) -> PrivateKey:
    """Return the facts of a key of the fixtures."""
    return gathering.look(load_key(name).pem.encode(), "key.pem").keys[0]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"encrypted": True, "encryption": "aes256_cbc"}, "decrypted the private key (aes256_cbc)"),
        ({"body": "openssh", "der": b"openssh-key-v1"}, "converted the private key from OpenSSH's form to PKCS#8"),
        ({"body": "strange", "format": "strange"}, "converted the private key from strange to PKCS#8"),
    ],
)
@pytest.mark.parametrize("secret", [True, False])
def test_what_was_opened_becomes_pkcs8(changes: dict[str, Any], says: str, secret: bool) -> None:
    """However it was locked away."""
    key = read_key("rsa-2048-f").replace(**changes)
    key = key if secret else key.replace(secret=())
    certificate = gathering.look(leaf().pem.encode(), "x").certificates[0]
    found = repair_key.form_of(key, certificate, want_of())

    assert ("PRIVATE KEY", load_key("rsa-2048-f").der, (says,)) == (found.label, found.der, found.changes)


def test_a_wrong_label_is_replaced() -> None:
    """By the one that belongs to what is inside."""
    found = form("", pem=load_key("rsa-2048-f").pem.replace("PRIVATE KEY", "RSA PRIVATE KEY"))

    assert ("PRIVATE KEY", ("replaced the label RSA PRIVATE KEY of the private key by PRIVATE KEY",)) == (
        found.label,
        found.changes,
    )


def test_a_key_of_version_2_becomes_one_of_version_1() -> None:
    """Without the public key beside it: every reader takes that."""
    _, _, _, found, after, judged = fixed("key-pkcs8-version-2")

    assert load_key("rsa-2048-f").pem.encode() == after["private-key.pem"]
    assert "took the public key out of the private key's PKCS#8, of which older readers know version 1 only" in (
        found.changes
    )
    assert "key-pkcs8-version-2" not in [each.rule for each in judged.findings]


def test_a_key_that_contradicts_itself_is_named_and_stays() -> None:
    """Which of its numbers is wrong, nobody knows."""
    _, _, _, found, after, _ = fixed("key-inconsistent")

    assert "contradicts itself" in found.remaining[0]
    assert CASES["key-inconsistent"].contents()["private-key.pem"] == after["private-key.pem"]


# -------------------------------------------------------------------------------------------------- who is who


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("cert-expired", "www.example.com (certificate.pem:1) expired on 2026-03-01: have it issued anew"),
        ("key-does-not-match", "is not the key of www.example.com (certificate.pem:1)"),
        ("key-of-the-issuer", "is not the key of www.example.com (certificate.pem:1)"),
        ("key-missing", "there is no private key of www.example.com"),
        ("key-unreadable", "is not written: it cannot be read; export it again from where it was made"),
        ("chain-missing", "get the certificate of CN=Test Intermediate I1,O=Example Trust (subject key identifier"),
        ("input-is-jks", "certificate.pem: this is a Java key store (JKS), not PEM, and stays closed; `keytool "),
        ("cert-missing", "the certificate itself is missing, there are only those of CAs: Test Intermediate I1"),
    ],
)
def test_what_cannot_be_repaired_is_said(name: str, says: str) -> None:
    """With what to get."""
    assert any(says in each for each in fixed(name)[3].remaining)


def test_an_encrypted_key_needs_its_passphrase() -> None:
    """Without it, it stays what it is."""
    found = plan(gather(CASES["key-encrypted"].contents()), want_of())

    why = "and only its passphrase opens it" if AVAILABLE else "which takes a libcrypto to undo that is not here"

    assert f"is encrypted (pbes2, pbkdf2, aes256_cbc), {why}" in " ".join(found.remaining)


def test_without_any_certificate_nothing_is_written() -> None:
    """A key alone is of no use, and its copies are a risk."""
    found = plan(gather({"private-key.pem": load_key("rsa-2048-f").pem.encode()}), want_of())

    assert ({}, True) == (found.contents(), "there is no certificate in what was given" in found.remaining[0])


def test_two_candidates_are_not_chosen_from() -> None:
    """Without a key that decides, both are named."""
    found = plan(submission(Case(None, None, [leaf(), web()])), want_of())

    assert ({}, True) == (found.contents(), "which certificate is meant cannot be told" in found.remaining[0])


def web() -> Certificate:
    """Return another end-entity certificate."""
    return leaf(subject="CN=other.example.com", san=("DNS:other.example.com",), key="rsa-2048-g")


def test_a_key_that_is_elsewhere_is_left_out() -> None:
    """As --without-key says, although it was found beside the certificate."""
    found = planned(Case([leaf(), load_key("rsa-2048-f")], None), without_key=True)

    assert (None, ["the key is elsewhere, as --without-key says"], ()) == (
        found.key,
        [each.why for each in found.dropped],
        found.remaining,
    )


def test_another_key_is_left_out() -> None:
    """The certificate's own is taken, wherever it stands."""
    found = planned(Case([leaf(), load_key("rsa-2048-f")], load_key("rsa-2048-g")))

    assert found.key is not None
    assert ("certificate.pem", ["it is not the certificate's"]) == (
        found.key.at.file,
        [each.why for each in found.dropped],
    )


def test_a_key_nobody_can_compare_is_not_called_wrong() -> None:
    """It is written, and check says what it thinks of it."""
    _, _, _, found, after, _ = fixed("cert-key-algorithm-not-accepted-ml-dsa")

    assert ((), True) == (found.remaining, "private-key.pem" in after)


def test_no_repr_shows_a_key() -> None:
    """Nor does any sentence."""
    found = planned(Case(leaf(), load_key("rsa-2048-f")))
    line = load_key("rsa-2048-f").pem.splitlines()[4]

    assert found.key is not None
    assert (False, False) == (line in repr(found), found.key.der.hex() in repr(found))


def test_a_plan_of_many_things_says_how_many_more_there_are() -> None:
    """A file of thousands of blocks does not become thousands of sentences."""
    extra = b"".join(armor.encode("NOTE", bytes([0x30, 3, 2, 1, number])) for number in range(60))
    files = Case(leaf()).contents()
    found = plan(gather({**files, "certificate-chain.pem": files["certificate-chain.pem"] + extra}), want_of())

    assert (60, "left out 10 more") == (len(found.dropped), found.changes[50])


def test_pem_is_written_as_rfc_7468_shows_it() -> None:
    """Sixty-four columns and a line end."""
    data = os.urandom(1000)

    assert re.fullmatch(BLOCK, armor.encode("CERTIFICATE", data))
    assert b"-----BEGIN X-----\nAAAA\n-----END X-----\n" == armor.encode("X", b"\0\0\0")
