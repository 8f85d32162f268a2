"""A fleet: what is found, what belongs together, and that each is judged as ``check`` judges it."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import os
import pickle
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any, Callable, Literal

import pytest

import pemcheck
from fixtures.build import (
    EC_INTERMEDIATE,
    EC_LEAF_KEY,
    INTERMEDIATE,
    INTERMEDIATE_2,
    LEAF_KEY,
    PASSPHRASE,
    ROOT,
    Certificate,
    authority,
    certificate,
    ec_leaf,
    leaf,
    pem,
    zip_archive,
)
from fixtures.generate import CASES, HERE
from fixtures.judged import TYPICAL
from fixtures.sign import load_key
from pemcheck import crypto, scanning
from pemcheck.asn1 import remembered
from pemcheck.budget import Budget
from pemcheck.checking import judge_all, wanted
from pemcheck.cli.given import read_one
from pemcheck.encryption import NOTHING
from pemcheck.gathering import Given, put_together, read_all
from pemcheck.scanning import Result, Scan, ScanError, Skipped, ignoring, running, walking
from pemcheck.scanning.index import Index
from pemcheck.submission import Undetermined

NO_LIBCRYPTO = crypto.backend()["unavailable"] is not None

AT = "2026-06-01"
ORDERS: tuple[Literal["big", "little"], ...] = ("big", "little")
WEB, EC = leaf(), ec_leaf()
OTHER = leaf(subject="CN=other.example.com", san=("DNS:other.example.com",), key="rsa-2048-g")
REKEYED = authority("CN=Test Intermediate I1,O=Example Trust", "rsa-2048-e", ROOT)
RENAMED = authority("CN=Test Renamed,O=Example Trust", "rsa-2048-b", ROOT)
"""Half of INTERMEDIATE: its name with another key, its key with another name."""
FOREIGN = authority("CN=Test Foreign,O=Example Trust", "rsa-2048-e", ROOT)

IN_PART = {
    "cert-newer-without-key": "the newer certificate is a matter of its own, and not part of this submission",
    "input-is-wrapped-in-part": "the archive holds what belongs to another certificate, and is taken in part",
}
"""Cases of which scan makes several submissions out of what check takes for one."""


def scan(*sources: Path | str, **options: Any) -> Scan:
    """Return a scan of *sources* for the usual moment, in this process unless *options* say otherwise."""
    return pemcheck.scan([*sources], **{"at": AT, "jobs": 1, **options})


def told(results: Iterable[Result], folder: Path) -> list[tuple[str, str, str, int]]:
    """Return kind, place below *folder*, verdict and number of files of each result."""
    found = [(each.kind, str(each.at), each.verdict, len(each.files)) for each in results]
    return [(kind, place.removeprefix(f"{folder}{os.sep}"), verdict, count) for kind, place, verdict, count in found]


def said(results: Iterable[Result]) -> list[tuple[str, str, str, str]]:
    """Return everything that results say, so that it can be compared."""
    return [
        (each.kind, str(each.at), each.verdict, json.dumps([it.to_dict() for r in each.reports for it in r.findings]))
        for each in results
    ]


def write(folder: Path, **files: str | bytes) -> Path:
    """Write *files* into *folder*, whose names have ``__`` for a slash and ``_`` for the dot before their ending."""
    for name, content in files.items():
        path = folder / ".".join(name.replace("__", "/").rsplit("_", 1))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def key(name: str = LEAF_KEY) -> str:
    """Return a private key as PEM."""
    return load_key(name).pem


def secret(name: str, certificate: str, private: str) -> dict[str, Any]:
    """Return a Kubernetes secret of type kubernetes.io/tls."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "web"},
        "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": certificate, "tls.key": private},
    }


# ----------------------------------------------------------------------------------------------- no result changes


def checked(result: Result) -> tuple[str, str] | None:
    """Return verdict and findings of ``check`` for the files of *result*; None where it asks which is meant."""
    given = [read_one(file) for file in result.files]
    want = wanted("acm", AT, without_key=result.kind == "certificate")
    try:
        submission = put_together(read_all(given, NOTHING, Budget()))
    except Undetermined:
        return None
    report = judge_all(submission, (scanning.of_found(want),))[0]  # the third thing that scan says otherwise
    return report.verdict.value, json.dumps([each.to_dict() for each in report.findings])


