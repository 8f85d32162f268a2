"""These tests need boto3 and moto (``tox -e aws``); nothing here leaves the machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from fixtures.judged import FILES
from fixtures.judged import report_of as _report_of

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent.parent / "fixtures"
AT = "2026-06-01"
ACM_NAMES = ("Certificate", "PrivateKey", "CertificateChain")

TWELVE = (
    *("key-does-not-match", "cert-is-not-the-leaf", "chain-out-of-order", "chain-link-missing", "chain-contains-leaf"),
    *("chain-root-only", "chain-signature-does-not-verify", "cert-more-than-one", "cert-contains-key"),
    *("cert-key-algorithm-not-accepted", "pem-on-one-line", "key-explicit-curve"),
)
"""Cases that ACM refuses, each for the rule of its name, and moto imports."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave this folder out where its packages are not installed."""
    return None if find_spec("boto3") and find_spec("moto") else True


def files_of(case: str) -> dict[str, bytes]:
    """Return a case's files as the parameters of ``import_certificate``."""
    paths = (FIXTURES / case / name for name in FILES)
    return {name: path.read_bytes() for name, path in zip(ACM_NAMES, paths) if path.exists()}


def server_certificate(case: str, **further: str) -> dict[str, str]:
    """Return a case's files as the parameters of ``upload_server_certificate``."""
    files = {name: data.decode() for name, data in files_of(case).items()}
    return {"ServerCertificateName": "example", "CertificateBody": files.pop("Certificate"), **files, **further}


def errors_of(case: str) -> set[str]:
    """Return the rules for which a case's target refuses it."""
    return {each.rule for each in _report_of(case).findings if each.severity.value == "error"}


@pytest.fixture(autouse=True)
def as_of_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let moto judge dates for the day that the fixtures are for, and let there be credentials."""
    monkeypatch.setattr("moto.acm.models.utcnow", lambda: datetime(2026, 6, 1))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


@pytest.fixture(scope="session")
def _server() -> Iterator[str]:
    """Start moto's server on a free port of this machine; return its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def server(_server: str) -> str:
    """Return the address of moto's server, which knows nothing yet."""
    urlopen(Request(f"{_server}/moto-api/reset", method="POST")).close()
    return _server


class Sent(list[str]):
    """The operations for which a request left, in order."""

    def watch(self, client: Any) -> Any:
        """Return *client*, whose requests are noted down from now on."""
        client.meta.events.register("before-send", self._note)
        return client

    def _note(self, event_name: str, **_: Any) -> None:
        self.append(event_name.rpartition(".")[2])


@pytest.fixture
def sent() -> Sent:
    """Return where requests are noted down."""
    return Sent()
