"""Wrappers of files: archives, secrets and documents are opened within bounds, and what is in them is judged."""

from __future__ import annotations

import base64
import io
import json
import plistlib
import shutil
import subprocess
import sys
import time
import tracemalloc
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fixtures
import pemcheck
from fixtures.build import (
    EC_INTERMEDIATE,
    INTERMEDIATE,
    INTERMEDIATE_2,
    OTHER_KEY,
    ROOT,
    Part,
    certificate_request,
    ec_leaf,
    file_bytes,
    leaf,
    load_key,
    pem,
    pkcs7,
    zip_archive,
)
from pemcheck import inputs, members
from pemcheck.findings import Report, Severity
from pemcheck.members import documents, found, yamls, zips
from pemcheck.source import MAX_BYTES

pytestmark = pytest.mark.once

LEAF, KEY = leaf(), load_key("rsa-2048-f")
AT = "2026-06-01"
TLS = {"tls.crt": [LEAF, INTERMEDIATE], "tls.key": KEY}


def encoded(part: Part) -> str:
    """Return the bytes of *part* in base64, on one line."""
    return base64.b64encode(file_bytes(part)).decode()


def secret(parts: Mapping[str, Part], name: str = "www", **more: Any) -> dict[str, Any]:
    """Return a Kubernetes secret as its API has it."""
    data = {key: encoded(part) for key, part in parts.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "web"}, "data": data, **more}


