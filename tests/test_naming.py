"""What names in certificates mean: hostnames, wildcards, subtrees."""

from __future__ import annotations

import ipaddress
import random
import time

import pytest

from pemcheck import naming
from pemcheck.facts import AltNames, Certificate, Name, NameConstraints, Subtree
from pemcheck.source import Location, shorten

EMAIL = "1.2.840.113549.1.9.1"
CN, O = "2.5.4.3", "2.5.4.10"  # noqa: E741


def name(*rdns: tuple[str, str]) -> Name:
    """Return a distinguished name with one attribute in each RDN."""
    return Name(repr(rdns).encode(), ",".join(f"{oid}={value}" for oid, value in rdns), tuple((rdn,) for rdn in rdns))


def certificate(names: AltNames | None = None, *subject: tuple[str, str]) -> Certificate:
    """Return a certificate of which only the names are known."""
    return Certificate(Location("cert.pem"), b"", subject=name(*subject), subject_alt_names=names)


def tree(kind: str, text: str) -> Subtree:
    """Return a subtree; addresses are written as ``address/mask``."""
    if kind == "ip":
        address, _, mask = text.partition("/")
        return Subtree(kind, text, packed(address) + packed(mask))
    return Subtree(kind, text, text.encode())


def packed(address: str) -> bytes:
    """Return the octets of an address."""
    return ipaddress.ip_address(address).packed


def alt(kind: str, *values: object) -> AltNames:
    """Return alternative names of one kind."""
    return AltNames().replace(**{kind: values})


def directory(*rdns: tuple[str, str]) -> Subtree:
    """Return a directory subtree."""
    return Subtree("directory", name(*rdns).text, b"", name(*rdns))


def permit(*trees: Subtree) -> NameConstraints:
    """Return constraints that permit these subtrees."""
    return NameConstraints(permitted=trees)


def exclude(*trees: Subtree) -> NameConstraints:
    """Return constraints that exclude these subtrees."""
    return NameConstraints(excluded=trees)


# ------------------------------------------------------------------------------------- fully qualified, addresses


@pytest.mark.parametrize(
    "text",
    [
        "example.com", "*.example.com", "xn--bcher-kva.example", "EXAMPLE.COM", "a.b.c.d.example.com", "1.example.com",
        "a-b.example.com", "a" * 63 + ".com", "x.xn--p1ai", ".".join(["a" * 61] * 3) + ".example.com",
    ],
)  # fmt: skip
def test_a_fully_qualified_name_is_one_by_aws_pattern(text: str) -> None:
    """Two labels or more, the last of two characters or more."""
    assert naming.is_fqdn(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "", "server", "localhost", "a_b.example.com", "10.0.0.1", "10.0.0.10", "192.168.100.200", "foo.c", "*.com",
        "a.*.com", "example.com.", ".example.com", "a..com", "-a.com", "a-.com", "a.-com", "a" * 64 + ".com", "*",
        "example.com\n", "exämple.com", "a b.com", "https://example.com", "example.com:443", "*.*.example.com", "::1",
        ".".join(["a" * 61] * 4) + ".example", "a@example.com",
    ],
)  # fmt: skip
def test_other_names_are_not_fully_qualified(text: str) -> None:
    """One word, addresses, malformed labels, trailing dots, and what is longer than 253 characters."""
    assert naming.is_fqdn(text) is False


@pytest.mark.parametrize(("text", "expected"), [("10.0.0.1", True), ("::1", True), ("10.0.0", False), ("a.b", False)])
def test_addresses_are_told_from_names(text: str, expected: bool) -> None:
    """Both versions of IP."""
    assert expected is naming.is_ip(text)


