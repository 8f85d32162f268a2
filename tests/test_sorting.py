"""Roles by content: what is the certificate, its key and its chain among files that nobody named."""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Sequence
from typing import Any

import pytest

from fixtures import der
from fixtures.build import (
    INTERMEDIATE,
    INTERMEDIATE_2,
    ROOT,
    Certificate,
    authority,
    certificate_request,
    ec_leaf,
    leaf,
    load_key,
    pem,
    zip_archive,
)
from pemcheck import armor
from pemcheck.budget import Budget
from pemcheck.facts import NO_KEY
from pemcheck.gathering import gather, look
from pemcheck.inputs import ROLES
from pemcheck.sorting import sort
from pemcheck.submission import Submission, Undetermined

pytestmark = pytest.mark.once

LEAF = leaf(issuer=INTERMEDIATE_2)
KEY = load_key(LEAF.key).pem
OTHER = leaf(key="rsa-2048-g", subject="CN=other.example.com,O=Example", serial=7)
OTHER_KEY = load_key("rsa-2048-g").pem
CHAIN = INTERMEDIATE_2.pem + INTERMEDIATE.pem
ENCRYPTED = load_key("rsa-encrypted-pkcs8").pem


def sorted_out(*files: str | tuple[str, str], found: Collection[str] = (), **named: str) -> Submission:
    """Return the submission that *files* make; *named* are inputs whose role was said."""
    given = [(f"f{n}", each) if isinstance(each, str) else each for n, each in enumerate(files, 1)]
    data = [named[role].encode() if role in named else None for role in ("certificate", "key", "chain")]
    names = ["certificate.pem", "key.pem", "chain.pem"]
    return gather(data, names, files=[(name, text.encode()) for name, text in given], found=found)


def places(it: Submission) -> dict[str, Any]:
    """Return where each part was found."""
    return {
        "certificate": str(it.leaf.at) if it.leaf else None,
        "key": str(it.key.at) if it.key else None,
        "chain": [str(each.at) for each in it.chain],
    }


def titles(certificates: Sequence[Any]) -> list[str]:
    """Return what certificates are called."""
    return [each.title for each in certificates]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_files_may_come_in_any_order(order: tuple[int, ...]) -> None:
    """What they are is told by what they hold."""
    files = [("a", LEAF.pem), ("b", KEY), ("c", CHAIN)]
    found = places(sorted_out(*(files[n] for n in order)))

    assert {"certificate": "a:1", "key": "b:1", "chain": ["c:1", "c:23"]} == found


def test_a_combined_file_is_split() -> None:
    """Each role gets its own, with the size that its own file would have."""
    it = sorted_out(("all", KEY + LEAF.pem + CHAIN))
    sizes = {each.role: each.size for each in it.inputs}

    assert dict(zip(ROLES, (len(LEAF.pem), len(KEY), len(CHAIN)))) == sizes


@pytest.mark.parametrize("length", [0, 1, 2, 3, 47, 48, 49, 96, 1000])
def test_the_size_of_a_block_is_known_before_it_is_written(length: int) -> None:
    """Lines of 64 columns that end in LF."""
    assert len(pem("CERTIFICATE", bytes(length))) == armor.size("CERTIFICATE", length)


def test_the_order_of_files_is_no_fault() -> None:
    """Whoever joins them joins them as they link."""
    it = sorted_out(KEY, ("i1", INTERMEDIATE.pem), LEAF.pem, ("i2", INTERMEDIATE_2.pem))

    assert (["i2:1", "i1:1"], True) == (places(it)["chain"], it.path.in_order if it.path else None)


def test_the_order_within_a_file_is_kept() -> None:
    """It is what would be uploaded."""
    it = sorted_out(KEY, LEAF.pem, ("chain", INTERMEDIATE.pem + INTERMEDIATE_2.pem))

    assert False is (it.path.in_order if it.path else None)


def test_the_key_decides_which_certificate_is_meant() -> None:
    """The other one is chain, where it does not belong: the promise of interface.md."""
    it = sorted_out(OTHER.pem, KEY, LEAF.pem, CHAIN)

    assert (["other.example.com"], "www.example.com") == (
        titles(it.path.unrelated if it.path else ()),
        it.leaf.title if it.leaf else None,
    )


def test_without_a_key_it_is_the_one_that_issued_no_other() -> None:
    """Whatever the order."""
    assert "f1:45" == places(sorted_out(CHAIN + LEAF.pem))["certificate"]


