"""What each target demands: complete, sourced, and as severe as the documents make it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from fixtures.build import Case, certificate
from fixtures.generate import CASES
from pemcheck import checking
from pemcheck.findings import Evidence, Severity
from pemcheck.rules import BY_NAME
from pemcheck.targets import Target, TargetError, get, known
from pemcheck.targets.acm import ALGORITHM_RULES

pytestmark = pytest.mark.once

PAGE = Path(__file__).parent / "data" / "acm-2017-prerequisites.txt"
OLD = ("acm-2017-console", "acm-2017-cli", "acm-2017-integrated")
FILES = ("certificate.pem", "private-key.pem", "certificate-chain.pem")

CANNOT_BE_USED = {
    "asn1-unreadable",
    "der-malformed",
    "input-has-forbidden-characters",
    "key-unreadable",
    "key-without-curve",
    "pem-bad-base64",
    "pem-marker-malformed",
    "pem-nothing-found",
    "pem-on-one-line",
}
"""Rules about what cannot be read or used at all: errors although no document may say so."""
USED_BY_NOBODY = {"iam": set(ALGORITHM_RULES), "webpki": {"key-encrypted"}}
"""IAM lists no key types; these are keys that no service behind it takes.  An encrypted key cannot be judged."""

every_target = pytest.mark.parametrize("target", known().values(), ids=list(known()))
every_old_target = pytest.mark.parametrize("name", OLD)


# -------------------------------------------------------------------------------------------------------- demands


@every_target
def test_a_demand_asks_a_rule_of_the_table(target: Target) -> None:
    """A demand for a rule that nobody wrote would never be judged."""
    assert set() == {demand.rule for demand in target.demands} - set(BY_NAME)


@every_target
def test_a_demand_has_an_https_source(target: Target) -> None:
    """Whoever doubts a finding can look it up."""
    assert [] == [demand for demand in target.demands if not re.match(r"https://[^/]+/.", demand.source)]


@every_target
def test_a_quote_has_at_most_20_words(target: Target) -> None:
    """A quote is a quote, not a copy."""
    assert set() == {demand.quote for demand in target.demands if len(demand.quote.split()) > 20}


@every_target
def test_what_is_documented_is_quoted(target: Target) -> None:
    """Whoever says that a document demands something says with which words."""
    written = (Evidence.DOCUMENTED, Evidence.FORMERLY_DOCUMENTED, Evidence.MODEL)
    assert [] == [demand.rule for demand in target.demands if demand.evidence in written and not demand.quote]


@every_target
def test_nothing_inferred_is_an_error_but_what_cannot_be_used(target: Target) -> None:
    """Nobody is told that AWS refuses something because we think so."""
    errors = [demand for demand in target.demands if demand.severity is Severity.ERROR]
    allowed = CANNOT_BE_USED | USED_BY_NOBODY.get(target.name, set())
    assert set() == {demand.rule for demand in errors if demand.evidence is Evidence.INFERRED} - allowed


@every_target
def test_what_is_documented_is_no_thread(target: Target) -> None:
    """A thread is observed, also where it quotes a document: the document itself is named."""
    threads = [demand for demand in target.demands if re.search(r"github\.com/.*/(pull|issues)/", demand.source)]
    assert [] == [demand.rule for demand in threads if demand.evidence is Evidence.DOCUMENTED]


def test_what_was_dropped_is_no_error_today() -> None:
    """A sentence that AWS took back refuses nothing any more."""
    errors = [demand for demand in get("acm").demands if demand.severity is Severity.ERROR]
    assert [] == [demand.rule for demand in errors if demand.evidence is Evidence.FORMERLY_DOCUMENTED]


@every_target
def test_no_demand_is_made_twice(target: Target) -> None:
    """A rule is demanded again only under another condition, more severely, or on other grounds."""
    keys = [each.replace(evidence=Evidence.INFERRED) for each in target.demands]
    assert len(set(keys)) == len(keys)


@every_target
def test_the_sizes_are_those_of_the_model(target: Target) -> None:
    """ACM's CertificateBodyBlob has not changed since 2017; IAM's is half of it, and browsers have no model."""
    expected = {"iam": (16_384, 2_097_152), "webpki": (4_194_304, 4_194_304)}
    assert expected.get(target.name, (32_768, 2_097_152)) == (target.max_certificate_bytes, target.max_chain_bytes)


# ----------------------------------------------------------------------------------------------------- severities

ALL_ERROR = (
    *("input-empty", "input-too-large", "input-is-der", "input-is-pkcs12", "input-is-jks", "input-is-pkcs7"),
    *("input-is-path", "input-encoded-twice", "input-without-markers", "input-is-utf16", "pem-trailing-spaces"),
    *("pem-markers-share-a-line", "pem-on-one-line", "pem-marker-malformed", "pem-bad-base64", "cert-more-than-one"),
    *("cert-missing", "cert-contains-key", "roles-swapped", "chain-contains-non-cert", "cert-is-not-the-leaf"),
    *("key-missing", "key-encrypted", "key-format-not-accepted", "key-algorithm-not-accepted"),
    *("key-size-not-accepted", "key-does-not-match", "key-ec-parameters-only", "key-explicit-curve"),
    *("key-without-curve", "key-curve-not-accepted", "cert-not-version-3", "cert-expired", "cert-not-yet-valid"),
    *("cert-validity-inverted", "cert-issuer-empty", "cert-ocsp-url-too-long", "cert-key-algorithm-not-accepted"),
    *("cert-explicit-curve", "cert-pss-key", "cert-signature-algorithms-differ", "cert-self-issued-not-self-signed"),
    *("cert-is-precertificate", "chain-contains-leaf", "chain-does-not-start-with-issuer", "chain-root-only"),
    *("chain-out-of-order", "chain-link-missing", "chain-signature-does-not-verify", "pem-nothing-found"),
    *("key-unreadable", "key-point-not-on-curve", "input-is-wrapped"),
)
ALL_WARNING = (
    *("input-has-bom", "input-has-non-ascii", "pem-text-outside-blocks", "pem-headers-in-block"),
    *("key-more-than-one", "key-contains-cert", "key-label-wrong", "key-inconsistent", "key-weak-exponent"),
    *("key-pkcs8-version-2", "cert-netscape-type-unsuitable", "chain-cert-weak-key"),
    *("key-known-weak", "cert-expires-soon", "cert-cn-not-in-san", "cert-does-not-cover-hostname"),
    *("cert-unknown-critical-extension", "cert-duplicate-extension", "chain-contains-duplicate"),
    *("chain-cert-expired", "chain-known-bad-cert", "chain-cert-not-a-ca", "cert-trailing-data"),
    *("chain-cert-explicit-curve", "key-multi-prime", "chain-cert-not-yet-valid", "chain-path-length-exceeded"),
    *("chain-name-constraints-violated", "chain-cert-not-for-tls-servers", "chain-cert-not-version-3"),
    *("chain-cert-unknown-critical-extension", "answers-disagree", "input-not-decrypted"),
    *("cert-basic-constraints-unsuitable", "cert-signature-algorithm-not-listed"),
    "chain-signature-algorithm-not-listed",
    "cert-newer-without-key",
)
_RE_IMPORT = ("key-type-differs", "key-usage-removed", "eku-removed", "usage-extension-added", "domains-removed")
RE_IMPORTS = (*(f"reimport-{each}" for each in _RE_IMPORT), "reimport-with-tags")
_LOOKED_AT = ("reimport-names-removed", "reimport-expires-earlier")
ALL_NOTE = (
    *("pem-crlf-line-ends", "pem-no-final-newline", "key-ec-parameters-block", "cert-key-identifier-malformed"),
    *("cert-weak-signature", "cert-weak-key", "cert-single-label", "cert-without-san", "cert-san-malformed"),
    "cert-without-eku",
    *("cert-allows-client-auth", "cert-key-usage-unsuitable", "cert-is-ca", "cert-serial-out-of-range"),
    *("cert-many-names", "chain-contains-root", "chain-does-not-reach-root", "chain-not-needed", "chain-too-long"),
    *("chain-weak-signature", "request-key-differs", "key-file-readable-by-others"),
    *("chain-names-match-only-relaxed", "cert-san-not-critical"),
)
E, W, N, NONE = "error", "warning", "note", ""
# rule: (acm, acm-2017-console, acm-2017-cli, acm-2017-integrated); several severities as worst/less
DIFFERENT = {
    "input-has-forbidden-characters": ("error/warning",) * 4,
    "pem-wrong-label": ("error/warning",) * 4,
    "der-malformed": ("error/warning",) * 4,
    "asn1-unreadable": ("error/warning",) * 4,
    "pem-blank-or-indented-lines": (E, W, W, W),
    "key-is-pkcs8": (NONE, N, N, W),
    "key-too-large": ("error/warning", E, E, E),
    "cert-key-not-rsa": (NONE, NONE, N, NONE),
    **dict.fromkeys(RE_IMPORTS, (E, W, W, W)),
    **dict.fromkeys(("region-unknown", *_LOOKED_AT), (W, W, W, W)),
    **dict.fromkeys(("arn-malformed", "arn-in-another-region", "tags-out-of-limits"), (E, W, W, W)),
    **dict.fromkeys(("file-prefix-not-fileb", "cloudformation-cannot-import"), (E, NONE, NONE, NONE)),
    **dict.fromkeys(("quota-note", "listing-hides-key-type"), (N, NONE, NONE, NONE)),
    "cert-issuer-key-type-differs": (W, NONE, NONE, NONE),
    "cert-no-domain": (W, E, E, E),
    "cert-only-ip-addresses": (NONE, E, E, E),
    "cert-not-for-tls-servers": (W, E, E, E),
    "cert-for-other-uses": (W, "error/warning", "error/warning", "error/warning"),
    "chain-missing": (W, E, E, E),
    "chain-contains-unrelated": (E, W, W, W),
}
EXPECTED = {
    **dict.fromkeys(ALL_ERROR, (E,) * 4),
    **dict.fromkeys(ALL_WARNING, (W,) * 4),
    **dict.fromkeys(ALL_NOTE, (N,) * 4),
    **DIFFERENT,
}


def severities(name: str, rule: str) -> str:
    """Return how severely a target asks a rule, the worst first; empty if it does not."""
    found = {demand.severity for demand in get(name).demands if demand.rule == rule}
    return "/".join(severity.value for severity in Severity if severity in found)


# What the services ask otherwise than ACM itself, by severity; - for what they do not ask.
_EDGE = ("cert-no-domain", "cert-single-label", "cert-only-ip-addresses", "cert-does-not-cover-hostname")
_CLOUDFRONT = {
    E: (
        *(*_EDGE, "cert-without-san", "chain-missing", "cert-self-signed", "cert-not-publicly-trusted"),
        *("hostname-not-lowercase", "region-not-us-east-1", "iam-path-not-for-cloudfront"),
    ),
    W: ("cert-is-ca", "chain-contains-root"),
    "error/note": ("cert-key-algorithm-not-accepted",),
}
_BALANCER = {
    E: ("cert-no-domain",),
    W: ("cert-weak-signature", "cert-is-ca", "cert-single-label", "cert-only-ip-addresses"),
    N: ("cert-self-signed",),
}
_NOT_OF_ACM = (
    *("cert-issuer-empty", "cert-ocsp-url-too-long", "cert-issuer-key-type-differs"),
    *("arn-malformed", "arn-in-another-region", "region-unknown"),
)
_NOT_IMPORTED = ("file-prefix-not-fileb", "cloudformation-cannot-import", "quota-note", "listing-hides-key-type")
OTHERWISE: dict[str, dict[str, tuple[str, ...]]] = {
    "cloudfront": _CLOUDFRONT,
    "cognito": _CLOUDFRONT,
    "api-gateway-edge": {
        E: (*_EDGE, "cert-self-signed", "cert-not-publicly-trusted", "region-not-us-east-1"),
        W: ("cert-is-ca",),
        "error/warning": ("cert-key-algorithm-not-accepted",),
    },
    "api-gateway-regional": {
        E: (*_EDGE, "mutual-tls-ownership-missing"),
        W: ("cert-is-ca", "cert-self-signed", "cert-not-publicly-trusted"),
        "error/warning": ("cert-key-algorithm-not-accepted",),
    },
    "elb": _BALANCER,
    "alb": _BALANCER,
    "nlb": _BALANCER,
    "client-vpn": {E: ("cert-no-domain",), NONE: ("cert-single-label",)},
    "transfer": {E: ("cert-no-domain",)},
    "iam": {
        E: (
            *("input-has-bom", "input-has-forbidden-characters", "key-too-large", "chain-missing"),
            *("iam-name-malformed", "iam-path-malformed"),
        ),
        W: (
            *("pem-trailing-spaces", "pem-blank-or-indented-lines", "key-ec-parameters-block"),
            *("cert-self-issued-not-self-signed", "chain-contains-unrelated"),
        ),
        "error/warning": ("pem-text-outside-blocks",),
        N: ("cert-more-than-one", "iam-update-unsupported"),
        "error/note": ("cert-key-algorithm-not-accepted",),
        NONE: (*_NOT_OF_ACM, *_NOT_IMPORTED, *RE_IMPORTS, *_LOOKED_AT),
    },
    "webpki": {
        E: (
            *("key-known-weak", "cert-key-identifier-malformed", "cert-weak-signature", "cert-not-for-tls-servers"),
            *("cert-without-eku", "cert-for-other-uses", "cert-key-usage-unsuitable", "cert-is-ca", "cert-no-domain"),
            *("cert-serial-out-of-range", "cert-single-label", "cert-without-san", "cert-cn-not-in-san"),
            *("cert-san-malformed", "cert-self-signed", "chain-cert-not-a-ca"),
            *("chain-cert-explicit-curve", "chain-cert-not-version-3", "chain-cert-not-for-tls-servers"),
            *("chain-weak-signature", "chain-path-length-exceeded", "chain-name-constraints-violated"),
            *("chain-cert-weak-key", "cert-duplicate-extension", "cert-san-not-critical"),
            *("cert-not-publicly-trusted", "cert-unknown-critical-extension", "chain-cert-unknown-critical-extension"),
        ),
        "error/warning": (
            *("key-weak-exponent", "cert-allows-client-auth", "cert-validity-too-long", "chain-cert-expired"),
            "chain-cert-not-yet-valid",
            *("chain-signature-does-not-verify", "cert-basic-constraints-unsuitable"),
            *("cert-signature-algorithm-not-listed", "chain-signature-algorithm-not-listed"),
        ),
        W: (
            *("pem-trailing-spaces", "pem-blank-or-indented-lines", "cert-self-issued-not-self-signed"),
            *("chain-contains-leaf", "chain-does-not-start-with-issuer", "chain-root-only", "chain-out-of-order"),
            *("chain-link-missing", "chain-contains-unrelated", "cert-without-scts"),
            "chain-root-key-identifier-differs",
        ),
        NONE: (
            *(*_NOT_OF_ACM, *_NOT_IMPORTED, *RE_IMPORTS, *_LOOKED_AT, "input-too-large", "cert-more-than-one"),
            "key-too-large",
            *("cert-many-names", "tags-out-of-limits"),
        ),
    },
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_services_ask_what_acm_asks_except_what_their_documents_say(name: str) -> None:
    """The table was written by hand from the catalogue."""
    expected = {rule: severity for severity, rules in OTHERWISE[name].items() for rule in rules}
    found = {rule: severities(name, rule) for rule in BY_NAME if severities(name, rule) != severities("acm", rule)}
    assert expected == found


def test_every_target_has_its_table() -> None:
    """No target is added without saying what it asks."""
    assert {"acm", *OLD, *OTHERWISE} == set(known())


@pytest.mark.parametrize("rule", BY_NAME)
def test_severities_are_those_of_the_catalogue(rule: str) -> None:
    """The table was written by hand from the documents, not from the code."""
    assert EXPECTED.get(rule, (NONE,) * 4) == tuple(severities(name, rule) for name in ("acm", *OLD))


# ------------------------------------------------------------------------------------------- the page of 2017-12-14

NOT_DEMANDED = {
    "AWS Certificate Manager User Guide (Version 1.0)": "the page's header",
    "Prerequisites for Importing Certificates": "the page's title",
    "Also, your certificate must satisfy the following criteria:": "introduces the list",
    "The certificate must specify an algorithm and key size.": "every certificate does; the lists follow",
    "1024-bit RSA (RSA_1024)": "a value of Target.key_algorithms",
    "2048-bit RSA (RSA_2048)": "a value of Target.key_algorithms",
    "4096-bit RSA (RSA_4096)": "a value of Target.key_algorithms",
    "Elliptic Prime Curve 256 bit (EC_prime256v1)": "a value of Target.key_algorithms",
    "Elliptic Prime Curve 384 bit (EC_secp384r1)": "a value of Target.key_algorithms",
    "Elliptic Prime Curve 521 bit (EC_secp521r1)": "a value of Target.key_algorithms",
    "Currently, you cannot associate certificates that specify the RSA_4096, EC_prime256v1, EC_secp384r1, or "
    "EC_secp521r1 algorithms and key lengths with any Services Integrated with AWS Certificate Manager.": (
        "follows from the closed list of the sentence after the next"
    ),
    "These are reserved for future use.": "promises something, demands nothing",
    "You install an SSL/TLS certificate on your web server to enable secure connections between your server and a web "
    "browser.": "says what certificates are for",
    "The NotBefore certificate field contains the validity start date, and the NotAfter field contains the end date.": (
        "a definition"
    ),
    "You cannot import a private key that is protected by a password or passphrase.": (
        "says again that the key must be unencrypted"
    ),
    "PEM stands for Privacy Enhanced Mail but was never widely adopted an Internet mail standard.": "a definition",
    "Instead, the PEM format is often used to represent a certificate or certificate request.": "a definition",
    "-----BEGIN CERTIFICATE----- Base64-encoded certificate -----END CERTIFICATE-----": "an example",
}
"""The sentences of the page that ask for nothing, and why."""


def plain(text: str) -> str:
    """Return *text* with single blanks for white space."""
    return " ".join(text.split())


@cache
def sentences() -> tuple[str, ...]:
    """Return the sentences of the page, in its order."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", PAGE.read_text("utf-8")):
        text = plain(paragraph).lstrip("• ")
        found += [each for each in re.split(r"(?<=[.:]) (?=[A-Z])", text) if each]
    return tuple(found)


