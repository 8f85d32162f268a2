"""Where a fault stands, and what is said of several: the first is the place, the others are named beside it."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures import judged
from fixtures.generate import CASES
from pemcheck import checking, engine
from pemcheck.facts import AltNames, Certificate, Name, Other, PrivateKey, PublicKey
from pemcheck.findings import Finding, Outcome
from pemcheck.rules import BY_NAME
from pemcheck.source import Location, Problem
from pemcheck.submission import Chain, Input, Link, Pair, Submission
from pemcheck.targets import DOCUMENTED, ERROR, Demand, Target, Want

pytestmark = pytest.mark.once

AT = checking.moment("2026-06-01")
TARGET = Target("acm", "ACM", "2026-11-23", "https://docs.aws.amazon.com/", ("RSA_2048",), 32_768, 2_097_152, ())


def facts(case: str) -> Submission:
    """Return the submission of a case."""
    return judged.gather(CASES[case].contents())


CLEAN = facts("clean-rsa-2048")
assert CLEAN.leaf is not None
assert CLEAN.key is not None
assert CLEAN.path is not None
LEAF, KEY, PATH = CLEAN.leaf, CLEAN.key, CLEAN.path
FILE = Location("a.pem", 1)


def name(text: str) -> Name:
    """Return a distinguished name with one common name."""
    return Name(text.encode(), f"CN={text}", ((("2.5.4.3", text),),))


def certificate(line: int, **changes: Any) -> Certificate:
    """Return a certificate in this line, which is called after it."""
    named = {"subject": name(f"C{line}"), "issuer": name(f"I{line}"), "der": b"%d" % line}
    return LEAF.replace(**{"at": Location("a.pem", line), **named, **changes})


def key(line: int, **changes: Any) -> PrivateKey:
    """Return a private key in this line."""
    return KEY.replace(at=Location("a.pem", line), **changes)


def other(line: int, kind: str, **details: str) -> Other:
    """Return anything else in this line."""
    return Other(Location("a.pem", line), kind, details=tuple(details.items()))


def finding(rule: str, it: Any, **demand: Any) -> Finding:
    """Return what is said where *rule* is asked about *it*."""
    asked = Want(TARGET, AT, demand=Demand(rule, ERROR, DOCUMENTED, "https://example.com", **demand))
    found = engine._ask_about(BY_NAME[rule], it, [asked], asked, LEAF)[1]
    assert found is not None
    return found


def lines(found: Finding) -> list[int | None]:
    """Return the lines of a finding, its own first."""
    return [found.at.line, *(each.line for each in found.also)]


ONE, TWO, THREE, FOUR = map(certificate, range(1, 5))
KEYS = (key(1), key(2), key(3), key(4))
CHAIN = Chain(FILE, LEAF, (ONE, TWO, THREE))


def given(role: str, *objects: Any) -> Input:
    """Return an input that holds these."""
    return Input(role, Location("a.pem"), 1, objects)


SIDE = "{0} is also signed by C{1} (a.pem:{1}): a second path, not needed"
REQUESTS = tuple(other(line, "certificate_request", subject=f"CN={line}") for line in (1, 2, 3))
NO_NAME = REQUESTS[0].replace(details=())


@pytest.mark.parametrize(
    ("rule", "it", "expected", "said"),
    [
        (
            "request-key-differs",
            CLEAN.replace(inputs=(given("private key", *REQUESTS),), other_requests=REQUESTS),
            [1, 2, 3],
            ": CN=1, CN=2, CN=3",
        ),
        (
            "request-key-differs",
            CLEAN.replace(inputs=(given("private key", NO_NAME),), other_requests=(NO_NAME,)),
            [1],
            "private key: ?",
        ),
        ("chain-contains-leaf", CHAIN.replace(leaf_copies=(ONE, TWO, THREE)), [1, 2, 3], ", and nothing else"),
        ("chain-contains-leaf", CHAIN.replace(leaf_copies=(ONE,), path=(TWO,)), [1], "itself (www.example.com)"),
        (
            "chain-contains-leaf",
            CHAIN.replace(leaf_copies=(ONE,), gap=Link(FILE, LEAF, TWO, False, True)),
            [1],
            "itself (www.example.com)",
        ),
        ("chain-contains-duplicate", CHAIN.replace(duplicates=(ONE, TWO, THREE)), [1, 2, 3], "once: C1, C2, C3"),
        ("chain-contains-unrelated", CHAIN.replace(unrelated=(ONE, TWO, THREE)), [1, 2, 3], "path: C1, C2, C3"),
        (
            "chain-contains-unrelated",
            CHAIN.replace(unrelated=(FOUR,), side_paths=(ONE, TWO)),
            [4, 1, 2],
            "path: C4; " + SIDE.format("the path", 1) + "; " + SIDE.format("the path", 2),
        ),
        (
            "chain-contains-unrelated",
            CHAIN.replace(side_paths=(ONE, TWO, THREE, FOUR), path=(certificate(9, issuer=name("C1")),)),
            [1, 2, 3, 4],
            "; ".join((": " + SIDE.format("C9", 1), SIDE.format("the path", 2), SIDE.format("the path", 3))),
        ),
        ("chain-contains-root", CHAIN.replace(path=(ONE, TWO.replace(self_signed=True))), [2], "the root C2"),
        (
            "chain-out-of-order",
            CHAIN.replace(certificates=(ONE, FOUR, THREE, TWO), path=(ONE, TWO, THREE), in_order=False),
            [3],
            "stands as C1, C3, C2; from the certificate upwards it must be C1, C2, C3",
        ),
        (
            "chain-does-not-reach-root",
            CLEAN.replace(path=CHAIN.replace(path=(ONE, TWO.replace(ca_issuers_urls=None)))),
            [2],
            "ends at C2, whose issuer CN=I2 is not there, nor does it say where to get it",
        ),
        (
            "chain-not-needed",
            CLEAN.replace(leaf=LEAF.replace(self_signed=True), chain=(ONE, TWO)),
            [1],
            "so the chain is not needed",
        ),
        ("cert-more-than-one", given("certificate", ONE, TWO, THREE), [2], "3 certificates: C1, C2, C3"),
        ("cert-contains-key", given("certificate", ONE, *KEYS[1:]), [2], "and does not belong here"),
        ("chain-contains-non-cert", given("certificate chain", ONE, *KEYS[1:]), [2], "and does not belong here"),
        ("key-more-than-one", given("private key", *KEYS), [2, 3, 4], "4 private keys, at lines 1, 2, 3, 4"),
        ("key-contains-cert", given("private key", KEYS[0], TWO, THREE), [2], "holds 2 certificates besides the key"),
        (
            "key-ec-parameters-block",
            given("private key", other(1, "crl"), other(2, "parameters"), other(3, "parameters"), key(4)),
            [2],
            "beside the private key",
        ),
        (
            "key-ec-parameters-only",
            given("private key", other(1, "crl"), other(2, "parameters"), other(3, "parameters")),
            [2],
            "a curve only",
        ),
        (
            "key-file-readable-by-others",
            given("private key", *KEYS[1:]).replace(mode=0o640),
            [2],
            "alone: its group may read it (mode 0640)",
        ),
    ],
)
def test_the_first_is_the_place_and_the_others_are_named(rule: str, it: Any, expected: list[int], said: str) -> None:
    """Whoever mends the file sees every one of them."""
    found = finding(rule, it)

    assert (expected, said) == (lines(found), found.message[-len(said) :])


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (0o640, "its group may read it (mode 0640)"),
        (0o604, "everybody may read it (mode 0604)"),
        (0o644, "its group and everybody may read it (mode 0644)"),
        (0o7, "everybody may read it (mode 0007)"),
        (0o641, "its group may read it (mode 0641)"),
        (0o614, "everybody may read it (mode 0614)"),
    ],
)
def test_who_may_read_a_key_is_said(mode: int, words: str) -> None:
    """The group, everybody, or both, and the mode as ``ls`` and ``chmod`` have it."""
    found = finding("key-file-readable-by-others", given("private key", KEYS[0]).replace(mode=mode))
    assert found.message.endswith(words)


RELAXED = Name(b"other bytes", "CN=c1", ((("2.5.4.3", "c1"),),))
TWICE = Name(b"other bytes", "CN=C1", ((("2.5.4.3", "C1"),),))


@pytest.mark.parametrize(
    ("issuer", "words"),
    [
        (TWICE, "are the same text, CN=C1, but not the same bytes: it is encoded in two ways"),
        (RELAXED, "CN=C1, only where case, white space and forms of characters do not count"),
    ],
)
@pytest.mark.parametrize("byte", [b"\0", b"\xff"])
def test_names_that_are_the_same_only_relaxed(issuer: Name, words: str, byte: bytes) -> None:
    """What differs is said: the bytes, or the characters; the first such link is the place."""
    issuer = issuer.replace(der=byte + issuer.der)  # before the subject's bytes in the alphabet, or behind
    child = certificate(2, issuer=issuer)
    exact = Link(FILE, certificate(4, issuer=name("C3")), THREE, True, True, True)
    links = (exact, Link(FILE, child, ONE, True, True, True), Link(FILE, child.replace(at=FILE), ONE, True, True, True))
    found = finding("chain-names-match-only-relaxed", CHAIN.replace(links=links))

    assert ([2, 1, 1], words) == (lines(found), found.message[-len(words) :])


def test_names_of_which_nobody_says_that_they_match_are_not_compared() -> None:
    """That they differ is another finding's."""
    links = (Link(FILE, certificate(2, issuer=RELAXED), ONE, False, True),)
    asked = Want(TARGET, AT, demand=Demand("chain-names-match-only-relaxed", ERROR, DOCUMENTED, "https://example.com"))
    rule = BY_NAME["chain-names-match-only-relaxed"]
    assert engine._ask_about(rule, CHAIN.replace(links=links), [asked], asked, LEAF)[1] is None