def test_a_foreign_ca_is_not_taken_for_the_certificate() -> None:
    """It has issued nothing here either."""
    assert "f2:1" == places(sorted_out(ROOT.pem, leaf(issuer=INTERMEDIATE).pem))["certificate"]


def test_the_key_of_the_own_ca_beside_is_not_the_one() -> None:
    """As mkcert leaves it."""
    it = sorted_out(ROOT.pem, load_key(ROOT.key).pem, leaf(issuer=ROOT).pem, KEY)

    assert {"certificate": "f3:1", "key": "f4:1", "chain": ["f1:1"]} == places(it)
    assert ["the private key of Test Root R1 (f1:1)"] == [each.reason for each in it.unused]


def test_the_key_of_a_ca_beside_what_it_issued_is_the_wrong_key() -> None:
    """The certificate is meant, not its issuer: found in a folder, it would else be accepted in its place."""
    names = ["f1", "f2", "f3"]
    it = sorted_out(LEAF.pem, CHAIN, load_key(INTERMEDIATE_2.key).pem, found=names)

    assert ("f1:1", "f2:1") == (places(it)["certificate"], str(it.key_owner.at) if it.key_owner else None)


@pytest.mark.parametrize(
    "damaged",
    [
        pem("CERTIFICATE", INTERMEDIATE.der[:-30]),
        pem("CERTIFICATE", b"\x30\x03\x02\x01\x01"),
        pem("PRIVATE KEY", b"\x30\x03\x02\x01"),
    ],
    ids=["cut off", "no certificate", "no key"],
)
def test_what_cannot_be_read_at_all_is_not_passed_over(damaged: str) -> None:
    """It may be what is missing, wherever it was found."""
    it = sorted_out(LEAF.pem, KEY, INTERMEDIATE_2.pem, damaged, found=["f4"])

    assert ["f4"] == [problem.at.file for each in it.inputs for problem in each.problems]


REKEYED = authority("CN=Test Intermediate I2,O=Example Trust", "rsa-2048-e", INTERMEDIATE)
RENAMED = authority("CN=Test Renamed,O=Example Trust", "rsa-2048-c", INTERMEDIATE)
FOREIGN = authority("CN=Test Foreign,O=Example Trust", "rsa-2048-e", INTERMEDIATE)


@pytest.mark.parametrize(
    ("issuer", "chosen"),
    [
        (INTERMEDIATE_2, ["Test Intermediate I2"]),
        (REKEYED, ["Test Intermediate I2"]),
        (RENAMED, ["Test Renamed"]),
        (FOREIGN, []),
    ],
)
def test_what_passes_for_the_issuer_and_did_not_sign_is_not_passed_over(issuer: Certificate, chosen: list[str]) -> None:
    """In a folder, too, a damaged signature or another key is told, and not that there is no chain."""
    damaged = pem("CERTIFICATE", LEAF.der[:-1] + bytes([LEAF.der[-1] ^ 1]))
    it = sorted_out(damaged, KEY, issuer.pem, found=["f1", "f2", "f3"])

    assert (chosen, [] if chosen else ["f3:1"]) == (titles(it.chain), [str(each.at) for each in it.unused])
    assert bool(chosen) == (it.path is not None and it.path.gap is not None)


@pytest.mark.parametrize("container", [False, True])
def test_the_issuer_of_the_last_one_is_not_passed_over_either(container: bool) -> None:
    """Nor is it in an archive: what was beside it there is meant like what was beside it in a folder."""
    above = authority("CN=Test Intermediate I1,O=Example Trust", "rsa-2048-e", ROOT)
    texts = {"cert.pem": LEAF.pem, "i2.pem": INTERMEDIATE_2.pem, "i1.pem": above.pem, "foreign.pem": FOREIGN.pem}
    if container:
        archive = zip_archive({name: text.encode() for name, text in texts.items()})
        it = gather([None] * 3, ["", "", ""], files=[("all.zip", archive)])
    else:
        it = sorted_out(*texts.items(), found=[*texts])

    assert ["Test Intermediate I2", "Test Intermediate I1"] == titles(it.chain)