def quotes(sentence: str) -> set[str]:
    """Return the targets of which a demand quotes (a part of) *sentence*."""
    return {
        name
        for name in OLD
        if any(demand.quote and plain(demand.quote) in sentence for demand in known()[name].demands)
    }


def test_the_page_is_split_into_its_sentences() -> None:
    """The tests below look at all of the page."""
    assert plain(PAGE.read_text("utf-8")).replace("• ", "") == " ".join(sentences())


@pytest.mark.parametrize("sentence", dict.fromkeys(sentences()))
def test_every_sentence_of_the_page_is_demanded_or_has_a_reason_not_to_be(sentence: str) -> None:
    """Nothing of the page is forgotten, and nothing demanded is called needless."""
    assert bool(quotes(sentence)) != (sentence in NOT_DEMANDED)


@pytest.mark.parametrize("sentence", NOT_DEMANDED)
def test_every_reason_is_for_a_sentence_of_the_page(sentence: str) -> None:
    """A reason does not outlive its sentence."""
    assert sentence in sentences()


@pytest.mark.parametrize(
    ("beginning", "name"),
    [
        ("Currently, if you are using the console", "acm-2017-console"),
        ("If you are using the AWS CLI", "acm-2017-cli"),
        ("Integrated services support only", "acm-2017-integrated"),
    ],
)
def test_each_target_of_2017_quotes_its_own_list_of_algorithms(beginning: str, name: str) -> None:
    """Console, command line and integrated services took different algorithms."""
    assert {name} == next(quotes(sentence) for sentence in sentences() if sentence.startswith(beginning))


