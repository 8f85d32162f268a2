"""
AWS Certificate Manager from 2017-11-22 to 2018-04-24, as its page "Prerequisites for Importing Certificates" had it.

Read this file beside that page, of which ``tests/data/acm-2017-prerequisites.txt`` is a copy: the demands
stand in its order, each with the sentence it rests on; a test holds that no sentence is missing.  The
console, the command line and the integrated services took different algorithms, so they are three targets.
What that page leaves open is asked as ``acm`` asks it today, and says that it is inferred.
"""

from __future__ import annotations

from . import DOCUMENTED, ERROR, FORMERLY_DOCUMENTED, MODEL, NOTE, OBSERVED, WARNING, Demand, Target, inferred, said
from .acm import ACM, ALGORITHM_RULES, API, BOTOCORE, EC, FORMAT, NOT_PEM, PREREQUISITES, PROBLEMS, UNREADABLE, X_509

PAGE = PREREQUISITES
CLOUDFRONT_2018 = "https://github.com/awsdocs/amazon-cloudfront-developer-guide"
THREAD_SPACES = "https://github.com/aws/aws-cli/issues/6569"
THREAD_BUNDLE = "https://github.com/hashicorp/terraform-provider-aws/issues/19400"


def _page(quote: str, *rules: str, only: str = "") -> tuple[Demand, ...]:
    return said(PAGE, quote, ERROR, FORMERLY_DOCUMENTED, *rules, only=only)


def _algorithms(quote: str) -> tuple[Demand, ...]:
    return _page(quote, *ALGORITHM_RULES)


_INTRODUCTION = (
    *_page("you must provide the certificate and its private key", "cert-missing", "key-missing", "roles-swapped"),
    *_page("If the certificate is not self-signed, you must also provide a certificate chain.", "chain-missing"),
    *said(
        PAGE,
        "If the certificate is self-signed, you can optionally provide a chain.",
        NOTE,
        FORMERLY_DOCUMENTED,
        "chain-not-needed",
    ),
)

_CONSOLE_ALGORITHMS = _algorithms(
    "if you are using the console, you can import a certificate that specifies only the following algorithms"
)
_CLI_ALGORITHMS = _algorithms(
    "If you are using the AWS CLI, you can import a certificate that specifies any of the following"
)
_INTEGRATED_ALGORITHMS = _algorithms("Integrated services support only the RSA_1024 and RSA_2048 algorithms.")

_CRITERIA = (
    *_page(
        "The certificate must be an SSL/TLS X.509 version 3 certificate.",
        "cert-not-version-3",
        "cert-is-precertificate",
    ),
    *_page(
        "You cannot import a certificate for code signing, email encryption, or any other use.",
        "cert-not-for-tls-servers",
    ),
    *_page(
        "You cannot import a certificate for code signing, email encryption, or any other use.",
        "cert-for-other-uses",
        only="code-signing-or-email",
    ),
)

_RSA_SENTENCE = (
    "The certificate must contain an RSA public key, the fully qualified domain name (FQDN) for your website"
)

_AFTER_RSA = (
    *_page(_RSA_SENTENCE, "cert-no-domain", "cert-only-ip-addresses", "key-point-not-on-curve"),
    *_page("and information about the issuing authority", "cert-issuer-empty"),
    *_page(
        "self-signed by the private key related to your public key or by the private key of an issuing CA",
        "cert-self-issued-not-self-signed",
        "key-does-not-match",
        "cert-is-not-the-leaf",
    ),
    *_page("The certificate must be valid at the time of import.", "cert-validity-inverted"),
    *_page("You cannot import a certificate before its validity period begins", "cert-not-yet-valid"),
    *_page("or after it expires", "cert-expired"),
    *_page("The private key must be unencrypted.", "key-encrypted"),
    *said(PAGE, "The private key must be unencrypted.", WARNING, FORMERLY_DOCUMENTED, "input-not-decrypted"),
    *_page(
        "The certificate, private key, and certificate chain must all be PEM-encoded.",
        *NOT_PEM,
        "cert-contains-key",
        "chain-contains-non-cert",
    ),
    *_page("It is base64-encoded", "pem-bad-base64"),
    *_page(
        "placed between a -----BEGIN CERTIFICATE----- header and an -----END CERTIFICATE----- footer",
        "input-without-markers",
        "pem-marker-malformed",
    ),
    *_page(
        "placed between a -----BEGIN CERTIFICATE----- header and an -----END CERTIFICATE----- footer",
        "pem-wrong-label",
        only="other",
    ),
)

