"""What pemcheck cannot do without: the libraries, imported and nothing else."""

import asn1crypto.keys
import asn1crypto.x509  # noqa: F401

from pemcheck.crypto import oscrypto_loader

oscrypto_loader.asymmetric()
