"""
AWS Certificate Manager today.

Read this file beside the pages it quotes, in their order: the prerequisites page, the page on formats, the
page on import problems, the API reference, then the service model, then what users observed.  What no page
says stands last, as ``INFERRED``: never an error, except where the input cannot be read or used at all.
"""

from __future__ import annotations

from . import DOCUMENTED, ERROR, FORMERLY_DOCUMENTED, INFERRED, MODEL, NOTE, OBSERVED, WARNING, Target, said

_GUIDE = "https://docs.aws.amazon.com/acm/latest/userguide/"
PREREQUISITES = _GUIDE + "import-certificate-prerequisites.html"
FORMAT = _GUIDE + "import-certificate-format.html"
PROBLEMS = _GUIDE + "troubleshoot-import.html"
LIMITS = _GUIDE + "acm-limits.html"
REIMPORT = _GUIDE + "import-reimport.html"
REGIONS = _GUIDE + "acm-regions.html"
API = "https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html"
KNOWLEDGE_CENTER = "https://repost.aws/knowledge-center/acm-import-troubleshooting"
BOTOCORE = "https://github.com/boto/botocore/tree/develop/botocore/data/acm/2015-12-08"
CLOUDFRONT = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html"
RFC_5280, RFC_5915 = "https://www.rfc-editor.org/rfc/rfc5280", "https://www.rfc-editor.org/rfc/rfc5915"
RFC_6962, RFC_7468 = "https://www.rfc-editor.org/rfc/rfc6962", "https://www.rfc-editor.org/rfc/rfc7468"
RFC_5958 = "https://www.rfc-editor.org/rfc/rfc5958"
RFC_8017, RFC_9525 = "https://www.rfc-editor.org/rfc/rfc8017", "https://www.rfc-editor.org/rfc/rfc9525"
X_690 = "https://www.itu.int/rec/T-REC-X.690"
BASELINE = "https://github.com/cabforum/servercert/blob/main/docs/BR.md"
APPLE = "https://support.apple.com/en-us/103769"


def _thread(path: str) -> str:
    return f"https://github.com/{path}"


RSA = ("RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096")
EC = ("EC_prime256v1", "EC_secp384r1", "EC_secp521r1")

ALGORITHM_RULES = (
    "cert-key-algorithm-not-accepted",
    "cert-explicit-curve",
    "cert-pss-key",
    "key-algorithm-not-accepted",
    "key-size-not-accepted",
    "key-curve-not-accepted",
    "key-explicit-curve",
)
NOT_PEM = (
    "input-is-wrapped",
    "input-is-der",
    "input-is-pkcs12",
    "input-is-jks",
    "input-is-pkcs7",
    "input-encoded-twice",
    "input-without-markers",
)
# What is damaged so that nobody could read it as PEM; no document needs to say that it is refused.
DAMAGED_PEM = (
    "pem-nothing-found",
    "pem-on-one-line",
    "pem-marker-malformed",
    "pem-bad-base64",
)

_PREREQUISITES = (
    *said(
        PREREQUISITES,
        "you must provide both the certificate and its private key",
        ERROR,
        DOCUMENTED,
        "cert-missing",
        "key-missing",
        "roles-swapped",
    ),
    *said(
        PREREQUISITES,
        "ACM supports the following algorithms (API name in parentheses)",
        ERROR,
        DOCUMENTED,
        *ALGORITHM_RULES,
    ),
    *said(
        PREREQUISITES,
        "A certificate must be an SSL/TLS X.509 version 3 certificate.",
        ERROR,
        DOCUMENTED,
        "cert-not-version-3",
    ),
    *said(
        PREREQUISITES,
        "It must contain a public key, the fully qualified domain name (FQDN) or IP address for your website",
        ERROR,
        DOCUMENTED,
        "key-point-not-on-curve",
    ),
    *said(
        PREREQUISITES,
        "which may be no larger than 5 KB (5,120 bytes) and must be unencrypted",
        ERROR,
        DOCUMENTED,
        "key-encrypted",
    ),
    *said(
        PREREQUISITES,
        "which may be no larger than 5 KB (5,120 bytes) and must be unencrypted",
        WARNING,
        DOCUMENTED,
        "input-not-decrypted",
    ),
    *said(
        PREREQUISITES,
        "which may be no larger than 5 KB (5,120 bytes) and must be unencrypted",
        WARNING,
        DOCUMENTED,
        "key-too-large",
        above=5120,
    ),
    *said(
        PREREQUISITES,
        "You can't import a certificate before its validity period begins or after it expires.",
        ERROR,
        DOCUMENTED,
        "cert-not-yet-valid",
        "cert-expired",
    ),
    *said(PREREQUISITES, "Uploading DER–encoded materials results in an error.", ERROR, DOCUMENTED, *NOT_PEM),
)

