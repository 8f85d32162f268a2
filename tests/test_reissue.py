"""The commands that get a certificate anew: they can be run, and lose no name."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fixtures.build import leaf, load_key
from pemcheck.checking import check, inspect, wanted
from pemcheck.facts import PrivateKey
from pemcheck.rules import BY_NAME
from pemcheck.rules.reissue import new_key, takes
from pemcheck.targets import Target, get
from pemcheck.targets.custom import load

AT = "2026-06-01"
LONG = ".".join(["a" * 60] * 3) + ".example.com"


def fix(rule: str, it: Any = None, target: str | Target = "acm", file: str = "k.pem", **options: Any) -> str:
    """Return how to mend what *rule* finds in a certificate."""
    it = it or leaf()
    names = ("c.pem", file, "i.pem")
    chain = "".join(each.pem for each in it.chain) or None
    report = check(it.pem, load_key(it.key).pem, chain, target, AT, names=names, **options)
    (found,) = [finding.fix for finding in report.findings if finding.rule == rule]
    return found


def command(text: str) -> list[str]:
    """Return the words of the openssl command in a fix."""
    (found,) = re.findall("`(openssl req[^`]*)`", text)
    return shlex.split(found)


def after(words: Sequence[str], option: str) -> list[str]:
    """Return what follows each *option*."""
    return [value for word, value in zip(words, words[1:]) if word == option]


UNCOVERED = "cert-does-not-cover-hostname"


@pytest.mark.parametrize(
    ("hostname", "name"),
    [
        ("10.0.0.1", "IP:10.0.0.1"),
        ("2001:DB8::0001", "IP:2001:db8::1"),
        ("münchen.de", "DNS:xn--mnchen-3ya.de"),
        ("api.example.net.", "DNS:api.example.net"),
        ("*.example.net", "DNS:*.example.net"),
        ("server", "DNS:server"),
    ],
)
def test_every_hostname_that_was_asked_for_is_in_the_request(hostname: str, name: str) -> None:
    """In the form that certificates have, before the names that are there already."""
    words = command(fix(UNCOVERED, hostnames=(hostname,)))
    names = f"subjectAltName={name},DNS:www.example.com,DNS:example.com"
    assert ([f"/CN={name.partition(':')[2]}"], [names]) == (after(words, "-subj"), after(words, "-addext"))


def test_what_could_mean_something_to_a_shell_gets_into_no_command() -> None:
    """Python takes anything for the zone of an IPv6 address."""
    text = fix(UNCOVERED, hostnames=("fe80::1%';id;'",))
    assert (False, True) == (";id;" in text, "'subjectAltName=DNS:www.example.com,DNS:example.com'" in text)


def test_a_name_too_long_for_a_common_name_is_an_alternative_name_alone() -> None:
    """64 characters are the most there (RFC 5280, ub-common-name); the next name may fit."""
    only = command(fix("cert-without-eku", leaf(subject="O=Example", san=(f"DNS:{LONG}",), eku=None)))
    assert (["/"], f"subjectAltName=DNS:{LONG}") == (after(only, "-subj"), after(only, "-addext")[0])
    both = command(fix("cert-without-eku", leaf(subject="O=Example", san=(f"DNS:{LONG}", "DNS:a.example"), eku=None)))
    assert ["/CN=a.example"] == after(both, "-subj")


def test_addresses_stay_where_nothing_else_is_asked() -> None:
    """A certificate for addresses only is renewed for them."""
    it = leaf(subject="O=Example", san=("IP:10.0.0.1",), not_after="2026-03-01")
    words = command(fix("cert-expired", it))
    assert (["/CN=10.0.0.1"], ["subjectAltName=IP:10.0.0.1"]) == (after(words, "-subj"), after(words, "-addext"))


def test_where_a_domain_is_missing_it_is_an_example_and_called_so() -> None:
    """The address stays beside it; the user's own hostname needs no example."""
    it = leaf(subject="O=Example", san=("IP:10.0.0.1",))
    text = fix("cert-only-ip-addresses", it, "alb")
    assert "with your own name for www.example.com; with openssl" in text
    assert ["subjectAltName=DNS:www.example.com,IP:10.0.0.1"] == after(command(text), "-addext")
    text = fix("cert-only-ip-addresses", it, "alb", hostnames=("api.example.net",))
    assert "your own name" not in text
    assert ["subjectAltName=DNS:api.example.net,IP:10.0.0.1"] == after(command(text), "-addext")


def test_that_names_are_left_out_is_said() -> None:
    """A command has an end."""
    names = tuple(f"DNS:n{number}.example.com" for number in range(21))
    text = fix("cert-without-eku", leaf(san=names, eku=None))
    assert "(the first 20 of its 21 names are in the command)" in text
    assert 20 == after(command(text), "-addext")[0].count("DNS:")
    assert "its 20 names" not in fix("cert-without-eku", leaf(san=names[:20], eku=None))


def test_a_common_name_stands_for_alternative_names_that_there_are_not() -> None:
    """Of several the first as it is encoded, which is the last as it is written."""
    it = leaf(subject="CN=b.example.com,CN=a.example.com", san=None)
    assert ["subjectAltName=DNS:a.example.com"] == after(command(fix("cert-without-san", it)), "-addext")


@pytest.mark.parametrize("rule", ["cert-not-for-tls-servers", "cert-without-eku", "cert-for-other-uses"])
def test_a_request_asks_for_the_usage_that_is_wrong(rule: str) -> None:
    """The CA reads it from there, or knows it by its profile."""
    eku = {"cert-without-eku": None, "cert-for-other-uses": ("server_auth", "code_signing")}
    words = command(fix(rule, leaf(eku=eku.get(rule, ("client_auth",)))))
    assert "extendedKeyUsage=serverAuth" in after(words, "-addext")