def test_a_request_that_nobody_could_compare_is_not_asked_about() -> None:
    """Without a private key, and without anything beside it, there is nothing to say."""
    asked = Want(TARGET, AT, demand=Demand("request-key-differs", ERROR, DOCUMENTED, "https://example.com"))
    without = (
        CLEAN.replace(key=None, inputs=(given("certificate", *REQUESTS),), other_requests=REQUESTS),
        CLEAN.replace(inputs=(given("private key", KEYS[0]),), other_requests=REQUESTS),
    )
    rule = BY_NAME["request-key-differs"]
    assert ["n/a"] * 2 == [
        engine._ask_about(rule, it, [asked], asked, LEAF)[0].outcome.value for it in without
    ]


def test_alternative_names_are_told_in_their_order() -> None:
    """DNS names, then addresses, and nothing of the others."""
    it = LEAF.replace(subject=name("c"), subject_alt_names=AltNames(("b", "a"), ("192.0.2.1",), ("m@a.example",)))
    found = finding("cert-cn-not-in-san", it)
    assert "the CN c is not among the subject alternative names (b, a, 192.0.2.1)" == found.message


# ------------------------------------------------------------------------------------------------------ about the key


def outcome(rule: str, it: Any) -> Outcome:
    """Return what becomes of *rule*, asked about *it*."""
    asked = Want(TARGET, AT, demand=Demand(rule, ERROR, DOCUMENTED, "https://example.com"))
    return engine._ask_about(BY_NAME[rule], it, [asked], asked, LEAF)[0].outcome