_FORMAT = (
    *said(
        FORMAT,
        "separately import the certificate, certificate chain, and private key",
        ERROR,
        DOCUMENTED,
        "cert-contains-key",
        "chain-contains-non-cert",
    ),
    *said(
        FORMAT,
        "if you add one or more spaces to the end of any line",
        ERROR,
        DOCUMENTED,
        "pem-trailing-spaces",
    ),
    *said(
        FORMAT,
        "If importing a private certificate, copy the root certificate last.",
        NOTE,
        DOCUMENTED,
        "chain-contains-root",
    ),
    *said(
        FORMAT,
        "If the parameters block is included, ACM removes it before using the key",
        NOTE,
        DOCUMENTED,
        "key-ec-parameters-block",
    ),
    *said(
        FORMAT,
        "-----BEGIN CERTIFICATE-----",
        ERROR,
        DOCUMENTED,
        "cert-is-precertificate",
    ),
    *said(FORMAT, "-----BEGIN CERTIFICATE-----", ERROR, DOCUMENTED, "pem-wrong-label", only="other"),
    *said(
        FORMAT, "-----BEGIN PRIVATE KEY-----", ERROR, DOCUMENTED, "key-format-not-accepted", "key-ec-parameters-only"
    ),
)

_PROBLEMS = (
    *said(
        PROBLEMS,
        "you must include an intermediate certificate chain that provides a path to the root of authority",
        NOTE,
        FORMERLY_DOCUMENTED,
        "chain-does-not-reach-root",
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
        PROBLEMS,
        "You must not add lines or spaces or make any other changes to a PEM file",
        ERROR,
        DOCUMENTED,
        "pem-blank-or-indented-lines",
    ),
)

_API = (
    *said(
        API,
        "You must enter the private key that matches the certificate you are importing.",
        ERROR,
        DOCUMENTED,
        "key-does-not-match",
        "cert-is-not-the-leaf",
    ),
    *said(API, "The Issuer field must not be empty.", ERROR, DOCUMENTED, "cert-issuer-empty"),
    *said(
        API,
        "The OCSP authority URL, if present, must not exceed 1000 characters.",
        ERROR,
        DOCUMENTED,
        "cert-ocsp-url-too-long",
    ),
    *said(
        API,
        "The cryptographic algorithm of an imported certificate must match the algorithm of the signing CA.",
        WARNING,
        DOCUMENTED,
        "cert-issuer-key-type-differs",
    ),
    *said(
        KNOWLEDGE_CENTER,
        "don't upload the complete certificate chain for the Certificate body field",
        ERROR,
        DOCUMENTED,
        "cert-more-than-one",
    ),
    *said(
        KNOWLEDGE_CENTER,
        "verify that the certificate chain is associated with your certificate",
        ERROR,
        DOCUMENTED,
        "chain-does-not-start-with-issuer",
    ),
    *said(
        CLOUDFRONT,
        "intermediate certificates that are not in the trust path",
        ERROR,
        DOCUMENTED,
        "chain-contains-unrelated",
    ),
    *said(
        LIMITS,
        "This quota does not apply to certificates that you import into ACM.",
        NOTE,
        DOCUMENTED,
        "cert-many-names",
    ),
)

_MODEL = (
    *said(
        BOTOCORE,
        "CertificateBodyBlob: min 1, max 32768; CertificateChainBlob: min 1, max 2097152",
        ERROR,
        MODEL,
        "input-empty",
        "input-too-large",
    ),
    *said(BOTOCORE, "PrivateKeyBlob: max 8192", ERROR, MODEL, "key-too-large", above=8192),
)

