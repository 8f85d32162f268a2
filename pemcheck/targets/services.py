"""
Services that take their certificate from ACM and have a sentence or two of their own: Client VPN, Transfer Family.

What ``acm`` demands comes first of all; what stands here is more, or more severe.
"""

from __future__ import annotations

from . import DOCUMENTED, ERROR, INFERRED, OBSERVED, WARNING, layered, said
from .acm import ACM, ALGORITHM_RULES, EC

MUTUAL = "https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/mutual.html"
CREATE_SERVER = "https://docs.aws.amazon.com/transfer/latest/userguide/API_CreateServer.html"
_NO_DOMAIN = "https://github.com/cloudposse/terraform-aws-ec2-client-vpn/issues/57"

_CLIENT_VPN = (
    *said(
        MUTUAL,
        "A Client VPN endpoint supports 1024-bit and 2048-bit RSA key sizes only.",
        ERROR,
        DOCUMENTED,
        *ALGORITHM_RULES,
    ),
    *said(_NO_DOMAIN, "does not have a domain", ERROR, OBSERVED, "cert-no-domain"),
    *said(MUTUAL, "", WARNING, INFERRED, "cert-not-for-tls-servers"),
)

_TRANSFER = (
    *said(
        CREATE_SERVER,
        "Certificates with the following cryptographic algorithms and key sizes are supported",
        ERROR,
        DOCUMENTED,
        *ALGORITHM_RULES,
    ),
    *said(
        CREATE_SERVER,
        "with FQDN or IP address specified and information about the issuer",
        ERROR,
        DOCUMENTED,
        "cert-no-domain",
    ),
)

TARGETS = (
    ACM.replace(
        name="client-vpn",
        title="AWS Client VPN",
        source=MUTUAL,
        key_algorithms=("RSA_1024", "RSA_2048"),
        # AWS's own recipe makes a certificate for the name "server"
        demands=layered(_CLIENT_VPN, ACM.demands, without=("cert-single-label",)),
    ),
    ACM.replace(
        name="transfer",
        title="AWS Transfer Family (FTPS)",
        source=CREATE_SERVER,
        key_algorithms=("RSA_2048", "RSA_4096", *EC),
        demands=layered(_TRANSFER, ACM.demands),
    ),
)