@pytest.mark.parametrize(
    ("alt_names", "expected"),
    [
        (None, ("cn.example",)),
        (AltNames(), ("cn.example",)),
        (AltNames(ip=("10.0.0.1",)), ("cn.example",)),
        (AltNames(dns=("a.example", "*.b.example")), ("a.example", "*.b.example")),
    ],
)
def test_the_domains_are_the_dns_names_else_the_cn(alt_names: AltNames | None, expected: tuple[str, ...]) -> None:
    """The CN counts only where there is no DNS name."""
    assert expected == naming.domains(certificate(alt_names, (CN, "cn.example")))


# ------------------------------------------------------------------------------------------ hostnames, wildcards


@pytest.mark.parametrize(
    ("pattern", "hostname"),
    [
        ("example.com", "example.com"),
        ("Example.COM", "eXample.com"),
        ("example.com", "example.com."),
        ("*.example.com", "www.example.com"),
        ("*.example.com", "WWW.example.com."),
        ("*.example.com", "xn--bcher-kva.example.com"),
        ("*.example.com", "*.example.com"),
        ("server", "server"),
        ("*.com", "example.com"),
    ],
)
def test_a_name_covers_itself_and_a_wildcard_one_label(pattern: str, hostname: str) -> None:
    """RFC 9525 section 6.3."""
    assert naming.covers(pattern, hostname) is True


@pytest.mark.parametrize(
    ("pattern", "hostname"),
    [
        ("*.example.com", "example.com"),
        ("*.example.com", "a.b.example.com"),
        ("*.example.com", ".example.com"),
        ("*.example.com", "www.example.org"),
        ("*.example.com", "wwwexample.com"),
        ("www.example.com", "*.example.com"),
        ("w*.example.com", "www.example.com"),
        ("*", "example"),
        ("a.*.com", "a.example.com"),
        ("*.", "com"),
        ("", "."),
        ("", ""),
        ("example.com", "example.com.."),
        ("example.com.", "example.com"),
        ("xn--*.example.com", "xn--a.example.com"),
    ],
)
def test_a_wildcard_covers_neither_less_nor_more(pattern: str, hostname: str) -> None:
    """Not the domain itself, not two labels, not a part of a label."""
    assert naming.covers(pattern, hostname) is False


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [
        ("example.com", "example.com"),
        ("", ""),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.Example", "xn--bcher-kva.Example"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("bücher。example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("ΣΊΣΥΦΟΣ.example", "xn--wgv0a2a5bcda.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
    ],
)
def test_hostnames_get_a_labels(hostname: str, expected: str) -> None:
    """As browsers make them (UTS #46), ß and ς included."""
    if "Σ" in hostname:
        expected = hostname.encode("idna").decode()
    assert expected == naming.ascii_hostname(hostname)


@pytest.mark.parametrize("hostname", ["ü" * 64 + ".example", "ß" * 64, "\u2028.example", "ß" + "a" * 60])
def test_a_hostname_that_has_no_a_labels_is_refused(hostname: str) -> None:
    """ValueError, whose text is for the caller."""
    with pytest.raises(ValueError, match=r"."):
        naming.ascii_hostname(hostname)


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [
        ("www.example.com", True),
        ("a.b.example.com", False),
        ("example.org", True),
        ("straße.de", True),
        ("10.0.0.1", True),
        ("10.0.0.2", False),
        ("2001:DB8:0::1", True),
        ("2001:db8::2", False),
    ],
)
def test_alternative_names_cover_hostnames_and_addresses(hostname: str, expected: bool) -> None:
    """Addresses go by their value, however they are written."""
    names = AltNames(dns=("*.example.com", "example.org", "xn--strae-oqa.de"), ip=("10.0.0.1", "2001:db8::1"))
    assert expected is naming.covers_hostname(names, hostname)


def test_an_address_is_not_covered_by_a_dns_name() -> None:
    """A dNSName that looks like an address is none (RFC 9525 section 6.1)."""
    assert naming.covers_hostname(AltNames(dns=("10.0.0.1",)), "10.0.0.1") is False


