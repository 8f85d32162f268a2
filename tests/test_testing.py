"""Help for other people's tests, as far as it needs no moto (see aws/test_moto.py)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import pemcheck
import pemcheck.testing
from fixtures.judged import FILES
from pemcheck.testing import assert_accepted

pytest_plugins = ["pytester"]

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
AT = "2026-06-01"


def files_of(case: str) -> list[bytes | None]:
    """Return certificate, private key and chain of a case."""
    paths = [FIXTURES / case / name for name in FILES]
    return [path.read_bytes() if path.exists() else None for path in paths]


def test_what_is_accepted_is_asserted_quietly() -> None:
    """The report comes back, for further questions."""
    certificate, private_key, chain = files_of("clean-rsa-2048")
    assert pemcheck.Verdict.ACCEPTED is assert_accepted(certificate, private_key, chain, at=AT).verdict


@pytest.mark.parametrize(
    ("case", "target", "first"),
    [
        ("key-does-not-match", "acm", "the verdict is refused, not accepted\nprivate_key:1: error: key-does-not-match"),
        ("clean-cloudfront", "cloudfront", "the verdict is undecided, not accepted\n"),
    ],
)
def test_what_is_not_accepted_fails_with_the_whole_report(case: str, target: str, first: str) -> None:
    """What is wrong, why, and how to mend it; nothing of the key."""
    certificate, private_key, chain = files_of(case)
    with pytest.raises(AssertionError) as caught:
        assert_accepted(certificate, private_key, chain, target=target, at=AT)
    text = str(caught.value)

    assert text.startswith(first)
    assert f"\n{target}: " in text
    assert [] == [line for line in (private_key or b"").decode().splitlines()[1:-1] if line in text]


def test_hostnames_are_asserted_for_every_target() -> None:
    """For ACM it is a warning that another name is covered; the caller says that this one must be."""
    files = files_of("clean-rsa-2048")
    assert_accepted(*files, hostnames=["www.example.com"], at=AT)  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="error: cert-does-not-cover-hostname") as caught:
        assert_accepted(*files, hostnames=["other.example.com"], at=AT)  # type: ignore[arg-type]

    assert "weighed by hostnames" in str(caught.value)


def test_a_wrong_argument_is_no_failed_assertion() -> None:
    """It raises as ``pemcheck.check`` does."""
    with pytest.raises(pemcheck.TargetError):
        assert_accepted(b"", target="nowhere")


def test_the_traceback_ends_at_the_test(pytester: pytest.Pytester) -> None:
    """Whoever reads the output sees the line of the test and the report, nothing of our code."""
    lines = ("from pemcheck.testing import assert_accepted", "def test_it():", "    assert_accepted(b'x', b'y')")
    pytester.makepyfile("\n".join(lines))
    shown = pytester.runpytest_subprocess().stdout.str()

    assert "test_the_traceback_ends_at_the_test.py:3: AssertionError" in shown
    assert "acm: refused" in shown
    assert "def assert_accepted" not in shown


def test_there_is_nothing_else() -> None:
    """A name that is none is told as Python tells it."""
    with pytest.raises(AttributeError, match=r"module 'pemcheck\.testing' has no attribute 'nonsense'"):
        pemcheck.testing.nonsense  # noqa: B018


def test_the_plugin_costs_nothing_where_it_is_not_used() -> None:
    """pytest loads it in every run: neither moto nor boto3 comes with it, nor what reads certificates."""
    code = "import sys, pemcheck.testing.plugin; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())

    assert {"pemcheck", "pemcheck.testing", "pemcheck.testing.plugin", "pemcheck.version"} == {
        name for name in loaded if name.startswith("pemcheck")
    }
    assert set() == loaded & {"asn1crypto", "oscrypto", "boto3", "botocore", "moto"}


def test_the_documented_assertion_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example in docs/integrations.md does what it says."""
    page = (FIXTURES.parent / "docs" / "integrations.md").read_text("utf-8")
    (example,) = re.findall(r"^```python\n((?:(?!```).)*?import assert_accepted\n.*?)^```$", page, re.M | re.S)
    names: dict[str, object] = {}
    exec(compile(example.replace('target="acm"', f'target="acm", at="{AT}"'), "integrations.md", "exec"), names)
    monkeypatch.chdir(FIXTURES / "clean-rsa-2048")

    names["test_our_certificate"]()  # type: ignore[operator]
