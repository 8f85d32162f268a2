"""
CloudFront's viewer certificates, and what is built on CloudFront: API Gateway's edge, Cognito's own domains.

Read this file beside CloudFront's pages "Requirements for using SSL/TLS certificates" and "Alternate domain
names", then API Gateway's and Cognito's.  All of them take certificates from ACM, so what ``acm`` demands comes
first of all; what stands here is more, or more severe.
"""

from __future__ import annotations

from . import (
    DOCUMENTED,
    ERROR,
    FORMERLY_DOCUMENTED,
    INFERRED,
    NOTE,
    OBSERVED,
    WARNING,
    Demand,
    Target,
    layered,
    said,
)
from .acm import ACM, ALGORITHM_RULES, CLOUDFRONT, EC, PREREQUISITES, RFC_5280, RSA

_GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
NAMES = _GUIDE + "CNAMEs.html#alternate-domain-names-requirements"
SIZES = _GUIDE + "cnames-and-https-size-of-public-key.html"
SERVER_CERTIFICATES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html"
API_GATEWAY = "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-specify-certificate-for-custom-domain-name.html"
API_GATEWAY_MODEL = "https://github.com/boto/botocore/tree/develop/botocore/data/apigateway/2015-07-09"
COGNITO = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html"
_TRUST_THREAD = "https://github.com/amplify-education/serverless-domain-manager/issues/440"
_ALGORITHMS = "CloudFront only supports 1024-bit RSA, 2048-bit RSA, 3072-bit RSA, 4096-bit RSA"

_REGION = said(
    CLOUDFRONT,
    "make sure you request (or import) the certificate in the US East (N. Virginia) Region (us-east-1)",
    ERROR,
    DOCUMENTED,
    "region-not-us-east-1",
)
_CHAIN = (
    *said(
        CLOUDFRONT,
        "list all of the intermediate certificates in the certificate chain that's in the .pem file",
        ERROR,
        DOCUMENTED,
        "chain-missing",
    ),
    *said(CLOUDFRONT, "Do not include the following: the root certificate", WARNING, DOCUMENTED, "chain-contains-root"),
)
_COVERED = (
    *said(
        NAMES,
        "The alternate domain name that you're adding must be covered by the SAN.",
        ERROR,
        DOCUMENTED,
        "cert-does-not-cover-hostname",
    ),
    *said(
        NAMES,
        "CloudFront checks the subject alternative name (SAN) on the certificate",
        ERROR,
        DOCUMENTED,
        "cert-without-san",
        "cert-no-domain",
        "cert-single-label",
        "cert-only-ip-addresses",
    ),
)

_CLOUDFRONT = (
    *said(
        CLOUDFRONT,
        "CloudFront supports the same certificate authorities (CAs) as Mozilla",
        ERROR,
        DOCUMENTED,
        "cert-not-publicly-trusted",
    ),
    *_REGION,
    *_CHAIN,
    *said(PREREQUISITES, _ALGORITHMS, ERROR, DOCUMENTED, *ALGORITHM_RULES),
    *said(
        SIZES,
        "the maximum size of the public key in an SSL/TLS RSA certificate is 2048 bits",
        NOTE,
        FORMERLY_DOCUMENTED,
        "cert-key-algorithm-not-accepted",
        only="doubtful",
    ),
    *said(NAMES, "Alternate domain names must be lowercase", ERROR, DOCUMENTED, "hostname-not-lowercase"),
    *said(NAMES, "you can't use a self-signed certificate", ERROR, DOCUMENTED, "cert-self-signed"),
    *_COVERED,
    *said(
        SERVER_CERTIFICATES,
        "The path must begin with /cloudfront and must include a trailing slash",
        ERROR,
        DOCUMENTED,
        "iam-path-not-for-cloudfront",
    ),
    *said(RFC_5280, "", WARNING, INFERRED, "cert-is-ca"),
)

# API Gateway's page says these of both kinds of domain names.
_MAXIMUM_SIZE = said(
    API_GATEWAY,
    "the maximum size of the public key is 2048",
    WARNING,
    DOCUMENTED,
    "cert-key-algorithm-not-accepted",
    only="doubtful",
)
_COVERS_NAME = said(
    API_GATEWAY,
    "cover the custom domain name",
    ERROR,
    DOCUMENTED,
    "cert-does-not-cover-hostname",
    "cert-no-domain",
    "cert-single-label",
    "cert-only-ip-addresses",
)

_EDGE = (
    *said(
        API_GATEWAY,
        "API Gateway leverages CloudFront to support certificates for custom domain names",
        ERROR,
        DOCUMENTED,
        *ALGORITHM_RULES,
    ),
    *_MAXIMUM_SIZE,
    *said(
        API_GATEWAY,
        "you must request or import the certificate in the US East (N. Virginia) - us-east-1 Region",
        ERROR,
        DOCUMENTED,
        "region-not-us-east-1",
    ),
    *_COVERS_NAME,
    *said(_TRUST_THREAD, "", ERROR, OBSERVED, "cert-self-signed", "cert-not-publicly-trusted"),
    *said(RFC_5280, "", WARNING, INFERRED, "cert-is-ca"),
)

_REGIONAL = (
    *said(
        API_GATEWAY,
        "The certificate must be signed by a publicly trusted Certificate Authority",
        WARNING,
        FORMERLY_DOCUMENTED,
        "cert-self-signed",
        "cert-not-publicly-trusted",
    ),
    *said(PREREQUISITES, "ACM supports the following algorithms", ERROR, DOCUMENTED, *ALGORITHM_RULES),
    *_MAXIMUM_SIZE,
    *_COVERS_NAME,
    *said(
        API_GATEWAY_MODEL,
        "Only required when configuring mutual TLS and using an ACM imported",
        ERROR,
        DOCUMENTED,
        "mutual-tls-ownership-missing",
    ),
    *said(RFC_5280, "", WARNING, INFERRED, "cert-is-ca"),
)

_COGNITO = said(
    COGNITO,
    "Only ACM certificates in US East (N. Virginia) are eligible",
    ERROR,
    DOCUMENTED,
    "region-not-us-east-1",
)


def _target(name: str, title: str, source: str, own: tuple[Demand, ...], **changes: object) -> Target:
    return ACM.replace(name=name, title=title, source=source, demands=layered(own, ACM.demands), **changes)


CLOUDFRONT_TARGET = _target(
    "cloudfront",
    "Amazon CloudFront",
    CLOUDFRONT,
    _CLOUDFRONT,
    key_algorithms=(*RSA, "EC_prime256v1"),
    doubtful_algorithms=("RSA_3072", "RSA_4096"),
    region="us-east-1",
)

TARGETS = (
    CLOUDFRONT_TARGET,
    _target(
        "api-gateway-edge",
        "API Gateway (edge-optimized)",
        API_GATEWAY,
        _EDGE,
        key_algorithms=(*RSA, "EC_prime256v1"),
        doubtful_algorithms=("RSA_3072", "RSA_4096", "EC_prime256v1"),
        region="us-east-1",
    ),
    _target(
        "api-gateway-regional",
        "API Gateway (regional)",
        API_GATEWAY,
        _REGIONAL,
        doubtful_algorithms=("RSA_1024", "RSA_3072", "RSA_4096", *EC),
    ),
    CLOUDFRONT_TARGET.replace(
        name="cognito",
        title="Amazon Cognito",
        source=COGNITO,
        demands=layered(_COGNITO, CLOUDFRONT_TARGET.demands),
    ),
)