def deflated(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a compressed ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def opened(data: bytes | str) -> members.Members:
    """Return what stands in *data*, which is a wrapper."""
    wrapped = members.members(data if isinstance(data, bytes) else data.encode())
    assert wrapped is not None
    return wrapped


def names(data: bytes | str) -> list[str]:
    """Return how the members are called."""
    return [each.name for each in opened(data).members]


FIXTURES = Path(fixtures.__file__).parent


def judged(certificate: Any, key: Any = None, chain: Any = None) -> Report:
    """Return the report on these inputs; an archive is called bundle."""
    return pemcheck.check(certificate, key, chain, at=AT, names=("bundle", "key.pem", "chain.pem"))


def faults(report: Report) -> list[tuple[str, str]]:
    """Return rule and file of every error and warning."""
    return [(each.rule, each.at.file) for each in report.findings if each.severity is not Severity.NOTE]


def titles(report: Report) -> tuple[str, ...]:
    """Return what certificate and chain are called, as they were judged."""
    submission = report.submission
    return tuple(each.title for each in ((submission.leaf,) if submission.leaf else ()) + submission.chain)


# ---------------------------------------------------------------------------------------------------------- ZIP


def test_the_members_of_an_archive_are_its_files() -> None:
    """Folders are no members; a file in a folder has it in its name."""
    archive = zip_archive({"a/": b"", "a/www.crt": LEAF, "www.key": KEY})

    assert ["a/www.crt", "www.key"] == names(archive)


@pytest.mark.parametrize("kind", ["der", "p7b", "jks", "utf-16", "base64", "request", "crlf"])
def test_whatever_form_it_has_it_is_a_member(kind: str) -> None:
    """What stands in an archive need not be PEM to matter."""
    data = {
        "der": LEAF.der,
        "p7b": pkcs7(INTERMEDIATE),
        "jks": b"\xfe\xed\xfe\xed\0\0\0\2",
        "utf-16": LEAF.pem.encode("utf-16"),
        "base64": base64.encodebytes(LEAF.der),
        "request": certificate_request(),
        "crlf": LEAF.pem.replace("\n", "\r\n").encode(),
    }[kind]

    assert ["x"] == names(zip_archive({"x": data}))


def test_what_systems_and_people_add_is_passed_over_in_silence() -> None:
    """A read-me, a PDF and what macOS adds are no loss, whatever they hold."""
    litter = ("__MACOSX/._www.crt", ".DS_Store", "sub/._x", "README.txt", "a/Installation.html", "howto.pdf")
    files: dict[str, Part] = dict.fromkeys((*litter, "www.crt"), LEAF)
    wrapped = opened(zip_archive(files))

    assert (["www.crt"], ()) == ([each.name for each in wrapped.members], wrapped.left_out)


def test_everything_else_that_is_left_out_is_named() -> None:
    """Nested archives stay closed, and what is neither certificate nor key is counted."""
    wrapped = opened(zip_archive({"in.zip": zip_archive({"x": LEAF}), "a.tgz": b"\x1f\x8b\x08", "b.bin": b"\0\1\2"}))
    nested = "an archive in the archive"
    expected = (f"in.zip ({nested})", f"a.tgz ({nested})", "b.bin (neither certificate nor key)")

    assert (expected, ()) == (wrapped.left_out, wrapped.members)


def test_a_long_list_of_omissions_is_cut() -> None:
    """Six names are enough for a sentence."""
    wrapped = opened(zip_archive({f"{number}.bin": b"\0" for number in range(9)}))

    assert (9, True) == (len(wrapped.left_out), wrapped.omissions.endswith(" and 3 more"))


def test_der_that_is_cut_off_is_no_member() -> None:
    """Nobody can tell what it was; it is named among what was left out."""
    assert ("x.cer (neither certificate nor key)",) == opened(zip_archive({"x.cer": LEAF.der[:-9]})).left_out


def test_an_encrypted_entry_is_said_to_be_encrypted() -> None:
    """Nobody asks for a password."""
    archive = bytearray(zip_archive({"www.crt": LEAF}))
    for signature, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        archive[archive.index(signature) + offset] |= 1

    assert ("www.crt (encrypted: take it out with its password first)",) == opened(bytes(archive)).left_out


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_without_a_bound_is_not_opened(method: int) -> None:
    """Python's readers of these two decompress whole chunks, however large they become."""
    reason = opened(deflated({"x": bytes(1000)}, method)).omissions

    assert f"x (compressed by method {method}, which is not opened)" == reason


def test_a_damaged_entry_costs_only_itself() -> None:
    """Its checksum is wrong; its neighbour is read."""
    archive = bytearray(zip_archive({"a.crt": LEAF, "b.crt": INTERMEDIATE}))
    archive[archive.index(b"-----BEGIN") + 40] ^= 1
    wrapped = opened(bytes(archive))

    assert (["b.crt"], ("a.crt (damaged: BadZipFile)",)) == ([each.name for each in wrapped.members], wrapped.left_out)


@pytest.mark.parametrize("data", [b"PK\3\4", b"PK\5\6", zip_archive({"x": LEAF})[:-30], b"PK\3\4" + bytes(500)])
def test_a_damaged_archive_is_named(data: bytes) -> None:
    """What cannot be opened is one finding, with the way to try it."""
    report = judged(data, KEY.pem, INTERMEDIATE.pem)

    assert [("pem-nothing-found", "bundle")] == faults(report)
    assert "a ZIP archive; it is damaged or cut off (BadZipFile)" in report.findings[0].message
    assert "python3 -m zipfile -e bundle DIR" in report.findings[0].fix


def test_a_zip_bomb_costs_no_more_than_its_share() -> None:
    """Four entries of 40 MB each: none is read further than it may be, and 8 MiB are enough for all."""
    bomb = deflated({f"{number}.crt": b"A" * 40_000_000 for number in range(4)})
    tracemalloc.start()
    started = time.perf_counter()
    wrapped = opened(bomb)
    elapsed = time.perf_counter() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert ((), "only its first 2 entries were looked at") == (wrapped.members, wrapped.cut)
    assert (True, True) == (elapsed < 5, peak < 60_000_000)


def test_an_entry_that_is_larger_than_an_input_may_be_is_named() -> None:
    """The cap of one file holds in an archive as well."""
    wrapped = opened(deflated({"x": b"A" * (MAX_BYTES + 1), "www.crt": LEAF.pem.encode()}))

    assert (["www.crt"], (f"x (more than {MAX_BYTES:,} bytes)",)) == (
        [each.name for each in wrapped.members],
        wrapped.left_out,
    )


def test_only_the_first_entries_are_looked_at() -> None:
    """That there are more is an error: what was not looked at cannot be accepted."""
    report = judged(zip_archive({f"{number}.crt": LEAF for number in range(found.MAX_MEMBERS + 5)}), KEY.pem)

    assert ["input-is-wrapped", "input-too-large"] == sorted({rule for rule, _ in faults(report)} - {"chain-missing"})


def test_a_table_of_contents_without_end_is_not_read() -> None:
    """Five thousand entries are more than any CA delivers."""
    wrapped = opened(b"PK\3\4" + b"PK\1\2" * 5_001)

    assert "it has more than 5,000 entries" == wrapped.cut


def test_what_is_larger_than_an_input_is_opened_by_nobody() -> None:
    """It was cut off where it was read, and that is said."""
    assert None is members.members(zip_archive({"x": b"A" * (MAX_BYTES + 1)}))


HOSTILE = {
    "../../etc/www.crt": "DIR/etc/www.crt",
    "/abs/www.crt": "DIR/abs/www.crt",
    "\x1b[31m.crt": "DIR/\x1b[31m.crt",
    "\u202etrc.www": "DIR/\u202etrc.www",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_harmlessly_and_followed_nowhere(name: str, tmp_path: Path) -> None:
    """No escape sequence and no bidi control reaches a terminal; no command leaves the folder."""
    wrapped = opened(zip_archive({name: LEAF.der}))
    report = judged(zip_archive({name: LEAF.der}), KEY.pem, INTERMEDIATE.pem)
    texts = "".join(each.message + each.fix + str(each.at) for each in report.findings)

    assert (True, HOSTILE[name]) == (texts.isprintable(), wrapped.members[0].file)


def test_a_name_that_could_be_a_key_is_not_repeated() -> None:
    """Whoever names a file after its content does not see it in a report."""
    line = KEY.pem.splitlines()[3]

    assert ["…"] == names(zip_archive({line: LEAF}))


def test_members_keep_their_bytes_to_themselves() -> None:
    """What a member holds is in no repr."""
    assert False is (KEY.pem.splitlines()[3] in repr(opened(zip_archive({"www.key": KEY}))))


# -------------------------------------------------------------------------------------------- what is judged then


def test_an_archive_with_everything_is_judged_as_if_it_had_been_unpacked() -> None:
    """One finding: that it is an archive; no missing key, no second certificate, no order."""
    report = judged(zip_archive({"root.crt": ROOT, "i1.crt": INTERMEDIATE, "www.key": KEY, "www.crt": LEAF}))

    assert [("input-is-wrapped", "bundle")] == faults(report)
    assert ("www.example.com", "Test Intermediate I1", "Test Root R1") == titles(report)
    assert (True, KEY.pem.encode()) == (
        report.submission.pair is not None and report.submission.pair.matches,
        opened(zip_archive({"www.key": KEY})).members[0].data,
    )


def test_the_same_archive_may_be_given_three_times() -> None:
    """Each field is told once, and nothing else is wrong."""
    archive = zip_archive({"i1.crt": INTERMEDIATE, "www.crt": LEAF, "www.key": KEY})
    report = judged(archive, archive, archive)

    assert {"input-is-wrapped"} == {rule for rule, _ in faults(report)}
    assert ("www.example.com", "Test Intermediate I1") == titles(report)


def test_the_leaf_is_found_without_a_key() -> None:
    """Where no key tells, it is the certificate that issued no other."""
    report = pemcheck.check(zip_archive({"1.crt": INTERMEDIATE, "2.crt": LEAF}), without_key=True, at=AT)

    assert ("www.example.com", "Test Intermediate I1") == titles(report)


def test_a_certificate_alone_in_an_archive_still_needs_a_key() -> None:
    """An archive excuses nothing that is not in it."""
    archive = zip_archive({"www.crt": LEAF})

    assert {"key-missing", "chain-missing", "input-is-wrapped"} == {rule for rule, _ in faults(judged(archive))}


def test_what_belongs_to_another_leaf_is_not_chain() -> None:
    """Another site's certificate in the same archive is passed by nobody as chain, nor is its issuer's."""
    archive = zip_archive({"other.crt": ec_leaf(), "e.crt": EC_INTERMEDIATE, "www.crt": LEAF, "i1.crt": INTERMEDIATE})
    report = judged(archive, KEY.pem)

    assert ("www.example.com", "Test Intermediate I1") == titles(report)


def test_where_nothing_leads_on_everything_is_kept() -> None:
    """That only strangers are there is worth saying."""
    report = judged(zip_archive({"e.crt": EC_INTERMEDIATE, "www.crt": LEAF}), KEY.pem)

    assert ("www.example.com", "Test EC Intermediate E2") == titles(report)
    assert "chain-does-not-start-with-issuer" in {rule for rule, _ in faults(report)}


def test_the_order_within_a_file_is_still_judged() -> None:
    """An archive has no order, a file has one."""
    deep = leaf(issuer=INTERMEDIATE_2)
    report = judged(zip_archive({"chain.crt": [INTERMEDIATE, INTERMEDIATE_2], "www.crt": deep}), KEY.pem)

    assert [("input-is-wrapped", "bundle"), ("chain-out-of-order", "bundle!chain.crt")] == faults(report)


def test_the_same_certificate_in_another_form_is_no_fault() -> None:
    """CAs deliver PEM, DER and PKCS#7 of one thing side by side: what is there as PEM is enough."""
    forms: dict[str, Part] = {"www.cer": LEAF.der, "all.p7b": pkcs7(LEAF, INTERMEDIATE), "www.crt": LEAF}
    forms["i.crt"] = INTERMEDIATE

    assert [("input-is-wrapped", "bundle")] == faults(judged(zip_archive(forms), KEY.pem))


def test_a_form_that_is_the_only_one_is_told() -> None:
    """A member that is DER must be converted once it has been unpacked."""
    report = judged(zip_archive({"my cert.cer": LEAF.der}), KEY.pem, INTERMEDIATE.pem)

    assert [("input-is-wrapped", "bundle"), ("input-is-der", "bundle!my cert.cer")] == faults(report)
    assert "openssl x509 -inform DER -in 'DIR/my cert.cer'" in report.findings[1].fix


def test_a_bundle_that_repeats_a_file_adds_what_is_new() -> None:
    """full.crt holds www.crt and its issuer: the leaf counts once."""
    report = judged(zip_archive({"www.crt": LEAF, "full.crt": [LEAF, INTERMEDIATE]}), KEY.pem)

    assert ("www.example.com", "Test Intermediate I1") == titles(report)


def test_a_closed_container_beside_the_same_as_pem_is_not_missed() -> None:
    """CAs and control panels deliver the .pfx too; nobody needs its passphrase."""
    closed = (FIXTURES / "containers" / "openssl.p12").read_bytes()
    report = judged(zip_archive({"www.pfx": closed, "www.crt": LEAF, "www.key": KEY}), None, INTERMEDIATE.pem)

    assert [("input-is-wrapped", "bundle")] == faults(report)


def test_damage_is_told_although_the_rest_is_known() -> None:
    """What the damaged block held is in no other file."""
    broken = INTERMEDIATE.pem.replace("MII", "M*I", 1)
    report = judged(zip_archive({"a.crt": LEAF, "full.crt": LEAF.pem + broken, "www.key": KEY}))

    assert "pem-bad-base64" in {rule for rule, _ in faults(report)}


def test_a_closed_container_may_hold_the_key() -> None:
    """Where no other file does."""
    closed = (FIXTURES / "containers" / "openssl.p12").read_bytes()
    report = judged(zip_archive({"www.pfx": closed, "www.crt": LEAF}), None, INTERMEDIATE.pem)

    assert "input-not-decrypted" in {rule for rule, _ in faults(report)}


def test_a_certificate_named_like_a_paper_is_looked_at() -> None:
    """Hosts are called install and license, too."""
    report = judged(zip_archive({"install.example.com.crt": LEAF, "README.txt": "hello", "www.key": KEY}))

    assert ("www.example.com",) == titles(report)
    assert "README" not in report.findings[0].message


def test_a_leftover_request_is_no_fault() -> None:
    """The request lies beside the certificate that came of it."""
    request = pem("CERTIFICATE REQUEST", certificate_request())
    report = judged(zip_archive({"www.csr": request, "www.crt": LEAF}), KEY.pem, INTERMEDIATE.pem)

    assert [("input-is-wrapped", "bundle")] == faults(report)


def test_more_blocks_than_an_input_may_have_are_not_read() -> None:
    """The cap on blocks holds for all members together."""
    block = b"-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n" * 600
    found_in = inputs.read_input("", "bundle", zip_archive({"a": block, "b": block, "c": block}))
    cut = [each.detail for each in found_in.problems if each.rule == "input-too-large"]

    assert ["only the first 2 of its members were looked at"] == cut


def test_of_two_keys_in_an_archive_the_right_one_is_judged() -> None:
    """What else is in it is not passed once it is unpacked."""
    report = judged(LEAF.pem, zip_archive({"a.key": load_key(OTHER_KEY), "b.key": KEY}), INTERMEDIATE.pem)
    key = report.submission.key

    assert ({"input-is-wrapped"}, "key.pem!b.key:1") == ({rule for rule, _ in faults(report)}, str(key and key.at))


def test_the_size_of_a_wrapper_is_not_that_of_its_content() -> None:
    """A large picture beside the certificate makes neither certificate nor key too large."""
    archive = zip_archive({"www.crt": LEAF, "www.key": KEY, "logo.png": b"\x89PNG" + bytes(50_000)})
    report = judged(archive, archive, INTERMEDIATE.pem)

    assert {"input-is-wrapped"} == {rule for rule, _ in faults(report)}


def test_an_archive_of_pictures_is_one_finding() -> None:
    """Nothing is there to be judged, and what there is is named."""
    report = judged(zip_archive({"logo.png": b"\x89PNG\r\n"}), KEY.pem, INTERMEDIATE.pem)

    assert [("pem-nothing-found", "bundle")] == faults(report)
    assert "with no certificate or key in it: logo.png (neither certificate nor key)" in report.findings[0].message


def test_inspect_shows_what_is_in_an_archive() -> None:
    """Each object says in which file it stands."""
    objects = pemcheck.inspect(zip_archive({"www.crt": LEAF, "k/www.key": KEY}), "b.zip")

    assert ["b.zip!www.crt", "b.zip!k/www.key"] == [each.at.file for each in objects]


def test_the_commands_take_an_archive_apart(tmp_path: Path) -> None:
    """What the fix says works as it stands."""
    (tmp_path / "bundle").write_bytes(zip_archive({"www.crt": LEAF}))
    report = judged(zip_archive({"www.crt": LEAF}), KEY.pem, INTERMEDIATE.pem)
    command = report.findings[0].fix.split("`")[3].replace("python3", f"'{sys.executable}'", 1)
    subprocess.run(command, shell=True, cwd=tmp_path, check=True)

    assert LEAF.pem.encode() == (tmp_path / "DIR" / "www.crt").read_bytes()


# ------------------------------------------------------------------------------------------ secrets and documents


@pytest.mark.parametrize("field", ["data", "stringData"])
@pytest.mark.parametrize("indent", [None, 4])
def test_a_secret_is_opened(field: str, indent: int | None) -> None:
    """As ``kubectl get secret -o json`` prints it, and as people write it."""
    plain = {key: file_bytes(part).decode() for key, part in TLS.items()}
    document = secret(TLS) if field == "data" else secret({}, stringData=plain)
    report = judged(json.dumps(document, indent=indent))

    assert [("input-is-wrapped", "bundle")] == faults(report)
    assert "this is a Kubernetes secret in JSON, not PEM; it holds tls.crt, tls.key" == report.findings[0].message
    assert ("www.example.com", "Test Intermediate I1") == titles(report)


def test_the_values_of_several_secrets_carry_their_names() -> None:
    """Of a list, namespace and name tell them apart; an unnamed one has its number."""
    unnamed = {"kind": "Secret", "data": {"ca.crt": encoded(ROOT)}, "metadata": None}
    listing = {"kind": "List", "items": [secret(TLS), secret({"x": b"-"}, "empty"), unnamed]}

    assert ["web/www/tls.crt", "web/www/tls.key", "secret 3/ca.crt"] == names(json.dumps(listing))
    assert "a list of 3 Kubernetes secrets in JSON" == opened(json.dumps(listing)).title


def test_what_a_secret_repeats_in_its_annotations_is_not_looked_at() -> None:
    """kubectl keeps a copy of what was applied."""
    document = secret(TLS)
    document["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(secret(TLS))}

    assert ["tls.crt", "tls.key"] == names(json.dumps(document))


def test_other_keys_count_if_they_hold_something() -> None:
    """Opaque secrets have keys of any name; passwords in them are not looked at."""
    data: dict[str, Part] = {"server.pem": LEAF, "store.der": LEAF.der, "password": b"correct horse battery staple"}

    assert ["server.pem", "store.der"] == names(json.dumps(secret(data)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", "tls.crt (empty)"), ("  ", "tls.crt (empty)"), ("not/base64!" * 4, "tls.crt (not base64)")],
)
def test_what_is_missing_from_a_secret_is_named(value: str, expected: str) -> None:
    """A key of a TLS secret that holds nothing is told, not passed over."""
    document = secret({"tls.key": KEY})
    document["data"]["tls.crt"] = value

    assert (expected,) == opened(json.dumps(document)).left_out


@pytest.mark.parametrize("missing", [1, 2, 3, 41, 42, 43])
def test_base64_that_is_cut_off_is_told(missing: int) -> None:
    """What is left is read, and nobody takes it for the whole."""
    packed = base64.b64encode(LEAF.pem.encode() + b" ").decode().rstrip("=")
    packed = packed[: len(packed) // 4 * 4 - missing]
    text = json.dumps({"kind": "Secret", "metadata": {"name": "x"}, "data": {"tls.crt": packed}})
    wrapped = opened(text)
    said = ("the end of tls.crt (its base64 is cut off)",) if len(packed) % 4 else ()

    assert (["tls.crt"], said) == ([each.name for each in wrapped.members], wrapped.left_out)


def test_two_of_one_name_are_two() -> None:
    """Neither is merged into the other's place, in an archive or in a document."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for each in (LEAF, INTERMEDIATE):
            archive.writestr("a.pem", each.pem)
    document = f'{{"a": {json.dumps(LEAF.pem)}, "a": {json.dumps(INTERMEDIATE.pem)}}}'
    read = [inputs.read_input("", "x", data).certificates for data in (stream.getvalue(), document.encode())]

    assert [["x!a.pem", "x!a.pem (2)"], ["x!a", "x!a (2)"]] == [[each.at.file for each in one] for one in read]


def test_a_value_that_should_be_base64_and_is_pem_is_read_all_the_same() -> None:
    """A person who wrote PEM into ``data`` meant it."""
    document = secret({"tls.key": KEY})
    document["data"] |= {"tls.crt": LEAF.pem, "ca.crt": "", "note": "some words that are no base64 at all", "n": 1}

    assert ["tls.key", "tls.crt"] == names(json.dumps(document))


def test_a_secret_with_odd_fields_is_no_exception() -> None:
    """Where a mapping should be, anything may be."""
    assert (("tls.crt",), ()) == (
        tuple(names(json.dumps({"kind": "Secret", "data": [1], "stringData": {"tls.crt": LEAF.pem}, "metadata": 3}))),
        opened(json.dumps({"kind": "Secret", "data": {"tls.crt": "   "}})).members,
    )


ANSWERS = {
    "aws acm export-certificate": (
        {"Certificate": LEAF.pem, "CertificateChain": INTERMEDIATE.pem, "PrivateKey": KEY.pem},
        ["Certificate", "CertificateChain", "PrivateKey"],
    ),
    "aws iam get-server-certificate": (
        {"ServerCertificate": {"CertificateBody": LEAF.pem, "CertificateChain": INTERMEDIATE.pem}},
        ["ServerCertificate.CertificateBody", "ServerCertificate.CertificateChain"],
    ),
    "vault write pki/issue": (
        {"data": {"ca_chain": [INTERMEDIATE.pem], "certificate": LEAF.pem, "private_key": KEY.pem, "n": 3}},
        ["data.ca_chain[0]", "data.certificate", "data.private_key"],
    ),
    "traefik's acme.json": (
        {"le": {"Certificates": [{"certificate": encoded([LEAF, INTERMEDIATE]), "key": encoded(KEY)}]}},
        ["le.Certificates[0].certificate", "le.Certificates[0].key"],
    ),
    "a JSON Web Key": ({"keys": [{"x5c": [encoded(LEAF.der)]}]}, ["keys[0].x5c[0]"]),
    "an array": ([LEAF.pem, {"a": INTERMEDIATE.pem}], ["[0]", "[1].a"]),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_what_services_and_tools_answer_is_opened(kind: str) -> None:
    """Every string with PEM in it is a member, called by its path."""
    document, expected = ANSWERS[kind]

    assert expected == names(json.dumps(document))


@pytest.mark.parametrize("kind", ["aws acm export-certificate", "vault write pki/issue"])
def test_such_an_answer_is_a_whole_submission(kind: str) -> None:
    """Everything in it is judged, and only the wrapper is at fault."""
    report = judged(json.dumps(ANSWERS[kind][0]))

    assert [("input-is-wrapped", "bundle")] == faults(report)
    assert ("www.example.com", "Test Intermediate I1") == titles(report)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[1, 2]",
        '{"a": "no certificate in here, whatever it says"}',
        '"-----BEGIN CERTIFICATE-----"',
        '{"a": ' + "[" * 100_000,
        '{"a": ',
        "{'a': 1}",
        '{"signature": "MEUCIQDZ0123456789abcdefghijklmnopqrstuvwxyzABCD"}',
    ],
)
def test_a_document_that_carries_nothing_is_none(text: str) -> None:
    """It is described as what it looks like, by whoever reads text."""
    assert None is members.members(text.encode())


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1, "a": "x", "n": ' + b"9" * 5_000 + b', "f": 1e999, "x": NaN, "y": -Infinity, "c": "%s"}',
        b'{"k": "\\ud800", "\\udfff": "\\ud800 and more than enough to be looked at", "c": "%s"}',
        b'\xef\xbb\xbf{"c": "%s"}',
        '\ufeff{"c": "%s"}'.encode("utf-16-le"),
        '{"c": "%s"}'.encode("utf-16-be"),
        b'{"deep": ' + b"[" * 300 + b"1" + b"]" * 300 + b', "c": "%s"}',
        b'{"control": "\x01\t", "c": "%s"}',
    ],
)
def test_odd_json_is_no_exception(data: bytes) -> None:
    """Duplicates, numbers without end, surrogates, UTF-16 and a byte order mark; what is meant is found."""
    mark, text = "%s", LEAF.pem.replace("\n", "\\n")
    for codec in ("utf-8", "utf-16-le", "utf-16-be"):
        data = data.replace(mark.encode(codec), text.encode(codec)) if codec != "utf-8" or b"\0" not in data else data

    assert "c" == names(data)[-1]


def test_every_duplicate_of_a_key_counts() -> None:
    """JSON readers keep the last one only, and silently."""
    first, second = (json.dumps(each.pem) for each in (LEAF, INTERMEDIATE))

    assert ["c", "c (2)"] == names(f'{{"c": {first}, "c": {second}}}')


def test_only_so_many_values_are_looked_at() -> None:
    """The rest is said to have been left aside."""
    document = {"c": LEAF.pem, **{str(number): "A" * 30 for number in range(documents.MAX_VALUES + 5)}}
    report = judged(json.dumps(document), KEY.pem, INTERMEDIATE.pem)

    assert {"input-is-wrapped", "input-too-large"} == {rule for rule, _ in faults(report)}


def test_only_so_many_nodes_are_visited() -> None:
    """A document of empty things costs no more than it must; a secret with too much before it is told as cut."""
    document = {"c": LEAF.pem, "many": [[0]] * 50_000, "d": INTERMEDIATE.pem}

    assert (["c"], True) == (names(json.dumps(document)), bool(opened(json.dumps(document)).cut))


def test_what_lies_too_deep_is_not_looked_at() -> None:
    """Nobody nests a certificate that deeply; that something was left aside is told."""
    inner: Any = LEAF.pem
    for _ in range(documents.MAX_DEPTH):
        inner = [inner]

    deep, flat = (json.dumps({"a": each, "c": LEAF.pem}) for each in (inner, "something else"))
    assert (["c"], True) == (names(deep), bool(opened(deep).cut))
    assert (["c"], False) == (names(flat), bool(opened(flat).cut))


def test_a_document_too_large_to_be_one_is_read_as_text() -> None:
    """What stands in it is found by whoever reads text."""
    padded = json.dumps({"c": LEAF.pem, "pad": "x" * documents.MAX_JSON})

    assert None is members.members(padded.encode())


def test_a_key_that_means_more_to_a_shell_is_in_no_command() -> None:
    """The command is left out rather than made dangerous."""
    name = "$(touch x)`id`\"'"
    report = judged(json.dumps({name: LEAF.pem}), KEY.pem, INTERMEDIATE.pem)

    assert (False, True) == ("touch" in report.findings[0].fix, "copy it between its quotes" in report.findings[0].fix)


def test_a_key_that_could_be_key_material_is_not_repeated() -> None:
    """Whoever mistakes names for values does not see them in a report."""
    line = KEY.pem.splitlines()[3]
    report = judged(json.dumps({line: LEAF.pem}), KEY.pem, INTERMEDIATE.pem)

    assert False is any(line in str(each.to_dict()) for each in report.findings)


DOCUMENTS = {
    "secret": json.dumps(secret(TLS)),
    "list": json.dumps({"kind": "List", "items": [secret(TLS)]}),
    "string data": json.dumps(secret({}, stringData={"tls.crt": LEAF.pem})),
    "answer": json.dumps(ANSWERS["vault write pki/issue"][0]),
    "base64": json.dumps(ANSWERS["traefik's acme.json"][0]),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_command_takes_the_first_value_out(kind: str, tmp_path: Path) -> None:
    """What the fix says works as it stands, byte for byte."""
    (tmp_path / "bundle").write_text(DOCUMENTS[kind])
    fix = judged(DOCUMENTS[kind], KEY.pem).findings[0].fix
    command = next(each for each in fix.split("`") if each.startswith("python3"))
    subprocess.run(command.replace("python3", f"'{sys.executable}'", 1), shell=True, cwd=tmp_path, check=True)

    assert opened(DOCUMENTS[kind]).members[0].data == (tmp_path / "new.pem").read_bytes()


# ---------------------------------------------------------------------------------------------------------- YAML


def yaml_secret(parts: Mapping[str, Part], name: str = "www") -> str:
    """Return a secret as ``kubectl get secret -o yaml`` prints it."""
    lines = "".join(f"  {key}: {encoded(part)}\n" for key, part in parts.items())
    return f"apiVersion: v1\ndata:\n{lines}kind: Secret\nmetadata:\n  name: {name}\n  namespace: web\n"


def block(text: str, indent: str = "    ") -> str:
    """Return *text* as the content of a YAML block scalar."""
    return "".join(f"{indent}{line}\n" for line in text.splitlines())


VALUES = f"# values of a chart\ntls:\n  crt: |\n{block(LEAF.pem)}  chain: &c |-\n{block(INTERMEDIATE.pem)}  again: *c\n"


def test_a_secret_in_yaml_is_opened() -> None:
    """As ``kubectl get secret -o yaml`` prints it."""
    report = judged(yaml_secret(TLS))

    assert [("input-is-wrapped", "bundle")] == faults(report)
    assert "this is a Kubernetes secret in YAML, not PEM; it holds tls.crt, tls.key" == report.findings[0].message


def test_several_documents_are_opened() -> None:
    """Each ``---`` starts another; scalars between them are nothing."""
    text = f"---\n{yaml_secret(TLS, 'a')}---\njust words\n---\n{yaml_secret({'tls.key': KEY}, 'b')}"

    assert ["web/a/tls.crt", "web/a/tls.key", "web/b/tls.key"] == names(text)


def test_block_scalars_are_opened_and_aliases_are_not_followed() -> None:
    """The values of a chart hold PEM as it is; an alias repeats what has been read."""
    report = judged(VALUES, KEY.pem)

    assert (["tls.crt", "tls.chain"], [("input-is-wrapped", "bundle")]) == (names(VALUES), faults(report))


def test_keys_and_certificates_of_a_kubeconfig_are_opened() -> None:
    """They stand in it as base64 of PEM; the file may be UTF-16, from PowerShell."""
    text = f"users:\n- name: me\n  user:\n    client-certificate-data: {encoded(LEAF)}\n"

    assert ["users[0].user.client-certificate-data"] == names(text) == names(text.encode("utf-16"))


TWO = f"---\n{yaml_secret(TLS, 'a')}---\n{yaml_secret(TLS, 'b')}"


@pytest.mark.parametrize("text", [yaml_secret(TLS), VALUES, TWO])
def test_the_command_takes_the_first_value_out_of_yaml(text: str, tmp_path: Path) -> None:
    """One document or several: what the fix says works as it stands."""
    (tmp_path / "bundle").write_text(text)
    fix = judged(text, KEY.pem).findings[0].fix
    command = next(each for each in fix.split("`") if each.startswith("python3"))
    subprocess.run(command.replace("python3", f"'{sys.executable}'", 1), shell=True, cwd=tmp_path, check=True)

    assert opened(text).members[0].data == (tmp_path / "new.pem").read_bytes()


@pytest.fixture
def without_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make PyYAML impossible to import."""
    monkeypatch.setitem(sys.modules, "yaml", None)


@pytest.mark.usefixtures("without_yaml")
def test_without_pyyaml_a_secret_in_yaml_is_named_with_the_way() -> None:
    """One finding, which names the extra and how to do without it."""
    report = judged(yaml_secret(TLS), KEY.pem, INTERMEDIATE.pem)

    assert [("pem-nothing-found", "bundle")] == faults(report)
    assert "it looks like YAML, which is opened only with PyYAML" in report.findings[0].message
    assert "pip install PyYAML" in report.findings[0].fix
    assert "kubectl get secret NAME -o json > secret.json" in report.findings[0].fix


def test_text_is_not_said_to_lack_a_block_twice() -> None:
    """That it has none was said before."""
    (message,) = {each.message for each in judged(b"hello\n", KEY.pem).findings if each.rule == "pem-nothing-found"}

    assert message.startswith("there is no PEM block in here; it looks like text of another kind")


@pytest.mark.usefixtures("without_yaml")
def test_without_pyyaml_pem_in_yaml_is_read_as_text() -> None:
    """Its blocks are found where they stand, and said to be indented."""
    report = judged(VALUES, KEY.pem, INTERMEDIATE.pem)

    assert True is ({"pem-blank-or-indented-lines"} <= {rule for rule, _ in faults(report)})


BOMB = "a: &a [" + ",".join(['"lol"'] * 9) + "]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi")
)  # fmt: skip

UGLY = {
    "a billion laughs": BOMB,
    "deep in brackets": "a: " + "[" * 50_000,
    "deep in dashes": "a:\n" + "- " * 30_000,
    "many items": "a:\n" + "- b\n" * 60_000,
    "an object of Python": "a: !!python/object/apply:os.system ['touch pwned']\n",
    "a bad escape": 'a: "\\xZZ"\n',
    "an alias of nothing": "a: *b\n",
    "a character that does not exist": 'a: "\\UFFFFFFFF"\n',
    "a tab": "a:\n\t- b\n",
    "a mapping as key": "? {a: b}\n: c\n",
    "control characters": "a: \x01\n",
    "no end": 'a: "\n',
}


@pytest.mark.parametrize("kind", UGLY)
def test_ugly_yaml_is_no_exception_and_costs_little(kind: str) -> None:
    """It is answered soon, whatever it is, on a slow machine as well."""
    text = UGLY[kind] + f"kind: Secret\ndata:\n  tls.crt: {encoded(LEAF)}\n"
    started = time.perf_counter()
    report = judged(text, KEY.pem, INTERMEDIATE.pem)

    assert (True, True) == (time.perf_counter() - started < 5, bool(report.findings))


@pytest.mark.parametrize(
    "text",
    [
        "Bag Attributes\n    friendlyName: x\n" + LEAF.pem,
        "subject: CN=x\n" + LEAF.pem,
        LEAF.pem,
        "a: b\n",
        "words\n" + block(LEAF.pem),
        block(LEAF.pem),
        "cert = <<-EOT\n" + block(LEAF.pem) + "EOT\n",
        f"a: b\nBEGIN x {'x' * yamls.MAX_YAML}\n",
        "---\nBEGIN just words\n",
    ],
)
def test_text_around_pem_is_not_taken_for_yaml(text: str) -> None:
    """Only what starts like a document, with its markers indented, is one."""
    assert None is members.members(text.encode())


# ---------------------------------------------------------------------------------------------- whatever it is


STARTS = [b"PK\3\4", b"PK\5\6", b"{", b"[", b"kind: Secret\ndata: ", b"---\nBEGIN "]


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(STARTS))
def test_any_bytes_get_an_answer(data: bytes, start: bytes) -> None:
    """Nothing makes the opening of wrappers raise."""
    found_in = inputs.read_input("certificate", "x", start + data)

    assert len(start + data) == found_in.size


@settings(deadline=None)
@given(st.data())
def test_any_change_to_an_archive_gets_an_answer(data: st.DataObject) -> None:
    """Headers that lie, checksums that are wrong, tables that end early."""
    archive = bytearray(zip_archive({"a.crt": LEAF.der[:40], "b": b"-----BEGIN X-----"}))
    for position in data.draw(st.lists(st.integers(0, len(archive) - 1), max_size=6)):
        archive[position] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(archive)))
    report = judged(bytes(archive[:cut]), KEY.pem)

    assert True is bool(report.findings)