@pytest.mark.parametrize("container", [False, True])
@pytest.mark.parametrize(
    ("files", "chain"),
    [
        ({"all.pem": LEAF.pem + FOREIGN.pem, "key.pem": KEY}, ["Test Foreign"]),
        ({"all.pem": FOREIGN.pem + LEAF.pem + KEY}, ["Test Foreign"]),
        ({"cert.pem": LEAF.pem, "key.pem": KEY + FOREIGN.pem}, ["Test Foreign"]),
        ({"cert.pem": LEAF.pem, "key.pem": OTHER_KEY + FOREIGN.pem}, ["Test Foreign"]),
        ({"cert.pem": LEAF.pem + ENCRYPTED + FOREIGN.pem}, ["Test Foreign"]),
        ({"cert.pem": LEAF.pem, "full.pem": LEAF.pem + FOREIGN.pem, "key.pem": KEY}, ["Test Foreign"]),
        (
            {"all.pem": LEAF.pem + INTERMEDIATE_2.pem + FOREIGN.pem, "key.pem": KEY, "ca.pem": INTERMEDIATE.pem},
            ["Test Intermediate I2", "Test Foreign", "Test Intermediate I1"],
        ),
    ],
    ids=[
        *("full chain", "reversed", "with the key", "with another key", "with a closed key", "beside a copy"),
        "behind the issuer",
    ],
)
def test_what_stands_in_the_certificate_s_own_file_is_its_chain(
    files: dict[str, str], chain: list[str], container: bool
) -> None:
    """In a folder, too, where nobody named it: it is what a server would send, and what would be uploaded."""
    if container:
        archive = zip_archive({name: text.encode() for name, text in files.items()})
        it = gather([None] * 3, ["", "", ""], files=[("all.zip", archive)])
    else:
        it = sorted_out(*files.items(), found=[*files])

    assert (chain, []) == (titles(it.chain), [each.reason for each in it.unused])


@pytest.mark.parametrize("stranger", [OTHER.pem, OTHER_KEY])
def test_a_file_of_several_is_nobody_s_chain(stranger: str) -> None:
    """Where others' certificates or keys stand beside the certificate, what leads nowhere may be theirs."""
    it = sorted_out(LEAF.pem + KEY + FOREIGN.pem + stranger, found=["f1"])

    assert [] == titles(it.chain)
    assert any("Test Foreign, which is no part of this chain" in each.reason for each in it.unused)


def test_beside_the_true_issuer_a_false_one_is_left_aside() -> None:
    """The generation before of a CA harms nobody, nor does another root of a self-signed certificate."""
    it = sorted_out(LEAF.pem, KEY, REKEYED.pem, CHAIN, ROOT.pem, found=["f3", "f4", "f5"])

    assert ["f4:1", "f4:23", "f5:1"] == [str(each.at) for each in it.chain]
    assert ["f3:1"] == [str(each.at) for each in it.unused]