RSA, OTHER_RSA = (PublicKey("RSA_2048", "rsa", "", 2048, numbers=(n, 65537), der=b"%d" % n) for n in (15, 21))
PSS = RSA.replace(algorithm="RSASSA_PSS_2048", kind="rsassa_pss")
EC = PublicKey("EC_prime256v1", "ec", "", 256, "prime256v1", numbers=(1, 2), der=b"ec")
LARGE = PublicKey("RSA_3072", "rsa", "", 3072, numbers=(35, 65537), der=b"35")


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        (None, RSA, "of the certificate www.example.com"),
        (RSA.replace(der=b""), RSA, "of the certificate www.example.com"),
        (
            RSA,
            OTHER_RSA,
            f": its public key's SHA-256 begins {RSA.sha256[:16]}, the certificate's {OTHER_RSA.sha256[:16]}",
        ),
        (RSA, LARGE, "www.example.com: it is RSA_2048, the certificate's is RSA_3072"),
        (LARGE, RSA, "www.example.com: it is RSA_3072, the certificate's is RSA_2048"),
        (EC, RSA, "www.example.com: it is EC_prime256v1, the certificate's is RSA_2048"),
        (RSA, PSS, "key is stored as RSA_2048, the certificate www.example.com has it as RSASSA_PSS_2048"),
        (OTHER_RSA, PSS, "www.example.com: it is RSA_2048, the certificate's is RSASSA_PSS_2048"),
        (PSS, OTHER_RSA, "www.example.com: it is RSASSA_PSS_2048, the certificate's is RSA_2048"),
        (RSA.replace(numbers=()), PSS.replace(numbers=()), "it is RSA_2048, the certificate's is RSASSA_PSS_2048"),
    ],
)
def test_what_tells_two_keys_apart_is_said(ours: PublicKey | None, theirs: PublicKey, words: str) -> None:
    """Their algorithms, else the beginning of their digests; or that only the algorithm differs."""
    pair = Pair(FILE, LEAF.replace(key=theirs), KEY.replace(public=ours), False)
    assert finding("key-does-not-match", pair).message.endswith(words)


