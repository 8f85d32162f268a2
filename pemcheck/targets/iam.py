"""
Server certificates in IAM, where ACM is not to be had.

Read this file beside the page "Manage server certificates in IAM", the API reference of UploadServerCertificate
and its model.  IAM moves further certificates from the body into the chain and rewrites line ends, so some of
what ACM refuses is only a note here.  What these documents leave open is asked as ``acm`` asks it, as inference.
"""

from __future__ import annotations

from . import DOCUMENTED, ERROR, INFERRED, MODEL, NOTE, OBSERVED, WARNING, Target, inferred, said
from .acm import ACM, ALGORITHM_RULES, EC, IMPORT_RULES, KNOWLEDGE_CENTER, NOT_PEM, RSA, UNREADABLE, X_509

PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html"
API = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadServerCertificate.html"
MODEL_SOURCE = "https://github.com/boto/botocore/tree/develop/botocore/data/iam/2010-05-08"
_BIG_KEYS = "https://github.com/certbot/certbot/issues/5656"
_ANSIBLE = "https://github.com/ansible-collections/amazon.aws/blob/main/plugins/modules/iam_server_certificate.py"
_LINE_ENDS = "https://github.com/hashicorp/terraform/issues/3837"
_TEXT = "https://github.com/aws/aws-cli/issues/715"
_PATH_GIVEN = "https://github.com/aws/aws-cli/issues/1149"
_ALL_PEM = "The certificate, private key, and certificate chain must all be PEM-encoded."
_CHARACTERS = "pattern: [\\\\u0009\\\\u000A\\\\u000D\\\\u0020-\\\\u00FF]+"

_PAGE = (
    *said(
        PAGE,
        "you must provide the certificate and its matching private key",
        ERROR,
        DOCUMENTED,
        "cert-missing",
        "key-missing",
        "roles-swapped",
        "key-does-not-match",
        "cert-is-not-the-leaf",
        "key-point-not-on-curve",
    ),
    *said(
        PAGE,
        "When the certificate is not self-signed, you must also provide a certificate chain.",
        ERROR,
        DOCUMENTED,
        "chain-missing",
    ),
    *said(
        PAGE,
        "The certificate must be valid at the time of upload.",
        ERROR,
        DOCUMENTED,
        "cert-expired",
        "cert-not-yet-valid",
    ),
    *said(PAGE, "The private key must be unencrypted.", ERROR, DOCUMENTED, "key-encrypted"),
    *said(PAGE, "The private key must be unencrypted.", WARNING, DOCUMENTED, "input-not-decrypted"),
    *said(PAGE, _ALL_PEM, ERROR, DOCUMENTED, *NOT_PEM, "cert-contains-key", "chain-contains-non-cert"),
    *said(
        PAGE,
        _ALL_PEM,
        ERROR,
        DOCUMENTED,
        "key-format-not-accepted",
        "key-ec-parameters-only",
        "cert-is-precertificate",
        "cert-not-version-3",
    ),
    *said(PAGE, _ALL_PEM, ERROR, DOCUMENTED, "pem-wrong-label", only="other"),
    *said(
        PAGE,
        "each certificate must certify the preceding certificate",
        ERROR,
        DOCUMENTED,
        "chain-out-of-order",
        "chain-link-missing",
        "chain-signature-does-not-verify",
        "chain-contains-leaf",
        "chain-does-not-start-with-issuer",
    ),
    *said(PAGE, "including the root CA certificate last", NOTE, DOCUMENTED, "chain-contains-root"),
)

_API = (
    *said(MODEL_SOURCE, "CertificateBody: min 1, max 16384", ERROR, MODEL, "input-empty", "input-too-large"),
    *said(MODEL_SOURCE, "PrivateKey: min 1, max 16384", ERROR, MODEL, "key-too-large", above=16_384),
    *said(MODEL_SOURCE, _CHARACTERS, ERROR, MODEL, "input-has-bom", "input-has-forbidden-characters"),
    *said(MODEL_SOURCE, "ServerCertificateName: max 128, pattern: [\\\\w+=,.@-]+", ERROR, MODEL, "iam-name-malformed"),
    *said(MODEL_SOURCE, "Path: max 512, begins and ends with a slash", ERROR, MODEL, "iam-path-malformed"),
    *said(MODEL_SOURCE, "Tags: max 50", ERROR, MODEL, "tags-out-of-limits"),
)

_OBSERVED = (
    *said(
        _TEXT,
        "Removing the text formatted output from the file fixes the problem.",
        ERROR,
        OBSERVED,
        "pem-text-outside-blocks",
        only="certificate chain",
    ),
    *said(KNOWLEDGE_CENTER, "", ERROR, OBSERVED, "chain-root-only"),
    *said(_PATH_GIVEN, "", ERROR, OBSERVED, "input-is-path"),
    *said("https://github.com/zenhack/simp_le/issues/149", "", ERROR, OBSERVED, "pem-markers-share-a-line"),
    *said("https://github.com/awslabs/aws-c-io/issues/280", "", ERROR, OBSERVED, "input-is-utf16"),
    *said(_LINE_ENDS, "", NOTE, OBSERVED, "pem-crlf-line-ends", "cert-more-than-one"),
    *said(_ANSIBLE, "Modifying the certificate body is not supported by AWS", NOTE, OBSERVED, "iam-update-unsupported"),
    *said(_BIG_KEYS, "", NOTE, INFERRED, "cert-key-algorithm-not-accepted", only="doubtful"),
)

# No document lists key types; these are those that any service behind IAM takes, and other keys can be used by none.
_ALGORITHMS = said(PAGE, "", ERROR, INFERRED, *ALGORITHM_RULES)

_WARNINGS = (
    *said(PAGE, "", WARNING, INFERRED, "pem-trailing-spaces", "pem-blank-or-indented-lines", "key-ec-parameters-block"),
)

_OWN = (*_PAGE, *_API, *X_509, *_OBSERVED, *_ALGORITHMS, *UNREADABLE, *_WARNINGS)
_ACM_ONLY = (*IMPORT_RULES, "cert-issuer-empty", "cert-issuer-key-type-differs", "cert-ocsp-url-too-long")

TARGETS = (
    Target(
        name="iam",
        title="IAM",
        as_of="2026-11-23",
        source=PAGE,
        key_algorithms=(*RSA, *EC),
        doubtful_algorithms=("RSA_1024", "RSA_3072", *EC),
        max_certificate_bytes=16_384,
        max_chain_bytes=2_097_152,
        demands=(*_OWN, *inferred(ACM.demands, _OWN, UNREADABLE, _ACM_ONLY)),
    ),
)