def compared(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return what scan says otherwise than check, in the folders of these cases."""
    differing = []
    for name in names:
        for each in scan(HERE / name):
            mine = each.verdict, json.dumps([finding.to_dict() for finding in each.reports[0].findings])
            if checked(each) not in (mine, None) and name not in IN_PART:
                differing.append((name, each.kind))
    return differing


@pytest.mark.once
def test_scan_says_what_check_says() -> None:
    """A submission has byte-identical findings, whoever looks at it."""
    assert [] == compared(TYPICAL[::6])


def verdict_of_folder(folder: Path) -> str:
    """Return what ``check`` says of a folder."""
    files = [Given(str(each), each.read_bytes()) for each in sorted(folder.iterdir())]
    submission = put_together(read_all(files, NOTHING, Budget()), found=[each.name for each in files])
    return judge_all(submission, (scanning.of_found(wanted("acm", AT)),))[0].verdict.value


@pytest.mark.thorough
def test_scan_and_check_of_a_folder_agree_whatever_stands_in_it(tmp_path: Path) -> None:
    """One certificate with its key, and what CAs' certificates there are, anywhere: one verdict."""
    name, key_of_issuer = "CN=Test Intermediate I1,O=Example Trust", INTERMEDIATE.key
    expired = authority(name, key_of_issuer, ROOT, not_after="2025-01-01")
    no_ca = authority(name, key_of_issuer, ROOT, ca=None, key_usage=None)
    pool = [INTERMEDIATE, INTERMEDIATE_2, ROOT, REKEYED, RENAMED, FOREIGN, expired, no_ca]
    random, differing = Random(1), []
    for number in range(150):
        child = random.choice([WEB, leaf(aki=False), leaf(issuer=INTERMEDIATE.rekeyed("rsa-2048-e"))]).pem
        texts = [child, key(), *(each.pem for each in random.sample(pool, random.randint(0, 4)))]
        texts += [child] * random.randint(0, 1)
        folder = tmp_path / str(number)
        folder.mkdir()
        for text in random.sample(texts, len(texts)):
            with open(folder / f"{random.randint(1, len(texts))}.pem", "a", encoding="ascii") as file:
                file.write(text)
        verdicts = [each.verdict for each in scan(folder) if each.kind == "submission"]
        if verdicts != [verdict_of_folder(folder)]:
            differing.append(folder.name)

    assert [] == differing


@pytest.mark.thorough
def test_scan_says_what_check_says_of_every_case() -> None:
    """And so it is for all that can be wrong."""
    assert [] == compared(CASES)


@pytest.mark.once
def test_processes_and_threads_change_nothing() -> None:
    """The order and every word are the same in one process, in several, and in threads."""
    folders = [HERE / name for name in TYPICAL[:24]]
    alone = said(scan(*folders))
    with ThreadPoolExecutor(3) as threads:
        assert [alone, alone] == [said(scan(*folders, executor=threads, jobs=None)), said(scan(*folders, jobs=2))]


@pytest.mark.once
@pytest.mark.parametrize("name", ["input-is-wrapped", "input-is-wrapped-secret"])
def test_a_wrapper_is_no_fault_of_what_is_found_in_it(name: str) -> None:
    """It is a note: nobody is about to upload an archive or a secret in which something was found."""
    folder = HERE / name
    file = next(each for each in folder.iterdir() if each.name != "expected.txt")
    (result,) = scan(file)

    found = [(each.rule, each.severity.value) for each in result.reports[0].findings]
    assert ("accepted", ("input-is-wrapped", "note")) == (result.verdict, found[0])


@pytest.mark.once
def test_copies_are_told_once(tmp_path: Path) -> None:
    """A certificate that stands in several places is one, and its key decides which place counts."""
    write(tmp_path, a__copy_pem=WEB.pem, b__cert_pem=WEB.pem, b__key_pem=key(), b__chain_pem=INTERMEDIATE.pem)
    results = [*scan(tmp_path)]

    assert [("submission", "b/cert.pem:1", "accepted", 3)] == told(results, tmp_path)
    assert 2 == results[0].copies


@pytest.mark.once
@pytest.mark.parametrize("copy", [WEB.der, WEB.pem.replace("\n", "  \n").encode()], ids=["DER", "spaces"])
@pytest.mark.parametrize("name", ["aa.crt", "zz.crt"])
@pytest.mark.parametrize("alone", [True, False])
def test_of_copies_the_one_in_plain_pem_is_judged(copy: bytes, name: str, alone: bool, tmp_path: Path) -> None:
    """Whatever they are called, for scan and for check; how many there are is told."""
    write(tmp_path, cert_pem=WEB.pem, key_pem=key(), chain_pem=INTERMEDIATE.pem)
    (tmp_path / name).write_bytes(copy)
    files = [str(each) for each in tmp_path.iterdir()]
    if not alone:
        write(tmp_path, other_pem=OTHER.pem)
    result = next(each for each in scan(tmp_path) if each.kind == "submission")
    by_check = judge_all(put_together(read_all([*map(read_one, files)], NOTHING, Budget())), (wanted("acm", AT),))[0]

    assert (f"{tmp_path}/cert.pem:1", "accepted", 2) == (str(result.at), result.verdict, result.copies)
    assert "accepted" == by_check.verdict.value


# ----------------------------------------------------------------------------------------------------- grouping


def test_a_key_is_found_wherever_it_stands(tmp_path: Path) -> None:
    """Names and folders do not matter, content does."""
    write(tmp_path, certs__web_crt=WEB.pem, keys__x_key=key(), ca__bundle_pem=ROOT.pem + INTERMEDIATE.pem)
    results = [*scan(tmp_path)]

    assert [("submission", "certs/web.crt:1", "accepted", 3)] == told(results, tmp_path)
    assert [] == [each.rule for each in results[0].reports[0].findings]


def test_a_certificate_without_its_key_is_judged_as_a_certificate(tmp_path: Path) -> None:
    """Then no rule about the key is asked; a key that belongs to none is named."""
    write(tmp_path, a__web_pem=WEB.pem + INTERMEDIATE.pem, b__other_pem=key("rsa-2048-g"))
    scanned = scan(tmp_path)

    assert [("certificate", "a/web.pem:1", "accepted", 1)] == told(scanned, tmp_path)
    assert {"keys": [f"{tmp_path}/b/other.pem:1: it belongs to no certificate here"]} == scanned.summary.named


@pytest.mark.parametrize("layout", ["web.crt web.key ca.crt", "cert.pem privkey.pem chain.pem"])
def test_the_only_key_of_a_folder_is_meant_for_its_only_certificate(tmp_path: Path, layout: str) -> None:
    """It does not fit, as check says too, and is not named a second time."""
    for name, text in zip(layout.split(), (WEB.pem, key("rsa-2048-g"), INTERMEDIATE.pem)):
        (tmp_path / name).write_text(text)
    scanned = scan(tmp_path)
    result = next(scanned)

    assert ("submission", "refused", 3) == (result.kind, result.verdict, len(result.files))
    assert "key-does-not-match" in [each.rule for each in result.reports[0].findings]
    assert ([], {}) == ([*scanned], scanned.summary.named)


def test_of_two_keys_in_a_folder_none_is_guessed(tmp_path: Path) -> None:
    """Nor is one that is another certificate's, elsewhere."""
    write(tmp_path, a__web_pem=WEB.pem, a__x_key=key("rsa-2048-g"), a__y_key=key("rsa-2048-e"), b__web_pem=EC.pem)
    write(tmp_path, b__z_key=key("rsa-2048-g"), c__other_pem=OTHER.pem)
    scanned = scan(tmp_path)

    assert ["certificate", "certificate", "submission"] == sorted(each.kind for each in scanned)
    assert [f"{tmp_path}/a/y.key:1: it belongs to no certificate here"] == scanned.summary.named["keys"]


def test_every_certificate_of_a_key_is_a_submission(tmp_path: Path) -> None:
    """A renewal with the same key is one of its own."""
    newer = leaf(not_before="2026-03-01", not_after="2027-03-01")
    write(tmp_path, a_pem=WEB.pem, b_pem=newer.pem, k_pem=key(), chain_pem=INTERMEDIATE.pem)

    assert [("submission", "a.pem:1", "accepted", 3), ("submission", "b.pem:1", "accepted", 3)] == told(
        scan(tmp_path), tmp_path
    )


def test_a_closed_key_beside_the_only_certificate_counts_as_its_own(tmp_path: Path) -> None:
    """What cannot be read may be the one, as check has it."""
    write(tmp_path, a_pem=WEB.pem + INTERMEDIATE.pem, k_pem=(HERE / "key-encrypted" / "private-key.pem").read_bytes())
    results = [*scan(tmp_path)]

    assert [("submission", "a.pem:1", "refused", 2)] == told(results, tmp_path)
    assert "key-encrypted" in [each.rule for each in results[0].reports[0].findings]


CLOSED = (HERE / "key-encrypted" / "private-key.pem").read_text()


@pytest.mark.once
@pytest.mark.parametrize(
    ("private", "rule"), [(key("rsa-2048-g"), "key-does-not-match"), (CLOSED, "key-encrypted")]
)
def test_a_copy_elsewhere_does_not_hide_what_is_wrong_with_the_key(tmp_path: Path, private: str, rule: str) -> None:
    """A certificate in several places is judged where the key is that is meant for it."""
    write(tmp_path, certs__web_pem=WEB.pem, site__web_pem=WEB.pem, site__web_key=private, site__ca_pem=INTERMEDIATE.pem)
    results = [*scan(tmp_path)]

    assert [("submission", "site/web.pem:1", "refused", 3)] == told(results, tmp_path)
    assert rule in [each.rule for each in results[0].reports[0].findings]


@pytest.mark.once
@pytest.mark.parametrize(
    ("private", "rule"), [(key("rsa-2048-g"), "key-does-not-match"), (CLOSED, "key-encrypted")]
)
def test_a_ca_with_its_key_does_not_hide_what_is_wrong_with_another(tmp_path: Path, private: str, rule: str) -> None:
    """In the folder of somebody's own CA there is one end-entity certificate, and one key that is left."""
    write(tmp_path, ca_crt=INTERMEDIATE.pem, ca_key=load_key(INTERMEDIATE.key).pem, web_crt=WEB.pem, web_key=private)
    results = {str(each.at)[len(f"{tmp_path}/") :]: each for each in scan(tmp_path)}

    assert ["ca.crt:1", "web.crt:1"] == [*results]
    assert ("submission", "refused") == (results["web.crt:1"].kind, results["web.crt:1"].verdict)
    assert rule in [each.rule for each in results["web.crt:1"].reports[0].findings]


@pytest.mark.once
def test_a_closed_key_that_is_nobody_s_is_told(tmp_path: Path) -> None:
    """It may be that of any certificate here: all is not well, unless the keys are not asked about."""
    write(tmp_path, a_pem=WEB.pem + INTERMEDIATE.pem, b_pem=OTHER.pem, k_pem=CLOSED)
    scanned, without = scan(tmp_path), scan(tmp_path, without_key=True)
    results, kinds = [*scanned], [each.kind for each in without]
    where = f"{tmp_path}{os.sep}k.pem:1: "

    assert ["certificate", "certificate"] == [each.kind for each in results] == kinds
    why = "the private key is encrypted, and was judged with no certificate: it may be that of any"
    assert {"closed": [f"{where}key-encrypted: {why}"]} == scanned.summary.named
    assert {"keys": [f"{where}it cannot be told whether it belongs to a certificate here"]} == without.summary.named
    opened = scan(tmp_path, passphrase=b"another")
    assert (2, {"closed": 1}) == (len([*opened]), opened.summary.skipped)


@pytest.mark.once
@pytest.mark.parametrize("name", ["ml-dsa-44", "x25519"])
def test_a_key_of_an_unknown_kind_is_told(tmp_path: Path, name: str) -> None:
    """Nobody knows whose it is, and that is said."""
    scanned = scan(write(tmp_path, k_pem=key(name)))

    where = f"{tmp_path}{os.sep}k.pem:1: "
    assert [] == [*scanned]
    assert {"keys": [f"{where}it cannot be told whether it belongs to a certificate here"]} == scanned.summary.named


LOWER = authority("CN=Test Intermediate I2,O=Example Trust", "rsa-2048-c", INTERMEDIATE)
TWO = [
    leaf(subject=f"CN={name}.example.com", san=(f"DNS:{name}.example.com",), key=private, issuer=LOWER)
    for name, private in (("one", LEAF_KEY), ("two", "rsa-2048-g"))
]


@pytest.mark.once
@pytest.mark.parametrize("chain", [(INTERMEDIATE, LOWER), (ROOT, INTERMEDIATE, LOWER), (LOWER, LOWER, INTERMEDIATE)])
@pytest.mark.parametrize("form", ["files", "document"])
def test_a_chain_that_several_share_is_judged_as_it_stands(
    tmp_path: Path, chain: tuple[Certificate, ...], form: str
) -> None:
    """Its order, and what stands in it twice, is told to each of them, as check tells it of the same files."""
    texts = {"one.pem": TWO[0].pem, "one.key": key(TWO[0].key), "two.pem": TWO[1].pem, "two.key": key(TWO[1].key)}
    texts["chain.pem"] = "".join(each.pem for each in chain)
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    one = [tmp_path / name for name in ("one.pem", "one.key", "chain.pem")]
    want = wanted("acm", AT)
    submission = put_together(read_all([read_one(str(each)) for each in one], NOTHING, Budget()))
    report = judge_all(submission, (want,))[0]
    if form == "document":
        for name in texts:
            (tmp_path / name).unlink()
        (tmp_path / "all.json").write_text(json.dumps(texts))
    results = [*scan(tmp_path)]

    rules = {each.rule for each in report.findings if each.severity is not pemcheck.Severity.NOTE}
    assert rules & {"chain-out-of-order", "chain-contains-duplicate"}
    assert [("submission", report.verdict.value)] * 2 == [(each.kind, each.verdict) for each in results]
    for each in results:
        assert rules <= {finding.rule for finding in each.reports[0].findings}


@pytest.mark.parametrize("crowded", [False, True])
@pytest.mark.parametrize(
    ("form", "private", "rule"),
    [
        ("{}{}", key("rsa-2048-g"), "key-does-not-match"),
        ("{}{}", CLOSED, "key-encrypted"),
        ("secret", key("rsa-2048-g"), "key-does-not-match"),
    ],
)
def test_a_wrong_key_in_the_same_file_is_not_passed_over(
    tmp_path: Path, form: str, private: str, rule: str, crowded: bool
) -> None:
    """Whoever puts the two together means them; so it is in a secret, and whatever else is in the folder."""
    chain = WEB.pem + INTERMEDIATE.pem
    text = json.dumps(secret("one", chain, private)) if form == "secret" else form.format(chain, private)
    write(tmp_path, a_pem=text)
    if crowded:
        write(tmp_path, b_pem=EC.pem + EC_INTERMEDIATE.pem + key(EC_LEAF_KEY), c_pem=CLOSED)
    result = next(iter(scan(tmp_path)))

    assert ("submission", "refused") == (result.kind, result.verdict)
    assert rule in [each.rule for each in result.reports[0].findings]


def test_a_wrong_key_beside_several_is_nobody_s(tmp_path: Path) -> None:
    """Nor are two of them the key of one certificate: a choice is not guessed."""
    write(tmp_path, a_pem=WEB.pem + OTHER.pem + key("rsa-2048-d") + INTERMEDIATE.pem)
    write(tmp_path, b_pem=EC.pem + EC_INTERMEDIATE.pem + key("rsa-2048-d") + key("rsa-2048-e"))

    assert ["certificate"] * 3 == [each.kind for each in scan(tmp_path)]


def test_a_second_path_elsewhere_is_nobody_s_fault(tmp_path: Path) -> None:
    """What stands in other folders completes a chain, and never makes it worse."""
    cross = (HERE / "chain-cross-signed" / "certificate-chain.pem").read_bytes()
    write(tmp_path, a__cert_pem=WEB.pem, a__key_pem=key(), b__chain_pem=cross, c__chain_pem=INTERMEDIATE.pem + ROOT.pem)

    assert ("submission", "a/cert.pem:1", "accepted") == told(scan(tmp_path), tmp_path)[0][:3]


def test_an_issuer_of_the_same_name_that_did_not_sign_is_left_aside(tmp_path: Path) -> None:
    """What was found elsewhere counts only where its signature leads."""
    false = INTERMEDIATE.rekeyed("rsa-2048-e")
    assert false.der == INTERMEDIATE.der
    child = leaf(issuer=false)
    write(tmp_path, a__cert_pem=child.pem, a__key_pem=key(), b__ca_pem=INTERMEDIATE.pem)
    results = [*scan(tmp_path)]

    assert ["chain-missing"] == [each.rule for each in results[0].reports[0].findings]


@pytest.mark.parametrize("alone", [True, False])
def test_an_issuer_beside_that_did_not_sign_is_told(tmp_path: Path, alone: bool) -> None:
    """Passed over it would hide a damaged signature, whether others stand in the same folder or not."""
    child = leaf(issuer=INTERMEDIATE.rekeyed("rsa-2048-e"))
    write(tmp_path, a_pem=child.pem, ca_pem=INTERMEDIATE.pem)
    if not alone:
        write(tmp_path, b_pem=OTHER.pem + key("rsa-2048-g"))
    rules = [each.rule for result in scan(tmp_path) for each in result.reports[0].findings]

    assert ["chain-signature-does-not-verify"] == [each for each in rules if each != "chain-does-not-reach-root"]


@pytest.mark.parametrize(
    ("alone", "issuer", "same_file", "rules"),
    [
        (True, REKEYED, False, ["chain-signature-does-not-verify"]),
        (True, REKEYED, True, ["chain-signature-does-not-verify"]),
        (False, REKEYED, False, ["chain-missing"]),
        (True, RENAMED, False, ["chain-does-not-start-with-issuer"]),
        (False, RENAMED, False, ["chain-missing"]),
    ],
)
def test_an_issuer_in_half_is_told_where_one_certificate_stands_alone(
    tmp_path: Path, alone: bool, issuer: Certificate, same_file: bool, rules: list[str]
) -> None:
    """With name or key identifier only it may be that of others in the folder; where there is none, it is its own."""
    together = issuer.pem * same_file
    write(tmp_path, a_pem=WEB.pem + together, k_pem=key(), ca_pem="" if together else issuer.pem)
    if not alone:
        write(tmp_path, b_pem=OTHER.pem + key("rsa-2048-g"))
    result = next(iter(scan(tmp_path)))

    assert rules == [each.rule for each in result.reports[0].findings if each.severity.value != "note"]


def test_an_issuer_in_half_is_nothing_beside_the_true_one(tmp_path: Path) -> None:
    """The generation before of a CA that lies about harms nobody."""
    write(tmp_path, a_pem=WEB.pem, k_pem=key(), old_pem=REKEYED.pem, ca_pem=INTERMEDIATE.pem)
    result = next(iter(scan(tmp_path)))

    assert ("accepted", 3) == (result.verdict, len(result.files))


@pytest.mark.once
@pytest.mark.parametrize("together", [True, False])
def test_a_file_that_leads_nowhere_is_nothing_beside_the_true_issuer(tmp_path: Path, together: bool) -> None:
    """Nor does the generation before harm where the certificate does not say which key signed it."""
    child, issuer = leaf(aki=False), INTERMEDIATE.pem
    write(tmp_path, a_pem=child.pem + issuer * together, k_pem=key(), ca_pem="" if together else issuer)
    write(tmp_path, old_pem=REKEYED.pem)
    results = titled(scan(tmp_path))

    assert ["accepted", "www.example.com"] == [results["www.example.com"].verdict, next(iter(results))]
    assert not any(name.endswith("old.pem") for name in results["www.example.com"].files)
    assert REKEYED.der in [each.certificate.der for each in results.values() if each.certificate]


@pytest.mark.once
def test_a_name_is_enough_where_nothing_else_tells_the_issuer(tmp_path: Path) -> None:
    """A damaged signature is told beside others, too, if the certificate names no key that it was signed with."""
    child = leaf(issuer=INTERMEDIATE.rekeyed("rsa-2048-e"), aki=False)
    write(tmp_path, a_pem=child.pem, k_pem=key(), ca_pem=INTERMEDIATE.pem, b_pem=OTHER.pem + key("rsa-2048-g"))
    rules = [each.rule for each in titled(scan(tmp_path))["www.example.com"].reports[0].findings]

    assert "chain-signature-does-not-verify" in rules


@pytest.mark.once
def test_the_key_of_one_is_not_the_wrong_key_of_what_is_left_over(tmp_path: Path) -> None:
    """A false issuer that is no CA, beside the key of what it did not sign, is judged by itself."""
    issuer = certificate("CN=Test False,O=Example Trust", "rsa-2048-b", INTERMEDIATE, ca=False)
    child = leaf(issuer=issuer.rekeyed("rsa-2048-e"))
    write(tmp_path, a_pem=child.pem, k_pem=issuer.pem + key())

    found = [each[:2] for each in told(scan(tmp_path), tmp_path)]
    assert [("submission", "a.pem:1"), ("certificate", "k.pem:1")] == found


@pytest.mark.once
def test_a_second_path_beside_is_judged_as_check_judges_it(tmp_path: Path) -> None:
    """What leads upwards on another way was laid there, too."""
    again = authority("CN=Test Intermediate I1,O=Example Trust", INTERMEDIATE.key, ROOT, not_after="2025-01-01")
    files = {"a.pem": WEB.pem + key() + again.pem, "i.pem": INTERMEDIATE.pem}
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    result = next(iter(scan(tmp_path)))

    assert checked(result) == (result.verdict, json.dumps([each.to_dict() for each in result.reports[0].findings]))
    assert 2 == len(result.files)


@pytest.mark.once
@pytest.mark.parametrize("beside", [OTHER.pem, ""])
def test_every_copy_at_home_has_its_chain(tmp_path: Path, beside: str) -> None:
    """A foreign intermediate behind a copy of the certificate is not passed over since another copy stands alone."""
    write(tmp_path, cert_pem=WEB.pem + beside, key_pem=key(), fullchain_pem=WEB.pem + FOREIGN.pem)
    write(tmp_path, other_pem=OTHER.pem + key("rsa-2048-g"))
    found = titled(scan(tmp_path))["www.example.com"].reports[0].findings

    assert "chain-does-not-start-with-issuer" in [each.rule for each in found]


def test_cas_that_issued_each_other_are_not_lost(tmp_path: Path) -> None:
    """Whatever belongs to nothing is judged by itself, at the end."""
    write(tmp_path, all_pem=INTERMEDIATE_2.pem + INTERMEDIATE.pem + ROOT.pem)
    scanned = scan(tmp_path)

    assert [("certificate", "all.pem:1")] == [each[:2] for each in told(scanned, tmp_path)]
    assert 3 == scanned.summary.certificates


def test_a_choice_that_check_would_ask_about_is_made_by_content(tmp_path: Path) -> None:
    """The certificate is known, so nobody is asked which of two is meant."""
    pair = WEB.pem + OTHER.pem + key() + key("rsa-2048-g") + INTERMEDIATE.pem
    write(tmp_path, all_pem=pair)
    line = WEB.pem.count("\n") + 1

    assert [("submission", "all.pem:1", "accepted", 1), ("submission", f"all.pem:{line}", "accepted", 1)] == told(
        scan(tmp_path), tmp_path
    )


@pytest.mark.parametrize(("closed", "ca"), [(False, False), (True, False), (False, True)])
def test_a_false_issuer_that_is_no_ca_is_not_taken_for_the_certificate(tmp_path: Path, closed: bool, ca: bool) -> None:
    """Check would ask which of the two is meant; here it is known, with a key that stays closed, too."""
    issuer = certificate("CN=Test False,O=Example Trust", "rsa-2048-b", INTERMEDIATE, ca=False)
    child = leaf(issuer=issuer.rekeyed("rsa-2048-e"), ca=ca)
    chain = issuer.pem + INTERMEDIATE.pem
    write(tmp_path, a_pem=child.pem + chain * ca, chain_pem=chain * (not ca))
    if closed:
        write(tmp_path, k_pem=(HERE / "key-encrypted" / "private-key.pem").read_bytes())
    results = [*scan(tmp_path)]
    itself = ("certificate", f"a.pem:{child.pem.count(chr(10)) + 1}" if ca else "chain.pem:1")

    assert [("submission" if closed else "certificate", "a.pem:1"), itself] == [
        each[:2] for each in told(results, tmp_path)
    ]
    assert "chain-signature-does-not-verify" in [each.rule for each in results[0].reports[0].findings]


@pytest.mark.once
def test_signatures_are_forgotten_without_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered saves time and nothing else."""
    many(tmp_path, 3)
    before = said(scan(tmp_path))
    monkeypatch.setattr(scanning.judging, "_MAX_ANSWERS", 0)
    monkeypatch.setattr(scanning.judging, "_MAX_AT_HAND", 0)

    assert before == said(scan(tmp_path))


# ------------------------------------------------------------------------------------------------------- inputs


@pytest.mark.once
@pytest.mark.parametrize("beside", ["", WEB.pem])
@pytest.mark.parametrize("length", [0, 140_000, 4_200_000])
def test_pem_in_base64_that_is_not_looked_at_is_told(tmp_path: Path, length: int, beside: str) -> None:
    """A document that is too long, or none, is no text without certificates; what was read beside it is judged."""
    encoded = base64.b64encode(EC.pem.encode()).decode()
    text = f"data:\n  tls.crt: {encoded}\n  ca.crt: {encoded}\n{'# x' * 30}\n" + "# y\n" * (length // 4)
    write(tmp_path, a_txt=f"{'' if length else '? '}{beside}{text}")
    scanned = scan(tmp_path)

    assert ["certificate"] * bool(beside) == [each.kind for each in scanned]
    line = 2 + beside.count("\n")
    where = f"{tmp_path}{os.sep}a.txt:{line}: input-too-large: "
    what = "PEM in base64 is not looked at, 2 certificates or keys: the text is no document, or too long a one"
    assert [where + what] == [each for each in scanned.summary.named["damaged"] if what in each]


@pytest.mark.once
@pytest.mark.parametrize("word", ["LS0tLS1CRUdJTi", base64.b64encode(b"-----BEGIN PUBLIC KEY-----\n" * 3).decode()])
def test_other_words_in_base64_are_nothing(tmp_path: Path, word: str) -> None:
    """A program that looks for them is no certificate, nor is a public key."""
    scanned = scan(write(tmp_path, a_py=f'MARK = b"{word}"\n'))

    assert ([], {"unrelated": 1}) == ([*scanned], scanned.summary.skipped)


def test_a_list_of_secrets_is_as_many_submissions(tmp_path: Path) -> None:
    """Each secret is named as check names it, in a list of any length."""
    items = [secret("one", WEB.pem + INTERMEDIATE.pem, key())]
    items.append(secret("two", EC.pem + EC_INTERMEDIATE.pem, key(EC_LEAF_KEY)))
    small = json.dumps({"apiVersion": "v1", "items": items, "kind": "List"})
    padding = {"kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"x": 'a "quoted} [text ' * 20_000}}
    large = json.dumps({"apiVersion": "v1", "kind": "List", "items": [padding, *items, {"kind": "Secret"}]}, indent=1)
    write(tmp_path, small__list_json=small, large__list_json=large)
    write(tmp_path, cut__list_json=large[:-2].rstrip(" ]\n"), other__list_json=json.dumps(["x" * 300_000]))
    names = [["small/list.json!web/one/tls.crt", "small/list.json!web/two/tls.crt"]]
    names.append([each.replace("small", "large") for each in names[0]])

    assert names == [
        [f"{Path(each.at.file).relative_to(tmp_path)}" for each in scan(tmp_path / folder)]
        for folder in ("small", "large")
    ]
    assert [2, 0] == [len([*scan(tmp_path / folder)]) for folder in ("cut", "other")]


def test_json_lines_are_read_line_by_line(tmp_path: Path) -> None:
    """Each is a text of its own, at its line; what is damaged is named, and stops nothing."""
    damaged = '"-----BEGIN CERTIFICATE-----\\nMII!'
    lines = [json.dumps(WEB.pem), json.dumps(key()), "", damaged, json.dumps(INTERMEDIATE.pem)]
    write(tmp_path, small_jsonl="\n".join(lines), dicts_jsonl='{"pem": 1}\n{"pem": 2}\n')
    scanned = scan(tmp_path / "small.jsonl")

    assert [("submission", "small.jsonl:1", "accepted", 1)] == told(scanned, tmp_path)
    assert 1 <= scanned.summary.skipped["damaged"]
    assert [] == [*scan(tmp_path / "dicts.jsonl")]


@pytest.mark.once
def test_json_lines_of_any_length_keep_their_line(tmp_path: Path) -> None:
    """They are cut between lines."""
    filler = json.dumps("x" * 5_000)
    write(tmp_path, long_jsonl="\n".join([*[filler] * 100, json.dumps(WEB.pem), *[filler] * 50]))

    assert ["long.jsonl:101"] == [each[1] for each in told(scan(tmp_path), tmp_path)]


@pytest.mark.once
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_long_bundle_keeps_its_lines_and_survives_damage(tmp_path: Path, end: str) -> None:
    """A damaged block in the middle is named with its line; every other certificate is judged."""
    blocks = [leaf(subject=f"CN=n{number}.example.com", serial=number).pem for number in range(1, 11)] * 25
    damaged = WEB.pem.replace("MII", "M!!", 1)
    last = leaf(subject="CN=last.example.com").pem
    text = "".join([*blocks, damaged, *blocks, key(), last])
    write(tmp_path, bundle_pem=text.replace("\n", end))
    scanned = scan(tmp_path)
    results = told(scanned, tmp_path)
    line = "".join([*blocks]).count("\n") + 2

    assert (11, f"bundle.pem:{text.count(chr(10)) - last.count(chr(10)) + 1}") == (len(results), results[-1][1])
    assert [f"bundle.pem:{line}:2"] == [
        each.removeprefix(f"{tmp_path}/").rpartition(": pem-bad")[0] for each in scanned.summary.named["damaged"]
    ]


def test_standard_input_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its certificates are put aside on the disk, its keys are kept in memory."""
    for text, kind in ((WEB.pem + key() + INTERMEDIATE.pem, "submission"), (WEB.pem + INTERMEDIATE.pem, "certificate")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert [(kind, "<stdin>:1", "accepted", 1)] == told(scanned := scan("-"), tmp_path)
        assert (len(text), len(text)) == (scanned.summary.octets, scanned.summary.octets_read)
    monkeypatch.setattr(sys, "stdin", None)
    scanned = scan("-")
    assert ([], ["-: standard input is closed"]) == ([*scanned], scanned.summary.named["unreadable"])


def test_standard_input_stays_in_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An executor gets what stands in files, in the same order."""
    many(tmp_path, 3)
    other = leaf(subject="CN=stdin.example.com", serial=99).pem
    found = []
    for options in ({}, {"executor": Broken(), "jobs": None}):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(other.encode())))
        found.append(said(scan("-", tmp_path, **options)))

    assert found[0] == found[1]
    assert "<stdin>:1" == found[0][0][1]


def test_what_is_no_file_is_read_if_it_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable, for one; and there is a limit to it."""
    monkeypatch.setenv("CERTIFICATE", WEB.pem)
    monkeypatch.setattr(scanning.pieces, "MAX_BYTES", 10)
    scanned = scan("env:CERTIFICATE")
    assert ([], {"unreadable": 1}) == ([*scanned], scanned.summary.skipped)
    monkeypatch.undo()
    monkeypatch.setenv("CERTIFICATE", WEB.pem)
    assert [("certificate", "env:CERTIFICATE:1")] == [each[:2] for each in told(scan("env:CERTIFICATE"), tmp_path)]


def test_der_and_archives_are_read_as_a_whole(tmp_path: Path) -> None:
    """What cannot be cut is read up to the cap, and named beyond it."""
    write(tmp_path, a_der=WEB.der, b_bin=b"\0" * 5_000_000, c_bin=b"\0" * 300_000, d_txt="text\n" * 100_000, e_txt=b"")
    scanned = scan(tmp_path)

    assert [("certificate", "a.der")] == [each[:2] for each in told(scanned, tmp_path)]
    assert {"unreadable": 1, "unrelated": 3} == scanned.summary.skipped


@pytest.mark.parametrize("name", ["long_txt", "long_pem"])
def test_long_text_costs_no_memory(tmp_path: Path, name: str) -> None:
    """A file of any length is read in pieces; what stands at its end is found, what is never closed is given up."""
    begin = "-----BEGIN CERTIFICATE-----\n" if name == "long_pem" else ""
    write(tmp_path, **{name: begin + ("=" * 70 + "\n") * 75_000 + "-----END X-----\n" * bool(begin) + WEB.pem})
    results = told(scan(tmp_path), tmp_path)

    assert [("certificate", f"{name.replace('_', '.')}:{75_001 + 2 * bool(begin)}")] == [each[:2] for each in results]


@pytest.mark.once
def test_a_giant_file_takes_bounded_memory_and_time(tmp_path: Path) -> None:
    """A gigabyte of nothing (sparse) is over in seconds."""
    with open(tmp_path / "giant.bin", "wb") as file:
        file.truncate(1 << 30)
    began = time.monotonic()
    scanned = scan(tmp_path)

    assert ([], {"unreadable": 1}, True) == ([*scanned], scanned.summary.skipped, time.monotonic() - began < 5)


# ---------------------------------------------------------------------------------------------- what is passed over


def skipped(folder: Path, **options: Any) -> list[tuple[str, str]]:
    """Return path and sort of everything that a scan of *folder* passes over, in order."""
    found: list[Skipped] = []
    assert [] == [*scan(folder, skip=found.append, **options)]
    return sorted((each.path.removeprefix(f"{folder}{os.sep}"), each.sort) for each in found)


@pytest.mark.skipif(not os.path.ismount("/proc"), reason="there is no /proc")
def test_a_link_to_what_the_kernel_makes_up_is_not_followed(tmp_path: Path) -> None:
    """Else a link in somebody's folder sends the scan over all processes; who names it means it."""
    (tmp_path / "it").symlink_to("/proc/self")

    assert [("it", "special")] == skipped(tmp_path)
    told: list[Skipped] = []
    assert [] == [*scan("/proc/self/fdinfo", skip=told.append)]
    assert "special" not in {each.sort for each in told}


def test_links_that_lead_back_end_nowhere(tmp_path: Path) -> None:
    """A folder is looked at once; a link without an end is named."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path / "a")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")

    assert [("a/b/up", "again"), ("gone", "unreadable"), ("self", "unreadable")] == skipped(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipes_and_devices_are_named_and_never_opened(tmp_path: Path) -> None:
    """Whoever opened them would wait for ever."""
    os.mkfifo(tmp_path / "pipe")

    assert [("pipe", "special")] == skipped(tmp_path)
    assert ("null", "special") in [(each[0].rpartition("/")[2], each[1]) for each in skipped(Path("/dev"))]


@pytest.fixture
def not_root() -> Iterator[Path]:
    """Yield a folder that somebody may read to whom something can be closed; root becomes somebody else."""
    assert [*scan(HERE / "clean-rsa-2048")]  # and imports what may be closed to somebody else, too
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(name, 65534, -1)
            os.seteuid(65534)
        yield Path(name)
        if is_root:
            os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there are no permissions as POSIX has them")
def test_what_may_not_be_read_is_named(not_root: Path) -> None:
    """It stops nothing, and the status says that not everything was seen."""
    write(not_root, a_pem=WEB.pem, b_pem=WEB.pem).joinpath("a.pem").chmod(0)
    (not_root / "closed").mkdir(mode=0)
    scanned = scan(not_root)

    assert ["b.pem:1"] == [each[1] for each in told(scanned, not_root)]
    assert (True, {"unreadable": 2}) == (scanned.summary.is_open, scanned.summary.skipped)
    (not_root / "closed").chmod(0o700)


def test_a_file_that_is_gone_when_it_is_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may remove it in the meantime."""
    write(tmp_path, a_pem=WEB.pem, long_pem=WEB.pem * 300)

    def found(*arguments: Any) -> Any:
        yield from [*walking.find(*arguments)]
        (tmp_path / "a.pem").unlink()
        (tmp_path / "long.pem").unlink()

    monkeypatch.setattr(scanning, "find", found)

    assert [("a.pem", "unreadable"), ("long.pem", "unreadable")] == skipped(tmp_path)


def test_a_path_that_is_none_is_named(tmp_path: Path) -> None:
    """As is one that is not there, and a folder that is gone when it is looked into."""
    assert [("a\0b", "unreadable")] == skipped(Path("a\0b"))
    assert [(str(tmp_path / "no"), "unreadable")] == skipped(tmp_path / "no")


def test_a_folder_that_goes_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may work in the tree at the same time."""

    def scandir(path: str) -> Any:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", scandir)

    assert [(str(tmp_path), "unreadable")] == skipped(tmp_path)


def test_a_file_that_changes_is_not_judged_as_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the two readings of what holds a private key, it may be replaced, shortened or removed."""
    monkeypatch.setattr(scanning, "_BATCH", 1)
    key = load_key(LEAF_KEY).pem
    names = {f"{name}_pem": leaf(subject=f"CN={name}.example.com").pem + key for name in "abcd"}
    write(tmp_path, **names)
    scanned = scan(tmp_path)
    assert "a.pem:1" == told([next(scanned)], tmp_path)[0][1]
    scanning.judging._HAND.read.clear()
    write(tmp_path, b_pem=names["c_pem"], c_pem=b"").joinpath("d.pem").unlink()

    assert ([], 3) == ([*scanned], scanned.summary.skipped["unreadable"])


@pytest.mark.once
@pytest.mark.parametrize("workers", [0, 1])
def test_what_one_scan_has_read_is_not_taken_for_another(tmp_path: Path, workers: int) -> None:
    """Between two of them files change, in long-lived workers, too; and nothing secret stays in memory."""
    write(tmp_path, a_pem=WEB.pem + INTERMEDIATE.pem + key(), roots_pem=ROOT.pem)
    options = {"trust_store": str(tmp_path / "roots.pem"), "target": "cloudfront"}
    executor = ProcessPoolExecutor(workers) if workers else None
    first = [*scan(tmp_path / "a.pem", executor=executor, **options)]
    write(tmp_path, a_pem=OTHER.pem + INTERMEDIATE.pem + key(OTHER.key), roots_pem=EC.chain[-1].pem)
    second = [*scan(tmp_path / "a.pem", executor=executor, **options)]
    if executor is not None:
        executor.shutdown()

    titles = [each.certificate.title for each in (*first, *second) if each.certificate is not None]
    assert ["www.example.com", "other.example.com"] == titles
    assert ["accepted", "refused"] == [each.verdict for each in (*first, *second)]
    assert {} == scanning.judging._HAND.read


@pytest.mark.once
@pytest.mark.skipif(NO_LIBCRYPTO, reason="needs a libcrypto to decrypt")
def test_another_passphrase_is_another_question(tmp_path: Path) -> None:
    """What stayed closed for one scan is opened for the next, in the same process."""
    write(tmp_path, a_pem=(HERE / "key-encrypted" / "certificate.pem").read_bytes(), k_pem=CLOSED)
    rules = [
        [finding.rule for each in scan(tmp_path, passphrase=given) for finding in each.reports[0].findings]
        for given in (None, b"wrong", PASSPHRASE)
    ]

    assert [False, True, False] == ["input-not-decrypted" in each for each in rules]
    assert "key-encrypted" in rules[0]


@pytest.mark.once
def test_what_is_at_hand_can_be_shared_by_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one lets go of is not missed by another."""
    monkeypatch.setattr(scanning.judging, "_MAX_AT_HAND", 5_000)
    monkeypatch.setattr(scanning, "_BATCH", 1)
    many(tmp_path, 40)
    with ThreadPoolExecutor(8) as executor:
        assert said(scan(tmp_path)) == said(scan(tmp_path, executor=executor))


def test_certificates_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What becomes of their files afterwards changes nothing: what was read of them is kept on the disk."""
    monkeypatch.setattr(scanning, "_BATCH", 1)
    write(tmp_path, a_pem=WEB.pem, b_pem=OTHER.pem, c_pem=EC.pem)
    expected = said(scan(tmp_path))
    scanned = scan(tmp_path)
    first = next(scanned)
    scanning.judging._HAND.read.clear()
    write(tmp_path, b_pem=EC.pem, c_pem=b"")

    assert (expected, {}) == (said([first, *scanned]), {**scanned.summary.skipped})


@pytest.mark.parametrize("beside", [load_key(LEAF_KEY).pem, CLOSED, "-----BEGIN X509 CRL-----\nMAA=\n"])
def test_what_is_no_certificate_is_kept_nowhere(beside: str, tmp_path: Path) -> None:
    """A private key, closed or not, and what is not known, is read again where it is judged."""
    write(tmp_path, a_pem=WEB.pem, b_pem=WEB.pem + beside)
    pieces = [scanning.pieces.Piece(str(tmp_path / name)) for name in ("a.pem", "b.pem")]
    packed = [scanning.judging.outline(each)[1].packed for each in pieces]
    assert [True, False] == [bool(each) for each in packed]


def test_what_stands_in_one_piece_goes_to_one_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each worker would have to read all of it; a piece with very much is divided nevertheless."""
    leaves = [leaf(subject=f"CN={n}.example.com", serial=n + 1).pem for n in range(5)]
    write(tmp_path, a_pem="".join(leaves), b_pem=OTHER.pem)
    monkeypatch.setattr(scanning, "_BATCH", 2)
    sizes = []

    def judged(batch: Any, *rest: Any) -> Any:
        sizes.append(len(batch))
        return scanning.judging.judge_units(batch, *rest)

    monkeypatch.setattr(scanning, "judge_units", judged)
    assert 6 == len([*scan(tmp_path)])
    monkeypatch.setattr(scanning, "_MOST", 3)
    assert 6 == len([*scan(tmp_path)])
    assert [5, 1, 3, 2, 1] == sizes


def test_a_long_piece_is_a_task_of_its_own() -> None:
    """Many short ones share one."""
    assert [[1, 2], [9], [3]] == [*running.batches([1, 2, 9, 3], 2, lambda it: it > 5)]


def test_what_is_kept_of_a_fleet_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a bundle of any length one piece is outlined at a time, and as much is remembered as of a thousand."""
    template = leaf(subject="CN=n000000.example.com").der
    leaves = [pem("CERTIFICATE", template.replace(b"n000000", b"n%06d" % n)) for n in range(1_100)]
    write(tmp_path, a_pem="".join(leaves))
    pieces = []

    def outlines(batch: Any, *rest: Any) -> Any:
        pieces.append(len(batch))
        return scanning.judging.outlines(batch, *rest)

    monkeypatch.setattr(scanning, "outlines", outlines)
    monkeypatch.setattr(scanning, "forget", lambda scan: None)
    results = sum(1 for _ in scan(tmp_path))

    assert (1_100, {1}) == (results, set(pieces))
    kept = [found for _, found in scanning.judging._HAND.read.values()]
    assert 0 < sum(map(scanning.judging._weight, kept)) <= scanning.judging._MAX_AT_HAND
    assert 0 < sum(len(found.objects) for found in kept) < 1_000
    assert 1_000 < remembered.kept() <= remembered.MAX_VALUES < 1_100
    assert scanning.judging._MAX_ANSWERS < 1_000


def test_the_index_is_on_the_disk() -> None:
    """No more than a megabyte of it is in memory."""
    index = Index()

    assert [(-1_000,)] == index.ask("PRAGMA cache_size")
    index.close()


def test_a_file_that_becomes_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A long file is opened without waiting, and has to be one."""
    with pytest.raises(pemcheck.source.SourceError, match="no file any more"):
        scanning.pieces.open_file("/dev/null")
    with pytest.raises(pemcheck.source.SourceError, match="no such file"):
        scanning.pieces.open_file(str(tmp_path / "gone"))


def test_a_stream_that_breaks_is_named() -> None:
    """What came before is judged all the same."""

    def read(size: int) -> bytes:
        raise OSError(5, "Input/output error")

    with pytest.raises(pemcheck.source.SourceError, match="cannot be read on"):
        [*scanning.pieces._stream(read, "-")]


@pytest.mark.thorough
def test_ten_thousand_copies_of_a_broken_file_are_survived(tmp_path: Path) -> None:
    """They are counted, the first are named, and nothing grows with them but the time."""
    broken = WEB.pem.replace("MII", "M!!", 1)
    for folder in range(10):
        (tmp_path / f"{folder}").mkdir()
        for number in range(1_000):
            (tmp_path / f"{folder}" / f"{number}.pem").write_text(broken)
    scanned = scan(tmp_path)

    assert ([], 10_000, 20) == ([*scanned], scanned.summary.skipped["damaged"], len(scanned.summary.named["damaged"]))


# -------------------------------------------------------------------------------------------------- what git ignores

IGNORE = """
# comment
*.log
/build/
!keep.log
docs/**/*.pem
a?b
[^x]z
deep/**
trailing\\ 
\\#hash
**/any/where
[z-a]
/
"""  # noqa: W291
TREE = (
    *("x.log", "keep.log", "sub/y.log", "build/a.pem", "sub/build/a.pem", "docs/a.pem", "docs/1/2/a.pem", "docs/a.txt"),
    *("aab", "ab", "yz", "xz", "deep/er/a", "trailing ", "#hash", "q/any/where/a", "sub/own.tmp", "sub/not.tmp"),
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a working tree of git's, as far as anybody looks at it."""
    for name in (*TREE, ".git/config", "info.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / ".git" / "info").mkdir()
    (tmp_path / ".git" / "info" / "exclude").write_text("info.txt\n")
    (tmp_path / ".gitignore").write_text(IGNORE)
    (tmp_path / "sub" / ".gitignore").write_text("*.tmp\n!not.tmp\n")
    return tmp_path


def looked_at(folder: Path, top: Path, **options: Any) -> set[str]:
    """Return the files that a scan of *folder* reads, as paths below *top*; none of them is of use."""
    return {
        os.path.relpath(path, top) if os.path.isabs(path) else path
        for path, sort in ((str(folder / path), sort) for path, sort in skipped(folder, **options))
        if sort == "unrelated"
    }


@pytest.mark.once
def test_what_git_ignores_is_left_out(tree: Path) -> None:
    """The rules are git's, the folder's own coming last."""
    subprocess.run(["git", "init", "-q", "."], cwd=tree, check=True, capture_output=True)
    (tree / ".git" / "info" / "exclude").write_text("info.txt\n")
    command = ["git", "ls-files", "-z", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=tree, check=True, capture_output=True, text=True).stdout.split("\0")

    assert {each for each in listed if each} == looked_at(tree, tree)


def test_ignoring_starts_at_the_repository_s_root(tree: Path) -> None:
    """In a folder of it, the patterns above hold; they can be set aside, and outside of a repository there are none."""
    assert {"sub/.gitignore", "sub/build/a.pem", "sub/not.tmp"} == looked_at(tree / "sub", tree)
    assert {"sub/.gitignore", "sub/build/a.pem", "sub/not.tmp", "sub/own.tmp", "sub/y.log"} == looked_at(
        tree / "sub", tree, ignore=False
    )
    (tree / ".git").rename(tree / "no-git")
    assert "sub/y.log" in looked_at(tree, tree)


def test_a_repository_in_a_folder_has_its_own_patterns(tree: Path) -> None:
    """As git has it; and a file of patterns that cannot be read hides nothing."""
    (tree / "sub" / ".git").mkdir()
    assert {"y.log", "not.tmp"} <= {each.rpartition("/")[2] for each in looked_at(tree / "sub", tree)}
    (tree / "sub" / ".gitignore").unlink()
    (tree / "sub" / ".gitignore").mkdir()
    assert "sub/own.tmp" in looked_at(tree / "sub", tree)


def test_a_file_of_patterns_that_cannot_be_read_hides_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told: git does not tell, either."""

    def closed(*_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", closed)
    assert () == ignoring.patterns_of(str(tree), lambda path: None)


@pytest.mark.once
def test_nested_patterns_cost_no_more_than_so_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound nothing is ignored; a name costs one look at each, and no regular expression is made of a *."""
    looks: Counter[str] = Counter()
    compiled: list[str] = []
    real = ignoring._fits

    def fits(part: str, name: str) -> bool:
        looks[name] += 1
        return real(part, name)

    monkeypatch.setattr(ignoring, "_fits", fits)
    monkeypatch.setattr(ignoring, "_expression", compiled.append)
    (tmp_path / ".git").mkdir()
    folder = tmp_path
    for level in range(6):
        (folder / ".gitignore").write_text("".join(f"*q{level}x{n}\nplain{level}x{n}\n" for n in range(250)))
        folder = folder / "d"
        folder.mkdir()
    for name in ("a.txt", "b.txt", "plain0x7", "plain1x7", "plain5x7", "zq0x7", "zq5x7"):
        (folder / name).write_text("x")
    found = looked_at(tmp_path, tmp_path)

    assert {"a.txt", "b.txt", "plain5x7", "zq5x7"} == {Path(each).name for each in found} - {".gitignore"}
    assert [] == compiled
    assert ignoring.MAX_PARTS // 4 == looks["a.txt"]  # half of them have a wildcard, and a pattern of a name two parts


@pytest.mark.parametrize(
    ("line", "path", "ignored"),
    [
        ("a*b*c", "axbxc", True),
        ("a*b*c", "abc", True),
        ("a*b*c", "acb", False),
        ("a*bb*c", "abc", False),
        ("ab*ba", "aba", False),
        ("*", "x", True),
        ("a?c", "abc", True),
        ("a/**/**/b", "a/x/y/b", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "x/a/b", False),
        ("a/**", "a/x", True),
        ("a/*/b", "a/x/y/b", False),
        ("**", "x/y", True),
        ("x/", "x", False),
        ("\\*x", "*x", True),
        ("\\*x", "yx", False),
    ],
)
def test_a_pattern_is_read_as_git_reads_it(tmp_path: Path, line: str, path: str, ignored: bool) -> None:
    """With and without a regular expression, and step by step down to the folder."""
    (tmp_path / ".gitignore").write_text(line)
    patterns = ignoring.Patterns().and_own(ignoring.patterns_of(str(tmp_path), lambda path: None))
    *folders, name = path.split("/")
    above = []
    for each in folders:
        above.append(patterns.are_about(each, True))
        patterns = patterns.below(each)

    assert ignored == (any(above) or patterns.are_about(name, False))


def test_a_long_row_of_stars_is_one_step() -> None:
    """However many ways there are to use it up."""
    parts = ("**",) * 1_000 + ("x",)

    assert set(range(1_000)) == ignoring._step(parts, range(1_000), "y", False)
    assert 1_001 in ignoring._step(parts, range(1_000), "x", True)


# ---------------------------------------------------------------------------------------------------- executors


class Broken(Executor):
    """An executor whose workers die at every second task, and which takes no more after some."""

    def __init__(self) -> None:
        self.count = 0

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        """Run *function* at once, or lose it."""
        self.count += 1
        if self.count > 6:
            raise RuntimeError("shut down")
        future: Future[Any] = Future()
        if self.count % 2:
            future.set_exception(ChildProcessError("killed"))
        else:
            future.set_result(function(*arguments))
        return future


def many(folder: Path, count: int = 60) -> Path:
    """Write *count* certificates with one key, each in a file of its own."""
    for number in range(count):
        changes = {"subject": f"CN=n{number}.example.com", "san": (f"DNS:n{number}.example.com",)}
        (folder / f"{number:03}.pem").write_text(leaf(**changes).pem)
    return write(folder, key_pem=key(), chain_pem=INTERMEDIATE.pem)


LAYOUTS: dict[str, Callable[[Path, list[str]], object]] = {
    "one-file": lambda folder, pems: write(folder, all_pem="".join(pems)),
    "one-file-with-issuer": lambda folder, pems: write(folder, all_pem="".join([*pems, INTERMEDIATE.pem, ROOT.pem])),
    "one-folder": lambda folder, pems: write(folder, **{f"c{n}_pem": pem for n, pem in enumerate(pems)}),
    "beside-a-key": lambda folder, pems: write(folder, key_pem=key("rsa-2048-e"), all_pem="".join(pems)),
    "beside-their-key": lambda folder, pems: write(folder, key_pem=key(), all_pem="".join(pems)),
    "folders": lambda folder, pems: write(folder, **{f"f{n}__c_pem": pem for n, pem in enumerate(pems)}),
    "copies": lambda folder, pems: write(folder, **{f"f{n}__c_pem": pems[0] for n, _ in enumerate(pems)}),
    "copies-of-an-issuer": lambda folder, pems: write(
        folder, all_pem="".join(pems), **{f"f{n}__c_pem": INTERMEDIATE.pem for n, _ in enumerate(pems)}
    ),
    "issuers": lambda folder, pems: write(
        folder, all_pem="".join(leaf(ca=True, serial=n + 1, key_usage=("key_cert_sign",)).pem for n in range(len(pems)))
    ),
}


@pytest.mark.once
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_the_index_does_grows_with_what_is_there(
    layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times as many certificates are four times the steps of the data base, and not sixteen times."""
    steps = [0]

    class Counted(Index):
        def __init__(self) -> None:
            super().__init__()
            self.base.set_progress_handler(lambda: steps.__setitem__(0, steps[0] + 1), 100)

    monkeypatch.setattr(scanning, "Index", Counted)
    taken = []
    for count in (60, 240):
        steps[0] = 0
        folder = tmp_path / str(count)
        LAYOUTS[layout](folder, [leaf(subject=f"CN=n{n}.example.com").pem for n in range(count)])
        assert [*scan(folder)]
        taken.append(steps[0])

    assert taken[1] < 4.5 * taken[0], taken


@pytest.mark.once
def test_what_an_executor_loses_is_done_here(tmp_path: Path) -> None:
    """The same results, in the same order, nothing lost and nothing doubled."""
    many(tmp_path)

    assert said(scan(tmp_path)) == said(scan(tmp_path, executor=Broken(), jobs=None))


def kill_once(mark: str) -> None:
    """Die, as by a signal, unless somebody did before."""
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), 9)


class Killing(Executor):
    """A pool of processes of which one is killed in mid-run."""

    def __init__(self, inner: Executor, mark: Path) -> None:
        self.inner, self.mark, self.count = inner, mark, 0

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        """Hand on *function*, and once the order to die."""
        self.count += 1
        if self.count == 5:
            self.inner.submit(kill_once, str(self.mark))
        return self.inner.submit(function, *arguments)


@pytest.mark.thorough
def test_a_worker_that_is_killed_changes_nothing(tmp_path: Path) -> None:
    """The pool is broken then; the rest is done in this process."""
    (tmp_path / "fleet").mkdir()
    fleet = many(tmp_path / "fleet", 100)
    with ProcessPoolExecutor(2) as processes:
        actual = said(scan(fleet, executor=Killing(processes, tmp_path / "mark"), jobs=None))

    assert (said(scan(fleet)), True) == (actual, (tmp_path / "mark").exists())


@pytest.mark.thorough
def test_dask_changes_nothing_if_a_worker_is_killed(tmp_path: Path) -> None:
    """A cluster of two workers, one of which is killed in mid-run, says what one process says."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    (tmp_path / "fleet").mkdir()
    fleet = many(tmp_path / "fleet", 100)
    script = tmp_path / "run.py"
    places = {"tests": str(Path(__file__).parent), "fleet": str(fleet), "mark": str(tmp_path / "mark")}
    script.write_text(DASK.format(path=sys.path, **places))
    run = subprocess.run([sys.executable, "-W", "ignore", script], capture_output=True, text=True, timeout=120)

    assert distributed.__version__
    assert (said(scan(fleet)), True) == (
        [tuple(each) for each in json.loads(run.stdout or run.stderr)],
        (tmp_path / "mark").exists(),
    )


DASK = """
import json, sys
sys.path[:] = {path!r} + [{tests!r}]
from pathlib import Path
if __name__ == "__main__":
    from distributed import Client, LocalCluster
    from test_scanning import Killing, said, scan
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        executor = Killing(client.get_executor(), Path({mark!r}))
        print(json.dumps(said(scan({fleet!r}, executor=executor, jobs=None))))
"""


RECIPES = dict(
    re.findall(
        r"^<!-- file: (\S+) -->\n```python\n(.*?)^```$",
        (Path(__file__).parents[1] / "docs" / "scan.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
)
"""The scripts that docs/scan.md shows, by name."""
ON_RAY = """
import json, runpy, sys
sys.path[:] = {path!r} + [{tests!r}]
OnRay = runpy.run_path("on_ray.py")["OnRay"]
futures = []
class Counting(OnRay):
    def submit(self, function, /, *arguments):
        futures.append(super().submit(function, *arguments))
        return futures[-1]
if __name__ == "__main__":
    import ray
    from test_scanning import said, scan
    ray.init(num_cpus=2, include_dashboard=False)
    found = said(scan({fleet!r}, executor=Counting(), jobs=None))
    print(json.dumps([found, len(futures), [repr(it.exception()) for it in futures if it.exception()]]))
"""
ON_SPARK = """
import json, os, runpy, sys
if __name__ == "__main__":
    import pandas
    with open("texts.json") as file:
        pandas.DataFrame(json.load(file), columns=["name", "pem"]).to_parquet("fleet.parquet")
    os.environ["PYSPARK_SUBMIT_ARGS"] = "--master local[2] pyspark-shell"
    sys.argv[1:] = ["fleet.parquet", "judged.parquet"]
    runpy.run_path("on_spark.py", run_name="__main__")
    print(pandas.read_parquet("judged.parquet").to_json(orient="values"))
"""


def on_cluster(folder: Path, recipe: str, script: str) -> Any:
    """Return what *script* prints last, beside the recipe; the workers find what this process finds."""
    (folder / recipe).write_text(RECIPES[recipe], "utf-8")
    (folder / "run.py").write_text(script)
    here = {"PYTHONPATH": os.pathsep.join([*sys.path, str(Path(__file__).parent)]), "PYSPARK_PYTHON": sys.executable}
    env = {**os.environ, **here, "RAY_AUTH_MODE": "disabled"}
    command = [sys.executable, "-W", "ignore", "run.py"]
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300)
    assert 0 == ran.returncode, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def need(*names: str) -> None:
    """Skip where one of these packages is not installed; they are heavy, and imported by scripts only."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.mark.thorough
def test_ray_changes_nothing(tmp_path: Path) -> None:
    """All is done by its workers, through the few lines that docs/scan.md shows."""
    need("ray")
    (tmp_path / "fleet").mkdir()
    fleet = many(tmp_path / "fleet", 100)
    script = ON_RAY.format(path=sys.path, tests=str(Path(__file__).parent), fleet=str(fleet))
    results, tasks, failed = on_cluster(tmp_path, "on_ray.py", script)

    assert (said(scan(fleet)), []) == ([tuple(each) for each in results], failed)
    assert tasks > 2


@pytest.mark.thorough
def test_spark_says_what_check_says(tmp_path: Path) -> None:
    """Of each certificate in a table: the verdict, and the findings with their lines and messages."""
    need("pyspark", "pandas", "pyarrow")
    texts = {str(path): path.read_text() for path in sorted(many(tmp_path).glob("*.pem")) if path.stem != "key"}
    (tmp_path / "texts.json").write_text(json.dumps([*texts.items()]))
    expected = []
    for name, text in texts.items():
        report = pemcheck.check(certificate=text, without_key=True, at=AT, names=(name, "private key", "chain"))
        found = [[each.rule, each.severity.value, each.at.line, each.message] for each in report.findings]
        expected.append([name, report.verdict.value, found])
    judged = on_cluster(tmp_path, "on_spark.py", ON_SPARK)

    assert expected == sorted([name, verdict, [[*each.values()] for each in found]] for name, verdict, found in judged)


def test_what_goes_between_processes_holds_no_secret(tmp_path: Path) -> None:
    """Neither a unit nor a result has a private number, a passphrase or a line of a key in it."""
    write(tmp_path, a_pem=WEB.pem, k_pem=key(), chain_pem=INTERMEDIATE.pem)
    result = next(scan(tmp_path))
    packed = pickle.dumps(result)
    assert result.reports[0].submission.key is not None
    numbers = pemcheck.inspect(key())[0].secret  # type: ignore[union-attr]

    secrets = [each for each in numbers if each > 1 << 64]
    octets = [(each.to_bytes((each.bit_length() + 7) // 8, order)) for each in secrets for order in ORDERS]

    assert (6, []) == (len(secrets), [each for each in octets if each in packed])


def test_processes_are_started_where_the_work_is_worth_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is measured: a little is done here, much is shared between cores."""
    monkeypatch.setattr(running, "_cores", lambda: 2)
    assert [1, 1, 2] == [running.workers(seconds) for seconds in (0.1, 2.9, 3.1)]
    many(tmp_path, 40)
    started: list[int] = []

    def pool(count: int) -> Executor:
        started.append(count)
        return ThreadPoolExecutor(count)

    monkeypatch.setattr(scanning, "pool", pool)
    monkeypatch.setattr(scanning, "workers", lambda seconds: 2)
    monkeypatch.setattr(scanning, "_TRIED", 0.0)

    assert (40, [2]) == (len([*scan(tmp_path, jobs=None)]), started)
    monkeypatch.setattr(scanning, "workers", lambda seconds: 1)
    assert (40, [2]) == (len([*scan(tmp_path, jobs=None)]), started)


def test_cores_are_counted_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a process may use less than there are, it says so only on some systems."""
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)

    assert 1 == running._cores()


def test_workers_leave_an_interrupt_to_who_started_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each of them would print a traceback."""
    set_up: list[tuple[Any, ...]] = []
    monkeypatch.setattr("signal.signal", lambda *arguments: set_up.append(arguments))
    running._be_deaf()

    assert [(signal.SIGINT, signal.SIG_IGN)] == set_up


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="no signals can be blocked here")
def test_workers_hear_no_interrupt_while_they_start() -> None:
    """Then nobody has told them yet to ignore it; this process hears it all the same."""
    with running.pool(1) as workers:
        there = workers.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()

    here = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert (True, False) == (signal.SIGINT in there, signal.SIGINT in here)


def test_an_interrupt_is_heard_when_a_worker_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for that long; where signals cannot be blocked it does not."""
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        with running._unheard():
            os.kill(os.getpid(), signal.SIGINT)
            waiting = list(heard)
        assert ([], [signal.SIGINT]) == (waiting, heard)
        monkeypatch.delattr(signal, "pthread_sigmask")
        with running._unheard():
            os.kill(os.getpid(), signal.SIGINT)
            assert 2 == len(heard)
    finally:
        signal.signal(signal.SIGINT, before)


# --------------------------------------------------------------------------------------------------- the library


def test_arguments_that_cannot_be_meant_are_refused() -> None:
    """That is the caller's mistake."""
    with pytest.raises(ValueError, match="one at least"):
        scan(target=())
    with pytest.raises(ValueError, match="jobs must be"):
        scan(jobs=0)


def test_one_source_and_several_targets_are_taken(tmp_path: Path) -> None:
    """A path, and a sequence of targets."""
    write(tmp_path, a_pem=WEB.pem + INTERMEDIATE.pem + key())
    results = [*pemcheck.scan(tmp_path / "a.pem", target=("acm", "iam"), at=AT, passphrase="x", trust_store="mozilla")]

    assert [["acm", "iam"]] == [[report.target for report in each.reports] for each in results]


def test_passphrases_open_what_is_closed(tmp_path: Path) -> None:
    """A PKCS#12 file is a submission then, and until then it is named."""
    write(tmp_path, b_p12=(HERE / "containers" / "openssl.p12").read_bytes())
    scanned = scan(tmp_path, passphrase="correct horse")
    kinds = [each.kind for each in scanned]

    assert (["submission"], None) == (kinds, scanned.summary.skipped.get("damaged")) or NO_LIBCRYPTO


def test_an_index_without_a_place_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as on a full disk."""
    import sqlite3

    def full(self: Index) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Index, "finish", full)
    with pytest.raises(ScanError, match="cannot be kept: database or disk is full"):
        [*scan(tmp_path)]


def test_a_scan_can_be_ended(tmp_path: Path) -> None:
    """What was counted stays."""
    scanned = scan(many(tmp_path, 5))
    next(scanned)
    scanned.close()

    assert ([], 1) == ([*scanned], scanned.summary.judged)
    with ThreadPoolExecutor(1) as threads:
        scanned = scan(many(tmp_path, 40), executor=threads, jobs=None)
        next(scanned)
        scanned.close()
    assert 1 == scanned.summary.judged


@pytest.mark.thorough
def test_memory_does_not_grow_with_the_fleet(tmp_path: Path) -> None:
    """Ten times as many certificates take no more of it."""
    script = (
        "import pemcheck, resource, sys\n"
        "count = sum(1 for _ in pemcheck.scan(sys.argv[1], jobs=1, at='2026-06-01'))\n"
        "print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    peaks: list[int] = []
    for count in (400, 3_000):
        template = leaf(subject="CN=n000000.example.com").der
        with open(tmp_path / f"{count}.pem", "w") as file:
            for number in range(count):

                file.write(pem("CERTIFICATE", template.replace(b"n000000", b"n%06d" % number)))
        command: Sequence[str] = [sys.executable, "-c", script, str(tmp_path / f"{count}.pem")]
        found, peak = map(int, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
        assert count == found
        peaks.append(peak)

    assert peaks[1] < 1.1 * peaks[0]


def test_counts_are_those_of_the_results(tmp_path: Path) -> None:
    """The summary adds up what was printed."""
    write(tmp_path, a_pem=WEB.pem + INTERMEDIATE.pem, old_pem=leaf(not_after="2026-02-01", serial=7).pem)
    undated = leaf(not_after=b"\x17\x0dxx0101000000Z", serial=8).pem
    write(tmp_path, undated_pem=undated)
    scanned = scan(tmp_path)
    verdicts = Counter(each.verdict for each in scanned)

    assert (dict(verdicts), 1, 3) == (scanned.summary.verdicts["acm"], scanned.summary.expired, scanned.summary.judged)


def test_only_so_many_tasks_are_under_way_and_all_come_in_order() -> None:
    """The one that is awaited is the oldest; nothing is asked of the tasks before it is their turn."""
    begun: list[int] = []

    def tasks() -> Iterator[running.Task[int]]:
        for number in range(5):
            begun.append(number)
            yield running.Task(abs, (-number,))

    with ThreadPoolExecutor(1) as executor:
        seen = [(each, len(begun)) for each in running.ordered(tasks(), executor, 2)]

    assert [(0, 2), (1, 3), (2, 4), (3, 5), (4, 5)] == seen


def test_what_stands_in_two_secrets_belongs_to_both(tmp_path: Path) -> None:
    """Whichever comes first: a wrong key, and a chain, are no less there because another secret has them too."""
    sound = (WEB.pem + INTERMEDIATE.pem, key())
    wrong = (OTHER.pem + INTERMEDIATE.pem, key())
    verdicts = []
    for order in ((sound, wrong), (wrong, sound)):
        items = [secret(f"s{number}", *data) for number, data in enumerate(order)]
        (tmp_path / "list.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        verdicts.append(sorted(each.verdict for each in scan(tmp_path / "list.json")))

    assert [["accepted", "refused"]] * 2 == verdicts


def test_of_many_copies_of_an_issuer_the_one_at_home_counts(tmp_path: Path) -> None:
    """A hundred folders with the sound one do not hide that this one has an old one."""
    old = authority("CN=Test Intermediate I1,O=Example Trust", "rsa-2048-b", ROOT, not_after="2025-01-01")
    for number in range(60):
        folder = tmp_path / f"a{number:02}"
        folder.mkdir()
        (folder / "chain.pem").write_text(INTERMEDIATE.pem)
    write(tmp_path, z__cert_pem=WEB.pem, z__key_pem=key(), z__chain_pem=old.pem)
    result = next(each for each in scan(tmp_path) if each.kind == "submission")

    assert f"{tmp_path}/z/chain.pem" in result.files
    assert "chain-cert-expired" in [each.rule for each in result.reports[0].findings]


@pytest.mark.once
@pytest.mark.parametrize("form", ["list", "lines", "archive", "folder of an archive", "file"])
def test_what_stands_with_the_certificate_is_its_chain_beside_others_too(tmp_path: Path, form: str) -> None:
    """In its file, its secret or its line: nothing is set aside because others are judged as well."""
    bad, good = (WEB.pem + FOREIGN.pem, key()), (EC.pem + EC_INTERMEDIATE.pem, key(EC_LEAF_KEY))
    if form == "list":
        items = [secret("bad", *bad), secret("good", *good)]
        write(tmp_path, list_json=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    elif form == "lines":
        write(tmp_path, all_jsonl="".join(json.dumps("".join(each)) + "\n" for each in (bad, good)))
    elif form == "file":
        write(tmp_path, bad_pem=bad[0], bad_key=bad[1], good_pem=good[0], good_key=good[1])
    else:
        apart = form != "archive"
        files = {"bad/cert.pem": bad[0], "bad/key.pem": bad[1]} if apart else {"bad.pem": "".join(bad)}
        files |= {"good/cert.pem": good[0], "good/key.pem": good[1]} if apart else {"good.pem": "".join(good)}
        write(tmp_path, all_zip=zip_archive({name: text.encode() for name, text in files.items()}))
    results = [*scan(tmp_path)]

    assert ["accepted", "refused"] == sorted(each.verdict for each in results)
    assert ["chain-does-not-start-with-issuer"] == [
        each.rule for result in results for each in result.reports[0].findings if each.severity.value == "error"
    ]


OLD = leaf(subject="CN=old.example.com", san=("DNS:old.example.com",), key="rsa-2048-g", not_after="2026-03-01")


def false_child(it: Certificate, **options: Any) -> Certificate:
    """Return a certificate that names *it* as its issuer, and that another has signed."""
    subject = {"subject": "CN=junk.example.com", "san": ("DNS:junk.example.com",)}
    return leaf(**{**subject, "issuer": it.rekeyed("rsa-2048-e"), "serial": 9, **options})


def titled(results: Iterable[Result]) -> dict[str, Result]:
    """Return results by what their certificates are called."""
    return {each.certificate.title: each for each in results if each.certificate is not None}


@pytest.mark.once
@pytest.mark.parametrize("aki", [True, False])
@pytest.mark.parametrize("layout", ["elsewhere", "beside", "in its file", "behind a false chain"])
def test_no_certificate_is_silent_behind_one_that_it_did_not_issue(tmp_path: Path, layout: str, aki: bool) -> None:
    """What expired is told, whoever names it as issuer: the signatures decide."""
    junk = false_child(OLD, aki=aki)
    if layout == "elsewhere":
        write(tmp_path, a__old_pem=OLD.pem, b__junk_pem=junk.pem, b__junk_key=key())
    elif layout == "beside":
        write(tmp_path, old_pem=OLD.pem, junk_pem=junk.pem, junk_key=key())
    elif layout == "in its file":
        write(tmp_path, all_pem=junk.pem + OLD.pem, junk_key=key())
    else:
        above = authority("CN=Test False", "rsa-2048-b", OLD.rekeyed("rsa-2048-e"), aki=aki)
        write(tmp_path, a__old_pem=OLD.pem, b__junk_pem=leaf(issuer=above).pem + above.pem, b__junk_key=key())
    found = titled(scan(tmp_path))

    assert 2 == len(found)
    assert "cert-expired" in [each.rule for each in found["old.example.com"].reports[0].findings]


@pytest.mark.once
@pytest.mark.parametrize("ca", [True, False])
def test_no_root_is_silent_behind_what_it_did_not_issue(tmp_path: Path, ca: bool) -> None:
    """Roots are looked at, though they are no part of a chain."""
    own = certificate("CN=own.example.com", "rsa-2048-g", ca=ca, not_after="2026-03-01")
    above = authority("CN=Test False", "rsa-2048-b", own.rekeyed("rsa-2048-e"))
    write(tmp_path, a__own_pem=own.pem, b__junk_pem=leaf(issuer=above).pem, b__ca_pem=above.pem, b__junk_key=key())
    found = titled(scan(tmp_path))

    assert {"www.example.com", "own.example.com"} == set(found)
    assert "cert-expired" in [each.rule for each in found["own.example.com"].reports[0].findings]


@pytest.mark.once
@pytest.mark.parametrize("version", [1, 3])
def test_who_issued_what_is_here_is_no_certificate_of_its_own(tmp_path: Path, version: int) -> None:
    """Old roots do not say that they are CAs; wherever they stand, what they signed tells it."""
    old: dict[str, Any] = {"version": 1, "ca": None} if version == 1 else {}
    root = authority("CN=Test Old Root", "rsa-2048-g", **old)
    issuer = authority("CN=Test Old Intermediate", "rsa-2048-b", root)
    write(tmp_path, a__cert_pem=leaf(issuer=issuer).pem, a__key_pem=key(), b__ca_pem=issuer.pem, c__root_pem=root.pem)

    assert ["submission"] == [each.kind for each in scan(tmp_path)]


@pytest.mark.once
def test_what_lies_unused_in_an_archive_is_told(tmp_path: Path) -> None:
    """A part of the archive that is no part of the chain was judged with nothing."""
    files = {"cert.pem": WEB.pem, "key.pem": key(), "chain.pem": INTERMEDIATE.pem, "more.pem": FOREIGN.pem}
    write(tmp_path, all_zip=zip_archive({name: text.encode() for name, text in files.items()}))

    assert ["www.example.com", "Test Foreign"] == [*titled(scan(tmp_path))]