def test_where_signatures_are_not_verified_nothing_is_thrown_away() -> None:
    """Nobody can tell what leads where; it is undecided then."""
    many = authority("CN=Test Intermediate I2,O=Example Trust", INTERMEDIATE_2.key, ski=False).pem
    more = "".join(leaf(issuer=INTERMEDIATE_2, serial=n).pem for n in range(2, 9))
    paid = itertools.chain([True] * 4, itertools.repeat(False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Budget, "take_effort", lambda *_: next(paid))
        it = sorted_out(LEAF.pem, KEY, CHAIN, many, more, certificate=LEAF.pem, found=["f3", "f4", "f5"])

    assert (True, True) == (len(it.chain) > 2, "links" in it.path.unread if it.path else False)


def test_a_self_signed_certificate_stands_alone() -> None:
    """It issued itself, which does not count."""
    own = authority("CN=own.example.com", "rsa-2048-f")

    assert "f2:1" == places(sorted_out(KEY, own.pem))["certificate"]


@pytest.mark.parametrize(
    ("files", "question"),
    [
        ((LEAF.pem, KEY, OTHER.pem, OTHER_KEY), "2 certificates have their private key here; say which is meant with "),
        ((LEAF.pem, OTHER.pem), "2 certificates have issued no other; say which"),
        ((LEAF.pem, OTHER.pem, load_key("p256-b").pem), "no other, and no private key here belongs to any of them; s"),
        ((LEAF.pem, KEY, leaf(serial=8).pem), "2 certificates have their private key here; say which"),
    ],
    ids=["two pairs", "two without key", "another key", "renewed with the same key"],
)
def test_where_several_are_meant_the_user_is_asked(files: tuple[str, ...], question: str) -> None:
    """With subject, validity and key of each, and what to pass."""
    with pytest.raises(Undetermined) as caught:
        sorted_out(*files)
    text = str(caught.value)

    assert question in text
    assert "f1:1: www.example.com, 2026-01-01 to 2027-01-01, key RSA_2048 SHA-256 " in text
    assert "\n      f1" in text


def test_the_question_names_the_keys() -> None:
    """So that the answer can be copied."""
    with pytest.raises(Undetermined, match="\n      f1 f2\n"):
        sorted_out(LEAF.pem, KEY, OTHER.pem, OTHER_KEY)


CANNOT_BE_NAMED = "\n      (its files hold another of them too, or cannot be named: put it into files of its own)"


@pytest.mark.parametrize(
    ("files", "answers"),
    [
        ((("l", LEAF.pem + CHAIN), ("k", KEY), ("o", OTHER.pem), ("ok", OTHER_KEY)), ["o ok", "l k"]),
        ((("l", LEAF.pem), ("c", CHAIN), ("k", KEY), ("o", OTHER.pem + OTHER_KEY)), ["l k c", "o c"]),
        ((("l", LEAF.pem + OTHER.pem), ("k", KEY), ("ok", OTHER_KEY)), ["", ""]),
        ((("a b", LEAF.pem), ("-k", KEY), ("o", OTHER.pem), ("ok", OTHER_KEY)), ["'a b' ./-k", "o ok"]),
        ((("<stdin>", LEAF.pem), ("k", KEY), ("o\u202e", OTHER.pem), ("ok", OTHER_KEY)), ["", ""]),
        ((("l", LEAF.pem), ("o", OTHER.pem + KEY), ("ok", OTHER_KEY)), ["", "o ok"]),
        ((("l", LEAF.pem), ("o", OTHER.pem), ("e", ENCRYPTED)), ["l e", "o e"]),
    ],
    ids=["a full chain", "a chain apart", "one file", "quoted", "no names", "a key beside another", "a closed key"],
)
def test_each_answer_names_the_files_of_one_alone(files: tuple[tuple[str, str], ...], answers: list[str]) -> None:
    """With its key and its chain; where they cannot be named, that is said."""
    with pytest.raises(Undetermined) as caught:
        sorted_out(*files)
    found = [line.strip() for line in str(caught.value).splitlines()[2::2]]

    assert [answer or CANNOT_BE_NAMED.strip() for answer in answers] == found


def test_a_closed_key_may_be_that_of_any() -> None:
    """Nobody says that it belongs to none."""
    with pytest.raises(Undetermined, match="no private key here is known to belong to any of them"):
        sorted_out(LEAF.pem, OTHER.pem, ENCRYPTED)


def test_a_named_key_is_in_no_answer() -> None:
    """It stays named."""
    with pytest.raises(Undetermined, match=r"\n      f1\n.*\n      f2$"):
        sorted_out(LEAF.pem, OTHER.pem, key=load_key("p256-b").pem)


def test_many_candidates_are_no_reason_to_wait() -> None:
    """Whatever stands above them."""
    cas = "".join(authority(f"CN=A{n}", "p256-a").pem for n in range(900))
    started = time.process_time()
    with pytest.raises(Undetermined, match="and 10 more"):
        sorted_out(cas + CHAIN, *(leaf(issuer=INTERMEDIATE_2, serial=n).pem for n in range(1, 31)))

    assert time.process_time() - started < 3


def test_the_question_is_bounded() -> None:
    """A folder may hold hundreds."""
    with pytest.raises(Undetermined, match=r"\n  … and 5 more$"):
        sorted_out("".join(leaf(serial=n).pem for n in range(1, 26)))


def test_what_cannot_be_read_is_no_reason_not_to_ask() -> None:
    """Validity and key are unknown then."""
    broken = leaf(not_before=b"\x17\x01x", spki=b"\x30\x03\x02\x01\x01")
    with pytest.raises(Undetermined, match=r"www\.example\.com, validity unknown, key unknown"):
        sorted_out(broken.pem, OTHER.pem)


def test_the_user_may_name_one() -> None:
    """And leave the rest to be found."""
    it = sorted_out(LEAF.pem, KEY, OTHER.pem, OTHER_KEY, INTERMEDIATE.pem, certificate=OTHER.pem, found=["f1"])

    assert {"certificate": "certificate.pem:1", "key": "f4:1", "chain": ["f5:1"]} == places(it)
    assert ["the certificate of www.example.com, which is no part of this chain", "the private key of www.example"] == [
        each.reason[:66] if number == 0 else each.reason[:30] for number, each in enumerate(it.unused)
    ]


def test_a_key_that_is_named_finds_its_certificate() -> None:
    """Of several."""
    it = sorted_out(LEAF.pem, OTHER.pem, key=OTHER_KEY, found=["f1"])

    assert ("f2:1", "key.pem:1") == (places(it)["certificate"], places(it)["key"])


def test_a_chain_that_is_named_is_the_chain() -> None:
    """Nothing is added to it."""
    it = sorted_out(LEAF.pem + CHAIN, KEY, chain=INTERMEDIATE_2.pem)

    assert ["chain.pem:1"] == places(it)["chain"]


def test_of_copies_the_one_is_taken_that_stands_by_itself() -> None:
    """certbot's folder holds everything twice, and needs no word about it."""
    it = sorted_out(("cert", LEAF.pem), ("chain", CHAIN), ("full", LEAF.pem + CHAIN), ("privkey", KEY), ("p", KEY))

    assert {"certificate": "cert:1", "key": "privkey:1", "chain": ["chain:1", "chain:23"]} == places(it)
    assert () == it.unused


def test_keys_that_are_no_numbers_are_found_too() -> None:
    """Ed25519's, as openssl writes it; and one that says nothing of itself is nobody's."""
    own = authority("CN=own.example.com", "ed25519-a")
    it = sorted_out(load_key("ed25519-b").pem, OTHER.pem, own.pem, load_key("ed25519-a").pem)

    assert ("f3:1", "f4:1") == (places(it)["certificate"], places(it)["key"])
    assert None is NO_KEY.identity


def test_a_key_without_its_certificate_is_told() -> None:
    """The key of another renewal is recognised for what it is."""
    it = sorted_out(LEAF.pem, KEY, CHAIN, OTHER_KEY)

    assert ["a private key that belongs to no certificate here"] == [each.reason for each in it.unused]


def test_the_only_key_is_the_key_even_if_it_is_the_wrong_one() -> None:
    """That is what key-does-not-match is for."""
    it = sorted_out(LEAF.pem, OTHER_KEY, CHAIN)

    assert (False, "f2:1") == (it.pair.matches if it.pair else None, places(it)["key"])


def test_a_key_that_cannot_be_read_may_be_the_one() -> None:
    """Rather than one that is known not to be."""
    it = sorted_out(LEAF.pem, OTHER_KEY, ENCRYPTED)

    assert "f3:1" == places(it)["key"]


def test_an_encrypted_key_that_is_not_needed_says_why_nothing_is_known_of_it() -> None:
    """Its passphrase is wanting."""
    it = sorted_out(LEAF.pem, KEY, ENCRYPTED, "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n")

    assert [
        "a private key, which cannot be read",
        "a private key, which cannot be read without its passphrase",
    ] == sorted(each.reason for each in it.unused)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("rsa-2048-f", "a certificate request, made with the key of the certificate"),
        ("rsa-2048-g", "a certificate request, made with another key"),
    ],
)
def test_a_request_is_told_whose_it_is(key: str, reason: str) -> None:
    """Whether it belongs to the certificate."""
    request = pem("CERTIFICATE REQUEST", certificate_request(key=key))

    assert [reason] == [each.reason for each in sorted_out(LEAF.pem, KEY, CHAIN, request).unused]