_OBSERVED = (
    *said(KNOWLEDGE_CENTER, "", ERROR, OBSERVED, "input-is-path"),
    *said(_thread("awslabs/aws-c-io/issues/280"), "", ERROR, OBSERVED, "input-is-utf16"),
    *said(_thread("zenhack/simp_le/issues/149"), "", ERROR, OBSERVED, "pem-markers-share-a-line"),
    *said(KNOWLEDGE_CENTER, "", ERROR, OBSERVED, "chain-root-only", "cert-self-issued-not-self-signed"),
    *said(_thread("certd/certd/issues/746"), "", WARNING, OBSERVED, "chain-missing"),
    *said(
        _thread("acantril/learn-cantrill-io-labs/issues/161"),
        "",
        WARNING,
        OBSERVED,
        "cert-not-for-tls-servers",
        "cert-no-domain",
    ),
    *said(_thread("acantril/learn-cantrill-io-labs/issues/161"), "", NOTE, OBSERVED, "cert-single-label", "cert-is-ca"),
    *said(_thread("hashicorp/terraform/issues/19957"), "", NOTE, OBSERVED, "cert-weak-signature"),
)

_REIMPORT = (
    *said(REIMPORT, "The key type and size cannot be changed.", ERROR, DOCUMENTED, "reimport-key-type-differs"),
    *said(
        REIMPORT,
        "you cannot remove existing values",
        ERROR,
        DOCUMENTED,
        "reimport-key-usage-removed",
        "reimport-eku-removed",
    ),
    *said(
        PREREQUISITES,
        "you cannot add a KeyUsage or ExtendedKeyUsage extension if the extension was not present",
        ERROR,
        DOCUMENTED,
        "reimport-usage-extension-added",
    ),
    *said(
        REIMPORT,
        "You cannot remove all of the domain names from a certificate.",
        ERROR,
        DOCUMENTED,
        "reimport-domains-removed",
    ),
    *said(REIMPORT, "", WARNING, INFERRED, "reimport-names-removed", "reimport-expires-earlier"),
    *said(API, "You cannot apply tags when reimporting a certificate.", ERROR, DOCUMENTED, "reimport-with-tags"),
)

_IMPORT = (
    *said(BOTOCORE, "Arn: min 20, max 2048, pattern arn:...:acm:...", ERROR, MODEL, "arn-malformed"),
    *said(REGIONS, "", WARNING, INFERRED, "region-unknown"),
    *said(REGIONS, "Certificates in ACM are regional resources.", ERROR, DOCUMENTED, "arn-in-another-region"),
    *said(BOTOCORE, "TagList: min 1, max 50; TagKey: max 128; TagValue: max 256", ERROR, MODEL, "tags-out-of-limits"),
    *said(_thread("aws/aws-cli/issues/5041"), "", ERROR, OBSERVED, "file-prefix-not-fileb"),
    *said(
        PREREQUISITES,
        "AWS CloudFormation does not support the import of certificates into ACM",
        ERROR,
        DOCUMENTED,
        "cloudformation-cannot-import",
    ),
    *said(LIMITS, "Number of imported certificates: 2,500", NOTE, DOCUMENTED, "quota-note"),
    *said(PROBLEMS, "only RSA_1024 or RSA_2048 certificates are displayed", NOTE, DOCUMENTED, "listing-hides-key-type"),
)

IMPORT_RULES = tuple(demand.rule for demand in (*_REIMPORT, *_IMPORT))
"""Rules about the import into ACM itself, which mean nothing elsewhere."""

# What X.509 itself demands of every certificate.
X_509 = (
    *said(
        RFC_5280,
        "This field MUST contain the same algorithm identifier as the signature field in the sequence tbsCertificate",
        ERROR,
        DOCUMENTED,
        "cert-signature-algorithms-differ",
    ),
    *said(
        RFC_5280,
        "the period of time from notBefore through notAfter, inclusive",
        ERROR,
        DOCUMENTED,
        "cert-validity-inverted",
    ),
)

# X.509 and PEM themselves: the input is not what the pages ask for, so it cannot be used at all.
UNREADABLE = (
    *said(RFC_7468, "", ERROR, INFERRED, *DAMAGED_PEM),
    *said(RFC_7468, "", ERROR, INFERRED, "input-has-forbidden-characters", only="inside"),
    *said(X_690, "", ERROR, INFERRED, "der-malformed", only="unreadable"),
    *said(X_690, "", ERROR, INFERRED, "asn1-unreadable", only="needed"),
    *said(RFC_5915, "", ERROR, INFERRED, "key-without-curve", "key-unreadable"),
)

