"""
What hostile inputs cost: some of everything that takes long, alone and together, through every way in.

    python benchmarks/hostile.py [--rounds 3]

Prints, for each call, processor time (user and system, the minimum of the rounds) and the most memory.  The worst that
is known is in here: whoever finds worse adds it.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fixtures import der
from fixtures.build import authority, leaf, load_key, pem, pkcs7

MEGABYTE = 1_000_000
CALLS = """
check leaf.pem
check bundle.pem
check lines.pem
check markers.pem
inspect markers.pem markers.pem markers.pem markers.pem
check dashes.pem
inspect escaped.pem escaped.pem escaped.pem escaped.pem
check entities.pem
check inside.pem
inspect latin.txt latin.txt latin.txt latin.txt
check extensions.pem
check names.pem
check ed25519.pem
check p521.pem
check p384.pem
check same.pem
check mix.zip
check secret.json
inspect list.p7b lines.pem values.json values.json mac.p12 p521.pem
inspect extensions.pem lines.pem anchors.yaml anchors.yaml mix.pem mac.p12 p384.pem
check --certificate extensions.pem --private-key ed25519.pem --certificate-chain mix.pem
fix --diff --certificate extensions.pem --private-key ed25519.pem --certificate-chain mix.pem
explain cert-expired extensions.pem mix.pem values.json ed25519.pem mac.p12
"""


def mac(rounds: int) -> bytes:
    """Return a PKCS#12 file that holds nothing and has a MAC of so many rounds."""
    info = der.sequence(der.sequence(der.oid("2.16.840.1.101.3.4.2.1"), der.NULL), der.octets(bytes(32)))
    inner = der.sequence(der.oid("1.2.840.113549.1.7.1"), der.context(0, der.octets(der.sequence())))
    return der.sequence(der.integer(3), inner, der.sequence(info, der.octets(b"saltsalt"), der.integer(rounds)))


def _damaged(signature: bytes) -> bytes:
    return signature[:-1] + bytes([signature[-1] ^ 1])


def signed(key: str, count: int, title: str = "") -> str:
    """Return self-signed certificates whose signatures are wrong."""
    return "".join(
        authority(f"CN={title or number}", key, serial=number + 1, tamper_signature=_damaged).pem
        for number in range(count)
    )


def inputs() -> dict[str, bytes]:
    """Return the content of each file."""
    servers = [leaf(serial=number + 1, subject=f"CN=w{number}.example.com") for number in range(600)]
    bundle = "".join(each.pem for each in servers[:150])
    extensions = [(f"1.2.3.{number}", True, der.NULL) for number in range(16_000)]
    names = [der.set_of(der.sequence(der.oid("2.5.4.11"), der.utf8(f"x{number}"))) for number in range(12_000)]
    found: dict[str, str | bytes] = {
        "leaf.pem": leaf().pem,
        "bundle.pem": bundle,
        "lines.pem": "-----END X-----\n" * 60_000,
        "markers.pem": "-----BEGIN X----- " * 230_000,
        "dashes.pem": "- " * 2 * MEGABYTE + "-----BEGIN X-----",
        "escaped.pem": "-----BEGIN CERTIFICATE-----" + r"\nAAAA" * 600_000 + r"\n-----END CERTIFICATE-----",
        "entities.pem": f"-----BEGIN CERTIFICATE-----\n{'&#43;' * 800_000}\n-----END CERTIFICATE-----\n",
        "inside.pem": "-----BEGIN CERTIFICATE-----\n" + "-- \u00e9\n" * 200_000,
        "latin.txt": b"\xe9" * 4 * MEGABYTE,
        "extensions.pem": "".join(leaf(extra_extensions=extensions, serial=number + 1).pem for number in range(3)),
        "names.pem": "".join(leaf(subject=der.sequence(*names), serial=number + 1).pem for number in range(6)),
        "ed25519.pem": load_key("ed25519-a").pem * 1_000,
        "p521.pem": signed("p521-a", 100),
        "p384.pem": signed("p384-b", 250),
        "same.pem": signed("p256-a", 300, "Same"),
        "values.json": "[" + '{"b":1},' * 125_000 + "1]",
        "anchors.yaml": "kind: Secret\nx:\n" + "- &a b\n" * 17_800,
        "mac.p12": mac(1_500_000),
        "list.p7b": pkcs7(*servers),
    }
    secret = {"tls.crt": bundle, "tls.key": load_key("ed25519-a").pem * 100, "x": signed("p521-a", 50)}
    found["secret.json"] = json.dumps({"kind": "Secret", "stringData": secret, "x": [{"b": 1}] * 60_000})
    found["mix.pem"] = bundle + "-----END X-----\n" * 90_000 + signed("p521-a", 100) + pem("X", b"0\0") * 500
    made = {name: each if isinstance(each, bytes) else each.encode() for name, each in found.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("bundle.pem", "mac.p12", "extensions.pem", "lines.pem", "p521.pem"):
            archive.writestr(name, made[name])
    return {**made, "mix.zip": stream.getvalue()}


def measure(call: str, folder: str, rounds: int) -> tuple[float, int]:
    """Return seconds of processor time, and megabytes."""
    best, most = 1e9, 0
    for _ in range(rounds):
        command = [sys.executable, "-m", "pemcheck", *call.split(), "--passphrase-env", "HOSTILE"]
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOSTILE": "secret"},
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        best, most = min(best, used.ru_utime + used.ru_stime), max(most, used.ru_maxrss // 1024)
    return best, most


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        for name, content in inputs().items():
            (Path(options.write) / name).write_bytes(content)
        return
    with tempfile.TemporaryDirectory() as folder:
        # a process that has made them is large, and what it starts counts as that large at first
        subprocess.run([sys.executable, __file__, "--write", folder], check=True)
        for call in CALLS.strip().splitlines():
            seconds, megabytes = measure(call, folder, options.rounds)
            print(f"{seconds:6.2f} s {megabytes:5} MB  {call}", flush=True)


if __name__ == "__main__":
    main()