def test_a_request_beside_a_key_alone_is_told_too() -> None:
    """There is no certificate yet."""
    it = sorted_out(KEY, pem("CERTIFICATE REQUEST", certificate_request()))

    reasons = [each.reason for each in it.unused]

    assert (None, ["a certificate request, made with the private key"]) == (it.leaf, reasons)


def test_a_revocation_list_is_of_no_use() -> None:
    """But it is named."""
    times = der.utc_time("260101000000Z") + der.utc_time("260201000000Z")
    algorithm = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.NULL)
    crl = der.sequence(der.sequence(algorithm, ROOT.subject, times), algorithm, der.bits(b"signature"))
    it = sorted_out(LEAF.pem, KEY, pem("X509 CRL", crl))

    assert ["a certificate revocation list"] == [each.reason for each in it.unused]


@pytest.mark.parametrize(
    ("extra", "found", "kept"),
    [
        ("hello\n", [], []),
        ("hello\n", ["f3"], []),
        ("PuTTY-User-Key-File-2: ssh-rsa\n", [], ["pem-nothing-found"]),
        ("PuTTY-User-Key-File-2: ssh-rsa\n", ["f3"], []),
        ("", [], ["input-empty"]),
        ("PK\x03\x04", [], ["pem-nothing-found"]),
        ("PK\x03\x04", ["f3"], []),
        (LEAF.pem[:400], ["f3"], ["pem-marker-malformed", "pem-no-final-newline"]),
        (OTHER.pem, ["f3"], []),
    ],
    ids=[
        *("a text that was given", "a text that was found", "a key that was given", "a key that was found"),
        *("nothing", "an archive that was given", "an archive that was found", "damage that was found"),
        "a stranger that was found",
    ],
)
def test_what_was_given_must_be_of_use(extra: str, found: list[str], kept: list[str]) -> None:
    """
    What was only found in a folder need not, unless it is damaged: it may be what is missing.

    Nor a text, which a shell's pattern finds too.
    """
    it = sorted_out(LEAF.pem, KEY + INTERMEDIATE_2.pem, extra, found=found)

    assert kept == [problem.rule for each in it.inputs if not each.role for problem in each.problems]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("hello\n", "text without a PEM block"),
        ("[ req ]\nbits = 1\n", "a configuration file"),
        ("{}", "JSON"),
        ('{"kind": "Secret", "data": {}}', "a Kubernetes secret in JSON"),
    ],
)
def test_a_text_beside_the_rest_is_not_used(text: str, what: str) -> None:
    """README and configuration are in every folder; it is said what was passed over."""
    it = sorted_out(LEAF.pem, KEY, CHAIN, ("README", text))

    assert [("README", f"{what}, with nothing in it to import")] == [(each.at.file, each.reason) for each in it.unused]