UNDOCUMENTED = (
    *said(X_690, "", WARNING, INFERRED, "der-malformed", "asn1-unreadable"),
    *said(
        RFC_7468,
        "",
        WARNING,
        INFERRED,
        "input-has-bom",
        "input-has-forbidden-characters",
        "input-has-non-ascii",
        "pem-text-outside-blocks",
        "pem-headers-in-block",
    ),
    *said(RFC_7468, "", NOTE, INFERRED, "pem-crlf-line-ends", "pem-no-final-newline"),
    *said(FORMAT, "", NOTE, INFERRED, "request-key-differs"),
    *said(RFC_5280, "", NOTE, INFERRED, "chain-names-match-only-relaxed", "cert-san-not-critical"),
    *said(FORMAT, "", WARNING, INFERRED, "cert-newer-without-key"),
    # the subscriber's duty is to keep the key confidential (section 9.6.3); modes of files are nowhere
    *said(BASELINE, "", NOTE, INFERRED, "key-file-readable-by-others"),
    *said(FORMAT, "", WARNING, INFERRED, "key-more-than-one", "key-contains-cert", "key-label-wrong"),
    *said(RFC_5958, "", WARNING, INFERRED, "key-pkcs8-version-2"),
    *said(RFC_7468, "", WARNING, INFERRED, "pem-wrong-label", only="trusted"),
    *said(RFC_8017, "", WARNING, INFERRED, "key-inconsistent", "key-multi-prime"),
    *said(
        BASELINE,
        "",
        WARNING,
        INFERRED,
        "key-weak-exponent",
        "key-known-weak",
        "chain-cert-weak-key",
        "cert-for-other-uses",
        "cert-cn-not-in-san",
    ),
    *said(BASELINE, "", NOTE, INFERRED, "cert-weak-key"),
    *said(RFC_9525, "", WARNING, INFERRED, "cert-does-not-cover-hostname"),
    *said(
        RFC_5280,
        "",
        WARNING,
        INFERRED,
        "cert-signature-algorithm-not-listed",
        "chain-signature-algorithm-not-listed",
        only="parameters",
    ),
    *said(
        RFC_5280,
        "",
        WARNING,
        INFERRED,
        "cert-expires-soon",
        "cert-unknown-critical-extension",
        "cert-netscape-type-unsuitable",
        "cert-duplicate-extension",
        "cert-basic-constraints-unsuitable",
        "cert-trailing-data",
        "chain-contains-duplicate",
        "chain-cert-expired",
        "chain-cert-not-yet-valid",
        "chain-known-bad-cert",
        "chain-cert-not-a-ca",
        "chain-cert-explicit-curve",
        "chain-path-length-exceeded",
        "chain-name-constraints-violated",
        "chain-cert-not-for-tls-servers",
        "chain-cert-not-version-3",
        "chain-cert-unknown-critical-extension",
        "answers-disagree",
    ),
    *said(
        BASELINE,
        "",
        NOTE,
        INFERRED,
        "cert-key-identifier-malformed",
        "cert-without-san",
        "cert-san-malformed",
        "cert-without-eku",
        "cert-allows-client-auth",
        "cert-key-usage-unsuitable",
        "cert-serial-out-of-range",
        "chain-too-long",
        "chain-weak-signature",
    ),
    *said(PREREQUISITES, "", NOTE, INFERRED, "chain-not-needed"),
)

ACM = Target(
    name="acm",
    title="AWS Certificate Manager",
    as_of="2026-11-23",
    source=PREREQUISITES,
    key_algorithms=RSA + EC,
    max_certificate_bytes=32_768,
    max_chain_bytes=2_097_152,
    demands=(
        *_PREREQUISITES,
        *_FORMAT,
        *_PROBLEMS,
        *_API,
        *_MODEL,
        *_REIMPORT,
        *_IMPORT,
        *X_509,
        *_OBSERVED,
        *UNREADABLE,
        *UNDOCUMENTED,
    ),
)

TARGETS = (ACM,)