def test_without_alternative_names_nothing_is_covered() -> None:
    """The CN does not count."""
    assert naming.covers_hostname(None, "example.com") is False


# ------------------------------------------------------------------------------------------- malformed names


@pytest.mark.parametrize(
    ("dns", "fault"),
    [
        ("10.0.0.1", "is an IP address, not a DNS name"),
        ("::1", "is an IP address, not a DNS name"),
        ("example.com.", "ends in a dot"),
        (".", "ends in a dot"),
        (".".join(["a" * 62] * 4) + ".com", "is longer than 253 characters"),
        ("*.com", "is a wildcard for a whole top-level domain"),
        ("*", "is a wildcard for a whole top-level domain"),
        ("a.*.com", "has a wildcard that is not the whole leftmost label"),
        ("w*.example.com", "has a wildcard that is not the whole leftmost label"),
        ("*w.example.com", "has a wildcard that is not the whole leftmost label"),
        ("*.*.example.com", "has a wildcard that is not the whole leftmost label"),
        ("**.example.com", "has a wildcard that is not the whole leftmost label"),
        ("a_b.example.com", "has an underscore"),
        ("_dmarc.example.com", "has an underscore"),
        (".example.com", "has an empty label"),
        ("a..example.com", "has an empty label"),
        ("", "has an empty label"),
        ("a" * 64 + ".com", "has a label of more than 63 characters"),
        ("-a.example.com", "has a label that starts or ends with a hyphen"),
        ("a-.example.com", "has a label that starts or ends with a hyphen"),
        ("a b.example.com", "has a label of other characters than letters, digits and hyphens"),
        ("example.com:443", "has a label of other characters than letters, digits and hyphens"),
        ("https://example.com", "has a label of other characters than letters, digits and hyphens"),
        ("b\\u{00fc}cher.example.com", "has a label of other characters than letters, digits and hyphens"),
        ("a\n.example.com", "has a label of other characters than letters, digits and hyphens"),
        ("server.local", "is an internal name (.local)"),
        ("a.b.CORP", "is an internal name (.CORP)"),
        ("4.3.2.1.in-addr.arpa", "is a name for reverse look-ups"),
        ("1.0.IP6.ARPA", "is a name for reverse look-ups"),
        ("xn--99999999999.example.com", "has an A-label that does not decode"),
        ("xn--bcher-kvA9.example.com", "has an A-label that does not decode"),
        ("www.XN--a.example.com", "has an A-label that does not decode"),
    ],
)
def test_a_name_that_no_public_ca_may_issue_is_told_with_its_fault(dns: str, fault: str) -> None:
    """The Baseline Requirements' section 7.1.2.7.12."""
    shown = shorten(dns, 100)
    assert f"DNS:{shown} {fault}" == naming.alt_name_fault(AltNames(dns=("www.example.com", dns)))


@pytest.mark.parametrize(
    "dns",
    ["example.com", "*.example.com", "xn--bcher-kva.example.com", "XN--BCHER-KVA.example.com", "1.example.com",
     "a--b.example.com", "a.b.c.d.example.com", "a" * 63 + ".com"],
)  # fmt: skip
def test_a_good_name_has_no_fault(dns: str) -> None:
    """Letters, digits and inner hyphens, a whole wildcard, A-labels that decode."""
    assert "" == naming.alt_name_fault(AltNames(dns=(dns,)))


def test_a_name_without_a_dot_is_internal_beside_others() -> None:
    """localhost among public names."""
    expected = "DNS:localhost is an internal name (without a dot)"
    assert expected == naming.alt_name_fault(AltNames(dns=("example.com", "localhost")))


def test_names_that_all_have_no_dot_are_left_to_their_own_rule() -> None:
    """One fault, one finding."""
    assert "" == naming.alt_name_fault(AltNames(dns=("server", "localhost")))