def test_a_text_alone_is_a_fault() -> None:
    """Nothing else was given."""
    it = sorted_out("hello\n")

    assert ["pem-nothing-found"] == [problem.rule for each in it.inputs for problem in each.problems]


def test_a_closed_archive_that_was_found_may_hold_what_is_missing() -> None:
    """Only then does it matter."""
    it = sorted_out(LEAF.pem, ("backup.zip", "PK\x03\x04"), found=["f1", "backup.zip"])

    assert ["pem-nothing-found"] == [problem.rule for each in it.inputs for problem in each.problems]


def test_faults_of_form_go_with_what_they_stand_in() -> None:
    """And those between the blocks with the first role of the file."""
    text = "hello\n" + LEAF.pem.replace("\n", " \n", 2) + KEY.replace("\n", "  \n", 1) + CHAIN
    it = sorted_out(("all", text))
    found = {each.role: {problem.rule for problem in each.problems} for each in it.inputs}

    assert {
        "certificate": {"pem-trailing-spaces", "pem-text-outside-blocks"},
        "private key": set(),
        "certificate chain": set(),
    } == found


def test_the_parameters_of_a_key_go_with_it() -> None:
    """They stand in front of it, as openssl writes them."""
    parameters = pem("EC PARAMETERS", bytes.fromhex("06082a8648ce3d030107"))
    it = sorted_out(ec_leaf().pem + parameters + load_key("p256-a").pem)

    assert ["parameters"] == [each.kind for part in it.inputs if part.role == "private key" for each in part.others]


def test_what_was_looked_at_can_be_sorted_alone() -> None:
    """Without a submission around it."""
    files = [look(LEAF.pem.encode(), "a"), look(KEY.encode(), "b")]

    assert [("certificate", "a"), ("private key", "b")] == [(each.role, each.at.file) for each in sort(files).inputs]


def test_thousands_of_certificates_are_sorted_in_no_time() -> None:
    """Each has the name of the next; only so many signatures are verified."""
    many = [authority(f"CN=A{n}", "p256-a").pem for n in range(300)]
    it = sorted_out("".join(many) + LEAF.pem, KEY)

    assert (300, "f1:") == (len(it.chain), places(it)["certificate"][:3])


def test_more_than_anybody_means_is_not_read() -> None:
    """Whatever the number of files; each key is calculated with."""
    many = load_key("p521-a").pem * 600
    started = time.process_time()
    with pytest.raises(Undetermined, match="there are more than 1,000 certificates, keys and other blocks"):
        sorted_out(*[many] * 10)

    assert time.process_time() - started < 5


def test_a_name_in_a_question_can_trick_no_terminal() -> None:
    """It comes from a stranger."""
    hostile: Certificate = leaf(subject="CN=\x1b[31mred")
    with pytest.raises(Undetermined) as caught:
        sorted_out(hostile.pem, ("\x1b[2Jfile", OTHER.pem))

    assert "\x1b" not in str(caught.value)


def test_roles_that_were_said_are_not_sorted() -> None:
    """Without files, nothing is looked for."""
    it = gather([LEAF.pem.encode(), None, None], ["a", "", ""])

    assert (False, ()) == (it.sorted, it.unused)