def test_the_key_of_a_ca_is_said_to_be_one() -> None:
    """Then the certificate itself is missing."""
    assert CLEAN.path is not None
    pair = Pair(FILE, PATH.path[0].replace(key=RSA), KEY.replace(public=OTHER_RSA), False)
    assert finding("key-does-not-match", pair).message.endswith("issued for this key seems to be missing")


@pytest.mark.parametrize(
    ("leaf", "key", "fault", "place", "words"),
    [
        (False, True, "", LEAF.at, "the certificate's public point does not lie on its curve prime256v1"),
        (False, False, "", LEAF.at, "the certificate's public point does not lie on its curve prime256v1"),
        (True, False, "", KEY.at, "the private key's public point does not lie on its curve prime256v1"),
        (None, False, "", KEY.at, "the private key's public point does not lie on its curve prime256v1"),
        (True, True, "d", KEY.at, "the private key is not a number between 1 and the order of its curve"),
        (None, None, "d", KEY.at, "the private key is not a number between 1 and the order of its curve"),
        (False, None, "d", LEAF.at, "the certificate's public point does not lie on its curve prime256v1"),
        (True, True, "", None, ""),
        (None, None, "", None, ""),
    ],
)
def test_a_point_off_its_curve_stands_where_it_is(
    leaf: bool | None, key: bool | None, fault: str, place: Location | None, words: str
) -> None:
    """In the certificate, if there is one, else in the private key; where nobody can tell, nothing is said."""
    faults = (f"{fault} is not below the order of the curve",) if fault else ()
    made = KEY.replace(public=EC.replace(on_curve=key), faults=faults)
    it = CLEAN.replace(leaf=LEAF.replace(key=EC.replace(on_curve=leaf)), key=made)
    for asked in (it, *([] if leaf is False else [it.replace(leaf=None)])):
        found = finding("key-point-not-on-curve", asked) if place else None

        assert (Outcome.PASS if place is None else Outcome.FAIL) is outcome("key-point-not-on-curve", asked)
        assert (place, words) == ((found.at, found.message) if found else (None, ""))


def test_without_any_key_no_point_is_off_its_curve() -> None:
    """There is none."""
    assert Outcome.PASS is outcome("key-point-not-on-curve", CLEAN.replace(leaf=None, key=None))


@pytest.mark.parametrize(
    ("public", "words"),
    [
        (EC.replace(algorithm="EC_1.2.3", curve="a-curve"), "is EC_1.2.3 (a-curve); ACM takes RSA_2048"),
        (EC, "is EC_prime256v1; ACM takes RSA_2048"),
        (PublicKey("Ed25519", "ed25519", "", 255, "x"), "is Ed25519; ACM takes RSA_2048"),
    ],
)
def test_a_curve_is_named_where_its_algorithm_does_not(public: PublicKey, words: str) -> None:
    """An OID alone tells nobody anything."""
    said = BY_NAME["key-algorithm-not-accepted"].words("says", KEY.replace(public=public), Want(TARGET, AT))
    assert f"the private key {words}" == said


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (None, True),
        (Pair(FILE, LEAF, KEY, True), False),
        (Pair(FILE, LEAF, KEY, False), True),
        (Pair(FILE, LEAF, KEY, None), False),
        (Pair(FILE, LEAF, KEY.replace(public=None), None), False),
        (Pair(FILE, LEAF, KEY.replace(public=LARGE), None), True),
        (Pair(FILE, LEAF, KEY.replace(public=EC), None), True),
        (Pair(FILE, LEAF.replace(unread=frozenset(("key",))), KEY, True), True),
    ],
)
def test_a_keys_algorithm_is_judged_once(pair: Pair | None, expected: bool) -> None:
    """With the certificate's, unless it is known to be another key, or has another algorithm."""
    of = BY_NAME["key-algorithm-not-accepted"].on.of
    assert expected is bool(of(CLEAN.replace(pair=pair)))