@pytest.mark.parametrize(
    "ip", ["10.0.0.1", "127.0.0.1", "192.168.1.1", "::1", "fe80::1", "fd00::1", "224.0.0.1", "ff0e::1"]
)
def test_a_reserved_address_is_a_fault(ip: str) -> None:
    """Private, local and multicast ones."""
    assert f"IP:{ip} is a reserved address" == naming.alt_name_fault(AltNames(ip=(ip,)))


def test_a_public_address_has_no_fault() -> None:
    """Of either version."""
    assert "" == naming.alt_name_fault(AltNames(ip=("8.8.8.8", "2600::1")))


@pytest.mark.parametrize("names", [AltNames(email=("a@b.c",)), AltNames(uri=("x:y",)), AltNames(other=1)])
def test_names_of_other_types_are_a_fault(names: AltNames) -> None:
    """A public server certificate has DNS names and addresses."""
    assert "there are names of other types than dNSName and iPAddress" == naming.alt_name_fault(names)


def test_a_fault_shows_a_long_name_shortened() -> None:
    """A megabyte of name is not printed."""
    assert len(naming.alt_name_fault(AltNames(dns=("a" * 1_000_000 + ".com",)))) < 200


def test_any_name_has_an_answer() -> None:
    """Nothing raises."""
    dice = random.Random(7)
    for _ in range(5000):
        text = "".join(dice.choice("ab1-_.*:x/ \u00fc9") for _ in range(dice.randrange(12)))
        label = "xn--" + "".join(dice.choice("ab-019z") for _ in range(dice.randrange(12)))
        assert isinstance(naming.alt_name_fault(AltNames(dns=(text, label + ".com"))), str)


# ------------------------------------------------------------------------------------------- name constraints


@pytest.mark.parametrize(
    ("kind", "base", "inside", "outside"),
    [
        ("dns", "example.com", "example.com", "example.org"),
        ("dns", "example.com", "a.b.Example.com", "badexample.com"),
        ("dns", "Example.com", "*.example.com", "*.org"),
        ("dns", ".example.com", "www.example.com", "example.com"),
        ("dns", "example.com", "www.example.com.", "example.com.evil"),
        ("dns", "", "anything.example", None),
        ("ip", "10.0.0.0/255.0.0.0", "10.255.1.2", "11.0.0.1"),
        ("ip", "10.0.0.0/255.0.0.0", "10.0.0.0", "::1"),
        ("ip", "2001:db8::/ffff:ffff::", "2001:db8:1::1", "2001:db9::1"),
        ("ip", "0.0.0.0/0.0.0.0", "192.0.2.1", "2001:db8::1"),
        ("email", "example.com", "user@EXAMPLE.com", "user@www.example.com"),
        ("email", ".example.com", "user@www.example.com", "user@example.com"),
        ("email", "user@Example.com", "user@example.com", "User@example.com"),
        ("email", "user@example.com", "user@example.COM", "user@example.org"),
        ("email", "example.com", '"a@b"@example.com', "example.com@evil.org"),
        ("email", "", "any@where", None),
        ("uri", "example.com", "https://Example.com/path", "https://www.example.com/"),
        ("uri", ".example.com", "spiffe://www.example.com/x", "https://example.com"),
        ("uri", "example.com", "https://user:x@example.com:8443/?q", "https://example.com@evil.org/"),
        ("uri", "example.com", "https://example.com#x@evil.org", "https://a@b@evil.org/@example.com"),
        ("uri", "", "https://anything.example", None),
    ],
)
def test_a_name_is_inside_or_outside_of_a_subtree(kind: str, base: str, inside: str, outside: str | None) -> None:
    """RFC 5280 section 4.2.1.10: permitted means inside, excluded means outside."""

    def violated(constraints: NameConstraints, value: str) -> bool:
        return naming.constraint_violation(constraints, certificate(alt(kind, value))) != ""

    allowed, forbidden = permit(tree(kind, base)), exclude(tree(kind, base))
    assert (False, True) == (violated(allowed, inside), violated(forbidden, inside))
    assert outside is None or (True, False) == (violated(allowed, outside), violated(forbidden, outside))