# The API reference of the same weeks (botocore 1.8.1, 2017-11-22), and its model.
_API_2017 = (
    *X_509[:1],  # the validity has its sentence on the page
    *said(API, "The Issuer field must not be empty.", ERROR, FORMERLY_DOCUMENTED, "cert-issuer-empty"),
    *said(
        API,
        "The OCSP authority URL, if present, must not exceed 1000 characters.",
        ERROR,
        FORMERLY_DOCUMENTED,
        "cert-ocsp-url-too-long",
    ),
    *said(
        API,
        "the issuer must be the subject of one of the certificates in the chain",
        ERROR,
        FORMERLY_DOCUMENTED,
        "chain-does-not-start-with-issuer",
        "chain-root-only",
    ),
    *said(
        PROBLEMS,
        "Each certificate in the chain must directly certify the one preceding.",
        ERROR,
        DOCUMENTED,
        "chain-out-of-order",
        "chain-link-missing",
        "chain-signature-does-not-verify",
    ),
    *said(
        PROBLEMS,
        "Do not include your end-entity certificate in the intermediate certificate chain.",
        ERROR,
        DOCUMENTED,
        "chain-contains-leaf",
    ),
    *said(
        BOTOCORE,
        "CertificateBodyBlob: min 1, max 32768; CertificateChainBlob: min 1, max 2097152",
        ERROR,
        MODEL,
        "input-empty",
        "input-too-large",
    ),
    *said(BOTOCORE, "PrivateKeyBlob: max 524288", ERROR, MODEL, "key-too-large", above=524_288),
    *said(THREAD_SPACES, "", ERROR, OBSERVED, "pem-trailing-spaces"),
    *said(THREAD_BUNDLE, "", ERROR, OBSERVED, "cert-more-than-one"),
    *said(
        FORMAT,
        "-----BEGIN RSA PRIVATE KEY-----",
        ERROR,
        FORMERLY_DOCUMENTED,
        "key-format-not-accepted",
        "key-ec-parameters-only",
    ),
)
_RSA_HEADER = "the PEM header is BEGIN RSA PRIVATE KEY"
_PKCS8_NOTE = said(CLOUDFRONT_2018, _RSA_HEADER, NOTE, FORMERLY_DOCUMENTED, "key-is-pkcs8")
_PKCS8_WARNING = said(CLOUDFRONT_2018, _RSA_HEADER, WARNING, FORMERLY_DOCUMENTED, "key-is-pkcs8")

# AWS wrote those sentences later, or they are about tools that came later.
_NOT_ASKED = (
    "cert-issuer-key-type-differs",
    "cloudformation-cannot-import",
    "file-prefix-not-fileb",
    "listing-hides-key-type",
    "quota-note",
)


def _target(name: str, title: str, key_algorithms: tuple[str, ...], *parts: tuple[Demand, ...]) -> Target:
    demands = tuple(demand for part in parts for demand in part)
    return Target(
        name=name,
        title=title,
        as_of="2017-12-14",
        source=PAGE,
        key_algorithms=key_algorithms,
        max_certificate_bytes=32_768,
        max_chain_bytes=2_097_152,
        demands=(*demands, *inferred(ACM.demands, demands, UNREADABLE, _NOT_ASKED)),
    )


# The page contradicts itself here: it lists elliptic curves for the command line.
_RSA_OR_CURVES = said(PAGE, _RSA_SENTENCE, NOTE, FORMERLY_DOCUMENTED, "cert-key-not-rsa")

TARGETS = (
    _target(
        "acm-2017-console",
        "AWS Certificate Manager in 2017, through the console",
        ("RSA_1024", "RSA_2048"),
        _INTRODUCTION,
        _CONSOLE_ALGORITHMS,
        _CRITERIA,
        _AFTER_RSA,
        _API_2017,
        _PKCS8_NOTE,
    ),
    _target(
        "acm-2017-cli",
        "AWS Certificate Manager in 2017, through the command line",
        ("RSA_1024", "RSA_2048", "RSA_4096", *EC),
        _INTRODUCTION,
        _CLI_ALGORITHMS,
        _CRITERIA,
        _RSA_OR_CURVES,
        _AFTER_RSA,
        _API_2017,
        _PKCS8_NOTE,
    ),
    _target(
        "acm-2017-integrated",
        "services integrated with AWS Certificate Manager in 2017",
        ("RSA_1024", "RSA_2048"),
        _INTRODUCTION,
        _INTEGRATED_ALGORITHMS,
        _CRITERIA,
        _AFTER_RSA,
        _API_2017,
        _PKCS8_WARNING,
    ),
)
