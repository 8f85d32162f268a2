"""
Elastic Load Balancing: Application, Network and Classic Load Balancers, with certificates from ACM.

Read this file beside the pages on listeners' certificates of the three.  What ``acm`` demands comes first of all;
what stands here is more, or more severe.
"""

from __future__ import annotations

from . import DOCUMENTED, ERROR, INFERRED, NOTE, OBSERVED, WARNING, Demand, Target, layered, said
from .acm import ACM, ALGORITHM_RULES, EC, PREREQUISITES, RFC_5280

_GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/"
APPLICATION = _GUIDE + "application/create-https-listener.html"
NETWORK = _GUIDE + "network/create-tls-listener.html"
NETWORK_CERTIFICATES = _GUIDE + "network/tls-listener-certificates.html"
CLASSIC = _GUIDE + "classic/ssl-server-cert.html"
_DOMAIN_THREAD = "https://github.com/aws-samples/aws-secure-environment-accelerator/issues/990"
_MUST_HAVE = "You must specify a fully qualified domain name (FQDN) for your certificate"

# What the load balancers' own message asks for, and what nobody has written down.
_COMMON = (
    *said(
        _DOMAIN_THREAD,
        "must have a fully-qualified domain name, a supported signature, and a supported key size",
        ERROR,
        OBSERVED,
        "cert-no-domain",
    ),
    *said(
        _DOMAIN_THREAD,
        "must have a fully-qualified domain name, a supported signature, and a supported key size",
        WARNING,
        OBSERVED,
        "cert-weak-signature",
    ),
    *said(_DOMAIN_THREAD, "", NOTE, OBSERVED, "cert-without-san"),
    *said(
        RFC_5280,
        "",
        WARNING,
        INFERRED,
        "cert-single-label",
        "cert-only-ip-addresses",
        "cert-is-ca",
        "chain-missing",
        "cert-does-not-cover-hostname",
    ),
    *said(PREREQUISITES, "To import a self–signed SSL/TLS certificate into ACM", NOTE, DOCUMENTED, "cert-self-signed"),
)
_FQDN_CLASSIC = said(CLASSIC, _MUST_HAVE, ERROR, DOCUMENTED, "cert-no-domain")
_FQDN_NETWORK = said(NETWORK_CERTIFICATES, _MUST_HAVE, ERROR, DOCUMENTED, "cert-no-domain")


def _target(name: str, title: str, source: str, own: tuple[Demand, ...], **changes: object) -> Target:
    demands = layered(own, layered(_COMMON, ACM.demands))
    return ACM.replace(name=name, title=title, source=source, demands=demands, **changes)


TARGETS = (
    _target(
        "elb",
        "Classic Load Balancer",
        CLASSIC,
        (
            *said(PREREQUISITES, "ACM supports the following algorithms", ERROR, DOCUMENTED, *ALGORITHM_RULES),
            *_FQDN_CLASSIC,
        ),
    ),
    _target(
        "alb",
        "Application Load Balancer",
        APPLICATION,
        (
            *said(
                PREREQUISITES,
                "Application Load Balancer supports all of the algorithms available from ACM",
                ERROR,
                DOCUMENTED,
                *(rule for rule in ALGORITHM_RULES if rule != "key-algorithm-not-accepted"),
            ),
            *said(
                APPLICATION,
                "Application Load Balancers do not support ED25519 keys.",
                ERROR,
                DOCUMENTED,
                "key-algorithm-not-accepted",
            ),
        ),
    ),
    _target(
        "nlb",
        "Network Load Balancer",
        NETWORK,
        (
            *said(
                NETWORK,
                "RSA certificates with up to 3072-bit keys and ECDSA certificates with curves P-256, P-384, and P-521",
                ERROR,
                DOCUMENTED,
                *ALGORITHM_RULES,
            ),
            *_FQDN_NETWORK,
        ),
        key_algorithms=("RSA_1024", "RSA_2048", "RSA_3072", *EC),
    ),
)