OWN = 'as_of = 2026-01-01\nmax_certificate_bytes = 32768\nmax_chain_bytes = 32768\n[rules]\n{} = "error"\n'
ALGORITHM = "cert-key-algorithm-not-accepted"


@pytest.mark.parametrize(
    ("settings", "words", "made"),
    [
        ('key_algorithms = ["EC_prime256v1"]', "P-256", "ec -pkeyopt ec_paramgen_curve:P-256"),
        ('key_algorithms = ["EC_secp384r1", "RSA_4096"]', "RSA 4096 or P-384", "rsa:4096"),
        ('key_algorithms = ["Ed25519"]', "Ed25519", "ed25519"),
        ("key_algorithms = []\nmin_rsa_bits = 3072", "RSA 3072 or RSA 4096", "rsa:3072"),
        ("key_algorithms = []\nmin_rsa_bits = 5001", "RSA 5008", "rsa:5008"),
        ("key_algorithms = []\nmin_rsa_bits = 5008", "RSA 5008", "rsa:5008"),
        (
            'key_algorithms = ["RSA_3072", "EC_secp384r1"]\ndoubtful_algorithms = ["RSA_3072"]',
            "P-384 or RSA 3072",
            "ec -pkeyopt ec_paramgen_curve:P-384",
        ),
    ],
)
def test_the_key_that_is_proposed_is_one_that_the_target_takes(settings: str, words: str, made: str) -> None:
    """With the names that the certificate has, into a file that is not there yet."""
    target = load(f"{settings}\n{OWN.format(ALGORITHM)}", "ours.toml", BY_NAME)
    text = fix(ALGORITHM, target=target)
    assert f"ask the CA or ACME client for {words}; with openssl" in text
    assert (
        f"`openssl req -new -newkey {made} -nodes -keyout new-key.pem -subj '/CN=www.example.com' "
        "-addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    ) in text


def test_a_key_that_openssl_makes_in_no_simple_way_has_no_command() -> None:
    """What the target takes is in the message."""
    target = load(f'key_algorithms = ["DSA_2048"]\n{OWN.format(ALGORITHM)}', "ours.toml", BY_NAME)
    expected = "make a key of a kind that ours takes, and have the certificate reissued for it"
    assert expected == fix(ALGORITHM, target=target)


@pytest.mark.parametrize(
    ("algorithm", "taken"),
    [("RSA_2048", True), ("RSA_2056", True), ("RSA_2049", False), ("RSA_1024", False), ("EC_explicit", False)],
)
def test_a_smallest_size_takes_every_larger_rsa_key(algorithm: str, taken: bool) -> None:
    """In whole bytes."""
    assert taken == takes(get("webpki"), algorithm)


@pytest.mark.parametrize(
    ("file", "key", "out"),
    [
        ("k.pem", "k.pem", "new-request.pem"),
        ("my key.pem", "my key.pem", "new-request.pem"),
        ("new-request.pem", "new-request.pem", "new-new-request.pem"),
        ("env:KEY_OF_MINE", "KEY", "new-request.pem"),
    ],
)
def test_the_command_names_the_key_that_was_given(file: str, key: str, out: str) -> None:
    """And writes to another file."""
    words = command(fix("cert-without-eku", leaf(eku=None), file=file))
    assert ([key], [out]) == (after(words, "-key"), after(words, "-out"))


def test_a_key_of_another_certificate_is_not_named() -> None:
    """Nor one that is not there."""
    it = leaf(eku=None)
    for key in (load_key("rsa-2048-a").pem, None):
        report = check(it.pem, key, None, "acm", AT)
        (found,) = [finding.fix for finding in report.findings if finding.rule == "cert-without-eku"]
        assert ["KEY"] == after(command(found), "-key")


def test_a_new_key_is_written_to_a_new_file() -> None:
    """The old one is perhaps in use."""
    text = fix("cert-key-algorithm-not-accepted", leaf(key="rsa-4096"), "nlb", file="new-key.pem")
    assert ["new-new-key.pem"] == after(command(text), "-keyout")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
@pytest.mark.parametrize("hostname", ["10.0.0.1", "2001:db8::1", "xn--mnchen-3ya.de", "*.example.net", LONG])
def test_openssl_runs_the_command(hostname: str, tmp_path: Path) -> None:
    """And every name is in the request that it writes."""
    (tmp_path / "k.pem").write_text(load_key(leaf().key).pem)
    words = command(fix(UNCOVERED, leaf(san=("IP:10.9.8.7", "DNS:www.example.com")), hostnames=(hostname,)))
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    show = ["openssl", "req", "-in", "new-request.pem", "-noout", "-text"]
    text = subprocess.run(show, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    shown = "2001:DB8:0:0:0:0:0:1" if ":" in hostname else hostname
    assert [] == [name for name in (shown, "10.9.8.7", "www.example.com") if name not in text]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
@pytest.mark.parametrize("algorithm", ["RSA_2048", "EC_prime256v1", "EC_secp521r1", "Ed25519", "Ed448"])
def test_openssl_makes_the_key(algorithm: str, tmp_path: Path) -> None:
    """Of the kind that was proposed."""
    target = load(f'key_algorithms = ["{algorithm}"]\n{OWN.format(ALGORITHM)}', "ours.toml", BY_NAME)
    words = [*command(new_key(wanted(target, AT))), "-subj", "/CN=a.example"]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    assert {"new-key.pem", "new-request.pem"} == {path.name for path in tmp_path.iterdir()}
    key = (tmp_path / "new-key.pem").read_bytes()
    (found,) = inspect(key)
    assert isinstance(found, PrivateKey)
    assert found.public is not None
    assert algorithm == found.public.algorithm