@pytest.mark.parametrize("role", ["certificate", "certificate chain", "zzz"])
@pytest.mark.parametrize("rule", ["key-ec-parameters-block", "key-ec-parameters-only", "key-contains-cert"])
def test_only_the_keys_input_is_asked_what_stands_beside_the_key(rule: str, role: str) -> None:
    """Elsewhere other rules say that something does not belong."""
    assert Outcome.NOT_APPLICABLE is outcome(rule, given(role, other(1, "parameters")))


@pytest.mark.parametrize(
    ("changes", "repaired"),
    [
        ({"info": b"x", "encrypted": False}, True),
        ({"info": b"x", "encrypted": True}, False),
        ({"info": b"", "encrypted": False}, False),
    ],
)
def test_fix_is_named_where_it_makes_pem_of_a_key(changes: dict[str, Any], repaired: bool) -> None:
    """Where it could read the key; what it decrypts another rule says."""
    want = Want(TARGET, AT, files=(("private key", "a.pem"),))
    it = KEY.replace(body="openssh", label="OPENSSH PRIVATE KEY", **changes)
    assert repaired is (" fix --private-key a.pem" in BY_NAME["key-format-not-accepted"].words("fix", it, want))


@pytest.mark.parametrize(("label", "words"), [("DSA PRIVATE KEY", "DSA PRIVATE KEY"), ("", "openssh")])
def test_a_format_is_called_by_its_label_else_by_what_it_is(label: str, words: str) -> None:
    """DER has no label."""
    found = finding("key-format-not-accepted", KEY.replace(label=label, body="openssh"))
    assert f"the private key is in a format the target does not read: {words}" == found.message


@pytest.mark.parametrize(
    ("public", "files", "told", "converts"),
    [
        (RSA, True, True, "rsa -traditional"),
        (RSA, False, False, "rsa -traditional"),
        (EC, True, False, "ec"),
        (PSS, True, False, "rsa -traditional"),
        (None, True, False, "rsa -traditional"),
    ],
)
def test_what_makes_the_older_form_of_a_key_fits_the_key(
    public: PublicKey | None, files: bool, told: bool, converts: str
) -> None:
    """``fix`` writes RSA PRIVATE KEY; openssl has a command for each kind."""
    want = Want(TARGET, AT, files=(("private key", "a.pem"),) if files else ())
    said = BY_NAME["key-is-pkcs8"].words("fix", KEY.replace(public=public), want)
    assert (told, True) == (" fix --private-key a.pem" in said, f"`openssl {converts} -in" in said)


# -------------------------------------------------------------------------------------------- what mends what is closed


@pytest.mark.parametrize("field", ["", "secret", "zzz"])
@pytest.mark.parametrize(
    ("sort", "begins", "converts"),
    [
        ("missing", "name the passphrase with --passphrase-file FILE or --passphrase-env NAME; with openssl: ", False),
        ("empty", "find the right passphrase, and pass it as it is, without quotes; with openssl: ", False),
        ("wrong", "find the right passphrase, and pass it as it is, without quotes; with openssl: ", False),
        ("expensive", "pass --allow-expensive if you trust where the file comes from; with openssl: ", True),
        ("no-backend", "install OpenSSL's libcrypto, or open it elsewhere, where it was made for example; with ", True),
        ("unsupported", "open it elsewhere, where it was made for example; with openssl: ", True),
        ("", "open it elsewhere, where it was made for example; with openssl: ", True),
        ("zzz", "open it elsewhere, where it was made for example; with openssl: ", True),
    ],
)
def test_what_opens_it_depends_on_why_it_is_closed(sort: str, begins: str, converts: bool, field: str) -> None:
    """The passphrase, leave to calculate, or another program; a key and a container have each its command."""
    it = Problem("input-not-decrypted", FILE, "", sort, field)
    said = BY_NAME["input-not-decrypted"].words("fix", it, Want(TARGET, AT))
    command = ("pkey" if field == "secret" else "pkcs12", converts)
    expected = {
        ("pkey", False): "`openssl pkey -in a.pem -noout`",
        ("pkey", True): "`openssl pkey -in a.pem -out new-key.pem`",
        ("pkcs12", False): "`openssl pkcs12 -in a.pem -info -noout`",
        ("pkcs12", True): "`openssl pkcs12 -nodes -in a.pem -out new-bundle.pem`",
    }[command]
    assert (True, True) == (said.startswith(begins), expected in said)


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        ("", "decrypt a copy: `cp a.pem new-key.pem"),
        ("no-backend", "install OpenSSL's libcrypto, or decrypt a copy with openssl: `openssl pkey -in a.pem -o"),
        ("unsupported", "decrypt a copy with openssl: `openssl pkey -in a.pem"),
        ("damaged", "decrypt a copy with openssl: `openssl pkey -in a.pem"),
        ("expensive", "decrypt a copy with openssl: `openssl pkey -in a.pem"),
    ],
)
def test_what_opens_a_key_depends_on_what_is_in_the_way(obstacle: str, words: str) -> None:
    """Nothing, no libcrypto, or something that only another program overcomes."""
    it = KEY.replace(at=FILE, encrypted=True, encryption="pbes2", body="encrypted-pkcs8", obstacle=obstacle)
    it = it.replace(label="ENCRYPTED PRIVATE KEY", info=b"", unread=frozenset(("secret",)))
    assert BY_NAME["key-encrypted"].words("fix", it, Want(TARGET, AT)).startswith(words)