@every_old_target
def test_demands_stand_in_the_order_of_the_page(name: str) -> None:
    """Whoever reads the target beside the page loses no place."""
    page = plain(PAGE.read_text("utf-8"))
    quoted = [page.find(plain(each.quote)) for each in get(name).demands if each.source == get(name).source]
    quoted = [place for place in quoted if place >= 0]
    assert sorted(quoted) == quoted


@every_old_target
def test_whatever_is_quoted_from_the_page_is_in_it(name: str) -> None:
    """No quote is made up."""
    page = plain(PAGE.read_text("utf-8"))
    formerly = [each for each in get(name).demands if each.evidence is Evidence.FORMERLY_DOCUMENTED]
    quoted = {plain(each.quote) for each in formerly if each.source == get(name).source}
    assert set() == {quote for quote in quoted if quote not in page}


# ---------------------------------------------------------------------------------------------- the algorithm matrix

# key: (acm, acm-2017-console, acm-2017-cli, acm-2017-integrated)
MATRIX = {
    "rsa-1024": (True, True, True, True),
    "rsa-2048-f": (True, True, True, True),
    "rsa-3072": (True, False, False, False),
    "rsa-4096": (True, False, True, False),
    "p256-a": (True, False, True, False),
    "p384-a": (True, False, True, False),
    "p521-a": (True, False, True, False),
    "rsa-1536": (False,) * 4,
    "rsa-2047": (False,) * 4,
    "rsa-2056": (False,) * 4,
    "rsa-8192": (False,) * 4,
    "rsa-pss": (False,) * 4,
    "secp256k1": (False,) * 4,
    "brainpoolp256r1": (False,) * 4,
    "p224": (False,) * 4,
    "ed25519-a": (False,) * 4,
    "ed448": (False,) * 4,
    "dsa-2048": (False,) * 4,
    "ml-dsa-44": (False,) * 4,
    "x25519": (False,) * 4,
    "dh-2048": (False,) * 4,
}