def test_a_directory_name_is_inside_or_outside_of_a_subtree() -> None:
    """The subject, and directory names among the alternative names; case does not count."""
    base = directory((O, "Example  Trust"))
    inside = certificate(None, (O, "EXAMPLE trust"), (CN, "x"))
    outside = certificate(None, (CN, "x"), (O, "Example Trust"))
    listed = certificate(AltNames(other=1, directory=(name((O, "Other")),)))
    assert "" == naming.constraint_violation(permit(base), inside)
    assert naming.constraint_violation(exclude(base), inside).endswith("inside the excluded 2.5.4.10=Example  Trust")
    assert naming.constraint_violation(permit(base), outside).endswith("outside the permitted 2.5.4.10=Example  Trust")
    assert "" == naming.constraint_violation(exclude(base), outside)
    assert "the name 2.5.4.10=Other is outside the permitted" in naming.constraint_violation(permit(base), listed)


def test_an_empty_subject_is_no_name() -> None:
    """Constraints on directory names say nothing about it."""
    assert "" == naming.constraint_violation(permit(directory((O, "x"))), certificate())


def test_an_empty_directory_subtree_holds_everything() -> None:
    """No RDN is the start of every name; a subtree whose name could not be read is one without."""
    subject = certificate(None, (CN, "x"))
    assert "" == naming.constraint_violation(permit(directory()), subject)
    assert "the name 2.5.4.3=x is inside the excluded everything" == naming.constraint_violation(
        exclude(Subtree("directory", "")), subject
    )


@pytest.mark.parametrize(
    ("constraints", "expected"),
    [
        (permit(tree("dns", "a.example")), "dNSName www.b.example is outside the permitted a.example"),
        (exclude(tree("dns", "b.example")), "dNSName www.b.example is inside the excluded b.example"),
        (exclude(tree("dns", "")), "dNSName www.b.example is inside the excluded everything"),
        (permit(*(tree("dns", text) for text in "wxyz")), "dNSName www.b.example is outside the permitted w, x, y …"),
        (permit(*(tree("dns", text) for text in "xyz")), "dNSName www.b.example is outside the permitted x, y, z"),
    ],
)
def test_a_violation_says_which_name_and_which_subtree(constraints: NameConstraints, expected: str) -> None:
    """At most three subtrees are listed."""
    assert expected == naming.constraint_violation(constraints, certificate(AltNames(dns=("www.b.example",))))


def test_any_of_the_permitted_subtrees_will_do() -> None:
    """Each name has to lie in one of them."""
    constraints = permit(tree("dns", "a.example"), tree("dns", "b.example"))
    assert "" == naming.constraint_violation(constraints, certificate(AltNames(dns=("x.a.example", "b.example"))))


def test_excluded_counts_more_than_permitted() -> None:
    """RFC 5280: whatever is excluded is invalid."""
    constraints = NameConstraints((tree("dns", "example"),), (tree("dns", "a.example"),))
    assert naming.constraint_violation(constraints, certificate(AltNames(dns=("a.example",)))) != ""


def test_every_name_is_looked_at() -> None:
    """One bad name among good ones is enough."""
    found = naming.constraint_violation(
        permit(tree("dns", "a.b")), certificate(AltNames(dns=("a.b", "x.a.b", "evil.b")))
    )
    assert found.startswith("dNSName evil.b ")


@pytest.mark.parametrize("kind", ["dns", "ip", "email", "uri", "directory", "other"])
def test_constraints_of_one_kind_say_nothing_about_others(kind: str) -> None:
    """RFC 5280: restrictions apply only when the form of the name is present."""
    text = "10.0.0.0/255.0.0.0" if kind == "ip" else "x.example"
    base = directory((O, "x")) if kind == "directory" else tree(kind, text)
    names = AltNames().replace(**{one: () if one == kind else (value,) for one, value in SOME_NAMES.items()})
    subject = () if kind == "directory" else ((CN, "any"),)
    assert "" == naming.constraint_violation(permit(base), certificate(names, *subject))