NESTED: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.text() | st.just(LEAF.pem) | st.just(encoded(LEAF))
)
for _ in range(3):
    NESTED |= st.lists(NESTED, max_size=3) | st.dictionaries(st.text(max_size=6), NESTED, max_size=3)


@settings(deadline=None)
@given(NESTED, st.booleans())
def test_any_document_gives_each_of_its_certificates(document: Any, ascii_only: bool) -> None:
    """As many members as there are strings with a certificate, wherever they stand."""

    def count(value: Any) -> int:
        below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return sum(map(count, below)) + (value in (LEAF.pem, encoded(LEAF)))

    wrapped = members.members(json.dumps({"document": document}, ensure_ascii=ascii_only).encode())

    assert count(document) == (0 if wrapped is None else len(wrapped.members))


def test_zips_are_recognised_by_their_start() -> None:
    """An empty archive is one as well."""
    assert [True, True, False] == [zips.is_zip(each) for each in (b"PK\3\4", zip_archive({}), LEAF.der)]


def test_an_empty_archive_is_named() -> None:
    """There is nothing in it, and that is said."""
    assert "it looks like a ZIP archive" in judged(zip_archive({}), KEY.pem).findings[0].message


def test_the_command_for_a_property_list_works(tmp_path: Path) -> None:
    """What a profile of Apple's holds is printed in base64."""
    payload = {"PayloadType": "com.apple.security.root", "PayloadContent": LEAF.der}
    profile = plistlib.dumps({"PayloadContent": [payload, {}]})
    (tmp_path / "bundle").write_bytes(profile)
    fix = judged(profile, KEY.pem, INTERMEDIATE.pem).findings[0].fix
    command = fix.split("`")[1].replace("python3", f"'{sys.executable}'", 1)
    ran = subprocess.run(command, shell=True, cwd=tmp_path, check=True, capture_output=True, text=True)

    assert f"com.apple.security.root {encoded(LEAF.der)}\n" == ran.stdout


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_puts_files_where_the_findings_say(tmp_path: Path) -> None:
    """A command for a member names the file that unpacking makes."""
    archive = zip_archive({"../a/www.crt": LEAF})
    (tmp_path / "b.zip").write_bytes(archive)
    subprocess.run(["unzip", "-q", "-o", "b.zip", "-d", "DIR"], cwd=tmp_path, capture_output=True)

    assert LEAF.pem.encode() == (tmp_path / opened(archive).members[0].file).read_bytes()


@pytest.mark.parametrize("key", ["tls.crt", "note"])
def test_a_value_of_white_space_is_an_empty_one(key: str) -> None:
    """It is named where a certificate or a key should be, and only there."""
    wrapped = opened(json.dumps(secret({"tls.key": KEY.pem, key: b" " * 24})))

    assert (["tls.key"], ("tls.crt (empty)",) if key == "tls.crt" else ()) == (
        [each.name for each in wrapped.members],
        wrapped.left_out,
    )
