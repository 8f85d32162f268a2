"""Asks pyca/cryptography about every submission below a folder, in one process; it loads keys as it does by itself."""

import sys
from pathlib import Path

from with_pyca import ask

for folder in sorted(Path(sys.argv[1]).iterdir()):
    ask([folder / name for name in ("certificate.pem", "private-key.pem", "certificate-chain.pem")])