@pytest.mark.parametrize(
    ("exponent", "words"),
    [
        ((1 << 63) - 2, f"{(1 << 63) - 2} is not an odd number of at least 3"),
        ((1 << 64) - 2, f"{(1 << 64) - 2} is not an odd number of at least 3"),
        (1 << 64, "of 65 bits is not an odd number of at least 3"),
        (3, "3 is below 65537"),
    ],
)
def test_an_exponent_is_shown_unless_it_is_long(exponent: int, words: str) -> None:
    """What has more than 64 bits nobody reads."""
    it = LEAF.replace(key=RSA.replace(numbers=(15, exponent)))
    assert f"the RSA public exponent {words}" == finding("key-weak-exponent", it).message


@pytest.mark.parametrize(
    ("count", "least", "words"),
    [
        (1, 0, "A1"),
        (8, 0, "A1, A2, A3, A4, A5, A6, A7, A8"),
        (9, 0, "A1, A2, A3, A4, A5, A6, A7, A8 … and 1 more"),
        (1, 2048, "A1, other RSA keys from 2048 bits on"),
    ],
)
def test_what_a_target_takes_is_listed(count: int, least: int, words: str) -> None:
    """Eight algorithms, and from which size on others."""
    target = TARGET.replace(key_algorithms=tuple(f"A{number + 1}" for number in range(count)), min_rsa_bits=least)
    said = BY_NAME["key-size-not-accepted"].words("says", KEY.replace(public=RSA), Want(target, AT))
    assert f"the private key is RSA_2048; ACM takes {words}" == said


@pytest.mark.parametrize(
    ("key", "pair", "expected"),
    [
        (None, None, 0),
        (KEY, None, 0),
        (KEY, Pair(FILE, LEAF, KEY, None), 1),
        (KEY, Pair(FILE, LEAF, KEY, True), 1),
        (KEY, Pair(FILE, LEAF, KEY, False), 0),
    ],
)
def test_the_key_stands_beside_the_certificate_that_it_may_belong_to(
    key: PrivateKey | None, pair: Pair | None, expected: int
) -> None:
    """Its algorithm is the certificate's, unless it is known to be another key."""
    also = BY_NAME["cert-key-algorithm-not-accepted"].also
    assert also is not None
    assert expected == len(also(CLEAN.replace(key=key, pair=pair)))


@pytest.mark.parametrize(("role", "limit"), [("certificate", 32_768), ("certificate chain", 2_097_152)])
def test_an_input_may_be_as_large_as_its_limit(role: str, limit: int) -> None:
    """What a wrapper holds, and the key, which has another rule, may be larger."""
    made = [Input(role, FILE, limit + more) for more in (-1, 0, 1)]
    made += [made[-1].replace(wrapper="a ZIP archive"), made[-1].replace(role="private key")]
    expected = [Outcome.PASS, Outcome.PASS, Outcome.FAIL, Outcome.PASS, Outcome.PASS]
    rule = next(name for name in ("input-too-large", "cert-too-large") if name in BY_NAME)
    assert expected == [outcome(rule, it) for it in made]