@cache
def of_key(name: str) -> Case:
    """Return a submission of a certificate with the key called *name*, signed with an RSA key."""
    return Case(
        certificate("CN=www.example.com,O=Example", name, signed_by="rsa-2048-a", issuer_name="CN=CA"), chain=None
    )


@pytest.mark.parametrize("position", range(4), ids=["acm", *OLD])
@pytest.mark.parametrize("name", MATRIX)
def test_the_algorithms_accepted_are_those_of_the_documents(name: str, position: int) -> None:
    """One finding about the algorithm, of certificate and key together, or none."""
    contents = of_key(name).contents()
    report = checking.check(
        contents["certificate.pem"], contents["private-key.pem"], target=("acm", *OLD)[position], at="2026-06-01"
    )
    about = ("cert-key-algorithm-not-accepted", "cert-pss-key", "cert-explicit-curve")
    lone = ("key-algorithm-not-accepted", "key-size-not-accepted", "key-curve-not-accepted", "key-explicit-curve")
    found = [finding.rule for finding in report.findings if finding.rule in about + lone]
    assert (0 if MATRIX[name][position] else 1) == len(found)


def test_the_key_is_named_beside_the_certificate() -> None:
    """One fault, one finding, both places."""
    contents = CASES["cert-key-algorithm-not-accepted"].contents()
    certificate, key, chain = (contents[name] for name in FILES)
    report = checking.check(certificate, key, chain, at="2026-06-01", names=FILES)
    assert [("certificate.pem", ["private-key.pem"])] == [
        (finding.at.file, [place.file for place in finding.also]) for finding in report.findings
    ]


# ------------------------------------------------------------------------------------------------------------ names


@pytest.mark.parametrize("name", known())
def test_a_target_is_found_by_its_name(name: str) -> None:
    """Every built-in target can be asked for."""
    assert name == get(name).name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("acn", "there is no target 'acn'; did you mean acm?"),
        ("acm-2017-consle", "there is no target 'acm-2017-consle'; did you mean acm-2017-console?"),
        ("gke", "there is no target 'gke'; there are " + ", ".join(known())),
        ("\x1b[31m", "there is no target '\\u{001b}[31m'; there are " + ", ".join(known())),
    ],
)
def test_an_unknown_target_suggests_the_nearest(name: str, message: str) -> None:
    """A slip of the finger needs no second look at the manual."""
    with pytest.raises(TargetError, match=f"^{re.escape(message)}$"):
        get(name)