SOME_NAMES = {"dns": "a.b", "ip": "192.0.2.1", "email": "a@b", "uri": "https://a.b"}


@pytest.mark.parametrize(
    ("wildcard", "excluded", "expected"),
    [
        ("*.example.com", "test.example.com", "a wildcard that stands for the excluded test.example.com too"),
        ("*.Example.com", "Test.example.com", "a wildcard that stands for the excluded Test.example.com too"),
        ("*.example.com", "example.com", "inside the excluded example.com"),
        ("*.example.com", "a.test.example.com", ""),
        ("*.example.com", ".test.example.com", ""),
        ("test.example.com", "a.test.example.com", ""),
        ("*.example.com", "example.org", ""),
    ],
)
def test_a_wildcard_may_not_reach_into_what_is_excluded(wildcard: str, excluded: str, expected: str) -> None:
    """*.example.com is a name of test.example.com too (CVE-2025-61727 was a verifier that forgot)."""
    found = naming.constraint_violation(exclude(tree("dns", excluded)), certificate(AltNames(dns=(wildcard,))))
    assert expected == found.replace(f"dNSName {wildcard} is ", "")


@pytest.mark.parametrize(
    ("names", "violated"), [(None, True), (AltNames(), False), (AltNames(dns=("www.example.com",)), False)]
)
def test_the_cn_counts_only_where_there_are_no_alternative_names(names: AltNames | None, violated: bool) -> None:
    """Clients that look at the CN do so only then."""
    constraints = permit(tree("dns", "example.com"))
    assert violated is bool(naming.constraint_violation(constraints, certificate(names, (CN, "www.example.org"))))


def test_a_cn_that_is_no_domain_does_not_count() -> None:
    """People have common names too."""
    assert "" == naming.constraint_violation(permit(tree("dns", "example.com")), certificate(None, (CN, "Jane Doe")))


@pytest.mark.parametrize(("names", "violated"), [(None, True), (AltNames(email=("a@example.com",)), False)])
def test_the_address_in_the_subject_counts_where_there_is_no_other(names: AltNames | None, violated: bool) -> None:
    """RFC 5280's legacy emailAddress attribute."""
    constraints = permit(tree("email", "example.com"))
    assert violated is bool(naming.constraint_violation(constraints, certificate(names, (EMAIL, "a@evil.example"))))


@pytest.mark.parametrize(
    "uri",
    ["urn:uuid:1", "https://10.0.0.1/", "https://[::1]/", "https:///path", "//example.com", "", "https://user@/x"],
)
@pytest.mark.parametrize("constraints", [permit(tree("uri", "")), exclude(tree("uri", "example.com"))])
def test_a_uri_without_a_domain_is_a_violation_of_any_constraint(uri: str, constraints: NameConstraints) -> None:
    """RFC 5280: it must be rejected, permitted or excluded alike."""
    expected = f"URI {uri} is without the domain name that the constraints are about"
    assert expected == naming.constraint_violation(constraints, certificate(AltNames(uri=(uri,))))


def test_a_uri_without_a_domain_is_no_matter_without_constraints() -> None:
    """Nobody asks."""
    assert "" == naming.constraint_violation(NameConstraints(), certificate(AltNames(uri=("urn:uuid:1",))))


@pytest.mark.parametrize("constraints", [permit(tree("other", "x")), exclude(tree("other", "x"))])
def test_names_of_a_type_that_has_no_comparison_cannot_be_told(constraints: NameConstraints) -> None:
    """ValueError, which makes the rule a skip and not a pass."""
    with pytest.raises(ValueError, match=r"^there are names and name constraints of a type that cannot be compared$"):
        naming.constraint_violation(constraints, certificate(AltNames(other=1)))


def test_directory_names_are_none_of_those() -> None:
    """They count among the other names, and have a comparison."""
    names = AltNames(other=1, directory=(name((O, "x")),))
    assert "" == naming.constraint_violation(permit(tree("other", "x")), certificate(names))


def test_a_violation_elsewhere_is_told_all_the_same() -> None:
    """What can be told is told."""
    constraints = permit(tree("other", "x"), tree("dns", "a.b"))
    assert naming.constraint_violation(constraints, certificate(AltNames(dns=("c.d",), other=1))).startswith(
        "dNSName c.d"
    )


@pytest.mark.parametrize(
    ("kind", "value"),
    [("dns", "a.b"), ("ip", "192.0.2.1"), ("email", "a@b"), ("uri", "https://a.b"), ("directory", name((O, "x")))],
)
def test_the_number_of_comparisons_is_bounded(kind: str, value: object) -> None:
    """A thousand names and two hundred subtrees are too many to compare, permitted and excluded together."""
    constraints = NameConstraints((Subtree(kind, "x"),) * 100, (Subtree(kind, "y"),) * 100)
    with pytest.raises(ValueError, match=r"^too many names and name constraints to compare$"):
        naming.constraint_violation(constraints, certificate(alt(kind, *[value] * 1001)))


@pytest.mark.parametrize(
    ("kind", "value", "base"),
    [
        ("dns", "*." + "a." * 100 + "b", tree("dns", "x." + "a." * 100 + "c")),
        ("directory", name(*[(O, "Example Trust " * 10)] * 10), directory((O, "other"))),
    ],
    ids=["dns", "directory"],
)
def test_what_may_be_compared_takes_no_time(kind: str, value: object, base: Subtree) -> None:
    """As many comparisons as are allowed, in seconds at most."""
    start = time.process_time()
    assert "" == naming.constraint_violation(exclude(*[base] * 500), certificate(alt(kind, *[value] * 400)))
    assert time.process_time() - start < 5


def test_a_violation_shows_long_names_shortened() -> None:
    """Neither name nor subtree fills the screen."""
    constraints = permit(tree("dns", "b" * 100_000))
    assert len(naming.constraint_violation(constraints, certificate(AltNames(dns=("a" * 100_000,))))) < 300


class Counted(str):
    """A name that counts how often it is normalised."""

    lowered = 0

    def lower(self) -> str:
        """Count, and return it in lower case."""
        Counted.lowered += 1
        return str(self).lower()


@pytest.mark.parametrize("kind", ["dns", "email", "uri"])
def test_each_side_of_name_constraints_is_normalised_once(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once for each comparison: names and constraints may be long, and thousands."""
    monkeypatch.setattr(Counted, "lowered", 0)
    excluded = tuple(Subtree(kind, Counted(f"{number}.example.org")) for number in range(100))
    names = alt(kind, *(Counted(f"{'x://' * (kind == 'uri')}{number}.example.com") for number in range(100)))

    assert "" == naming.constraint_violation(NameConstraints((), excluded), certificate(names))
    assert Counted.lowered <= 300


@pytest.mark.parametrize("value", ["a" * 400 + "@example.com", "a\\b@example.com", "a\u200b@example.com", b"\2\1\5"])
def test_an_address_in_the_subject_that_is_not_shown_as_it_is_is_not_compared(value: str | bytes) -> None:
    """Neither inside nor outside: that cannot be told; without constraints of its kind nothing is asked."""
    subject = Name(b"", "", (((EMAIL, value),),))
    it = Certificate(Location("cert.pem"), b"", subject=subject)
    with pytest.raises(ValueError, match=r"e-mail address in the subject"):
        naming.constraint_violation(NameConstraints((), (tree("email", "example.com"),)), it)

    assert "" == naming.constraint_violation(NameConstraints((), (tree("dns", "example.com"),)), it)
