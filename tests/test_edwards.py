"""Ed25519 and Ed448 on plain integers, with the vectors of RFC 8032 and pyca/cryptography (OpenSSL) as the judge."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pemcheck.edwards import ed448_public, ed448_verify, ed25519_public, ed25519_verify

pytestmark = pytest.mark.once


class Scheme(NamedTuple):
    """One of the two signature schemes, and its judge; sizes in bytes."""

    size: int
    p: int
    order: int
    public: Callable[[bytes], bytes | None]
    verify: Callable[[bytes, bytes, bytes], bool]
    private_key: type[Ed25519PrivateKey] | type[Ed448PrivateKey]
    public_key: type[Ed25519PublicKey] | type[Ed448PublicKey]

    def key(self, seed: int) -> tuple[bytes, bytes, bytes]:
        """Return a seed, its public key, and its signature of b"data", by OpenSSL."""
        octets = random.Random(seed).getrandbits(8 * self.size).to_bytes(self.size, "big")
        private = self.private_key.from_private_bytes(octets)
        return octets, private.public_key().public_bytes_raw(), private.sign(b"data")

    def judge(self, public: bytes, signature: bytes, data: bytes) -> bool:
        """Return what OpenSSL says."""
        try:
            self.public_key.from_public_bytes(public).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True


ED25519 = Scheme(
    32,
    2**255 - 19,
    2**252 + 27742317777372353535851937790883648493,
    ed25519_public,
    ed25519_verify,
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
ED448 = Scheme(
    57,
    2**448 - 2**224 - 1,
    2**446 - 13818066809895115352007386748515426880336692474882178609894547503885,
    ed448_public,
    ed448_verify,
    Ed448PrivateKey,
    Ed448PublicKey,
)
every_scheme = pytest.mark.parametrize("scheme", [ED25519, ED448], ids=["Ed25519", "Ed448"])

# RFC 8032 section 7.1 (TEST 1, 2, 3, SHA(abc)) and section 7.4 (those with an empty context): seed, public key,
# data, signature
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
    (
        "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
        "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
        "",
        "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600",
    ),
    (
        "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e",
        "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a9480",
        "03",
        "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0ff3348ab21aa4adafd1d234441cf807c03a00",
    ),
    (
        "cd23d24f714274e744343237b93290f511f6425f98e64459ff203e8985083ffdf60500553abc0e05cd02184bdb89c4ccd67e187951267eb328",
        "dcea9e78f35a1bf3499a831b10b86c90aac01cd84b67a0109b55a36e9328b1e365fce161d71ce7131a543ea4cb5f7e9f1d8b00696447001400",
        "0c3e544074ec63b0265e0c",
        "1f0a8888ce25e8d458a21130879b840a9089d999aaba039eaf3e3afa090a09d389dba82c4ff2ae8ac5cdfb7c55e94d5d961a29fe0109941e00b8dbdeea6d3b051068df7254c0cdc129cbe62db2dc957dbb47b51fd3f213fb8698f064774250a5028961c9bf8ffd973fe5d5c206492b140e00",
    ),
    (
        "258cdd4ada32ed9c9ff54e63756ae582fb8fab2ac721f2c8e676a72768513d939f63dddb55609133f29adf86ec9929dccb52c1c5fd2ff7e21b",
        "3ba16da0c6f2cc1f30187740756f5e798d6bc5fc015d7c63cc9510ee3fd44adc24d8e968b6e46e6f94d19b945361726bd75e149ef09817f580",
        "64a65f3cdedcdd66811e2915",
        "7eeeab7c4e50fb799b418ee5e3197ff6bf15d43a14c34389b59dd1a7b1b85b4ae90438aca634bea45e3a2695f1270f07fdcdf7c62b8efeaf00b45c2c96ba457eb1a8bf075a3db28e5c24f6b923ed4ad747c3c9e03c7079efb87cb110d3a99861e72003cbae6d6b8b827e4e6c143064ff3c00",
    ),
    (
        "d65df341ad13e008567688baedda8e9dcdc17dc024974ea5b4227b6530e339bff21f99e68ca6968f3cca6dfe0fb9f4fab4fa135d5542ea3f01",
        "df9705f58edbab802c7f8363cfe5560ab1c6132c20a9f1dd163483a26f8ac53a39d6808bf4a1dfbd261b099bb03b3fb50906cb28bd8a081f00",
        "bd0f6a3747cd561bdddf4640a332461a4a30a12a434cd0bf40d766d9c6d458e5512204a30c17d1f50b5079631f64eb3112182da3005835461113718d1a5ef944",
        "554bc2480860b49eab8532d2a533b7d578ef473eeb58c98bb2d0e1ce488a98b18dfde9b9b90775e67f47d4a1c3482058efc9f40d2ca033a0801b63d45b3b722ef552bad3b4ccb667da350192b61c508cf7b6b5adadc2c8d9a446ef003fb05cba5f30e88e36ec2703b349ca229c2670833900",
    ),
]

# Signatures in which R or the public key is off by a point of order 2 or 4: right once both sides are multiplied by
# the cofactor, and not before.  Public key, data, signature.
TORSION = [
    (
        "63d727dcfd646be685ca3ba0fdeefb3942acd4de404b670d5a0c381b8a8bcd6b",
        b"m3",
        "fde2c4d6d7b9c090d7a65e371f47c38a20102d3cb24594c3b073f20c287d90016c861a1fdbc92912c5f1a657a6d2161471459db98f52cd8b76275cb7648ec10b",
    ),
    (
        "8a28d823029b94197a35c45f021104c6bd532b21bfb498f2a5f3c7e475743294",
        b"m6",
        "f01c3b2928463f6f2859a1c8e0b83c75dfefd2c34dba6b3c4f8c0df3d7826ffed7616d19711dc446dc830e89d3b3d4163d2a5667fea584aba4ce0a977f28a40a",
    ),
    (
        "63d727dcfd646be685ca3ba0fdeefb3942acd4de404b670d5a0c381b8a8bcd6b",
        b"m6",
        "6770a4b3dad3fa656411559619e8dfcc58701f7962942438ad8aca0ef2ecbf41546a9863c24412d441ac6ad65140119d0455014dee344b9d76b6d5307b2f270a",
    ),
    (
        "22d54cddf41b4758f9e57bc435ebfdd55c96735dba54e0bee7ccac636f52e329",
        b"m1",
        "f01c3b2928463f6f2859a1c8e0b83c75dfefd2c34dba6b3c4f8c0df3d7826ffe8c0b3b767533710213e2814818eed4db56314bb70343a2b831a712bcc208f307",
    ),
    (
        "2eb8bfc9ec2c20ac70bb85ea7c795606bfb42631db5c50defbce2549eb2a13300666c8cd22356105adea906ac899c5e1184ee807adabbd7800",
        b"m4",
        "97380aae086573c3652417470eeb774c6089d8805dcce79ddb5de3bb02050cd14c97c1932471b173d89404054a612b8fb1d96cb43792ac570046c9a3309bda7fed37f46d0693fcfecb08e8eb1cc6ca928a06650a8cb0ff68d9bab4909b005c59941915892df7418e54273f4b3faf1ec10000",
    ),
    (
        "d147403613d3df538f447a158386a9f9404bd9ce24a3af210431dab613d5eccff9993732ddca9efa52156f9537663a1ee7b117f85254428780",
        b"m8",
        "68c7f551f79a8c3c9adbe8b8f11488b39f76277fa233186224a21c44fcfaf32eb3683e6cdb8e4e8c276bfbfab59ed4704e26934bc86d53a88059058c0a545a2542e685f0d298ace607c327d5e4e281d130d4f432a799a9422f16582a460dd11fa880f327eccfbc9327937f0df9a146393800",
    ),
    (
        "2eb8bfc9ec2c20ac70bb85ea7c795606bfb42631db5c50defbce2549eb2a13300666c8cd22356105adea906ac899c5e1184ee807adabbd7800",
        b"m1",
        "90b8c69e8fe556ac668cceea587cdc42f019b4b55bb14a93d3bba8534ae3e8e6fce0f811b44be6176c7b1991769e00533253d31d744f459c00cf19c546372368dd92f700874aceda7e8b212c3f4e037135eed568b4e70d54cfe4f11f45e7f709fccfd63a3528e7896fffee153f46619b2600",
    ),
    (
        "95227b4364ac7615dd0ee82d9cb04d9da8b9c9a50c55e998cd04f195331afa4848ce721fdc44c1a92d54de4f6a8c4174a9eb36f5f8e3330400",
        b"m1",
        "68c7f551f79a8c3c9adbe8b8f11488b39f76277fa233186224a21c44fcfaf32eb3683e6cdb8e4e8c276bfbfab59ed4704e26934bc86d53a8804fd6b2f0550aa7df0d0e7c9bdec283d7443e2ba20aaaf3550c67452e7da66cfebf8ba14c28654a8b66552bf470e6c3f43ad83fbe323ad80500",
    ),
]


def scheme_of(octets: str) -> Scheme:
    """Return the scheme whose seeds and public keys are as long as this one."""
    return ED25519 if len(octets) == 64 else ED448


def altered(octets: bytes, bit: int) -> bytes:
    """Return the same octets with one bit flipped."""
    return (int.from_bytes(octets, "little") ^ 1 << bit).to_bytes(len(octets), "little")


@pytest.mark.parametrize(("seed", "public", "data", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032_hold(seed: str, public: str, data: str, signature: str) -> None:
    """Sections 7.1 and 7.4: the public key of the seed, and the signature."""
    scheme = scheme_of(seed)
    assert bytes.fromhex(public) == scheme.public(bytes.fromhex(seed))
    assert scheme.verify(bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(data)) is True


@every_scheme
def test_public_keys_are_those_of_openssl(scheme: Scheme) -> None:
    """Random seeds."""
    for number in range(20):
        seed, public, _ = scheme.key(number)
        assert public == scheme.public(seed)


@every_scheme
@pytest.mark.parametrize("change", [lambda it: b"", lambda it: it[1:], lambda it: it + b"\0", lambda it: it * 2])
def test_a_seed_of_another_length_has_no_public_key(scheme: Scheme, change: Callable[[bytes], bytes]) -> None:
    """Seeds are 32 and 57 bytes."""
    assert scheme.public(change(bytes(scheme.size))) is None


@every_scheme
def test_signatures_of_openssl_verify(scheme: Scheme) -> None:
    """Random keys, and data of every length about a block of the hash."""
    for length in (0, 1, 63, 64, 111, 112, 127, 128, 135, 136, 1000):
        seed, public, _ = scheme.key(length)
        data = bytes(length)
        signature = scheme.private_key.from_private_bytes(seed).sign(data)
        assert scheme.verify(public, signature, data) is True


@every_scheme
def test_a_signature_of_other_data_does_not_verify(scheme: Scheme) -> None:
    """Nor does one by another key."""
    _, public, signature = scheme.key(1)
    assert scheme.verify(public, signature, b"date") is False
    assert scheme.verify(scheme.key(2)[1], signature, b"data") is False


@every_scheme
def test_any_flipped_bit_gives_the_answer_of_openssl(scheme: Scheme) -> None:
    """In R, in S and in the public key; some make a point that does not decode."""
    _, public, signature = scheme.key(3)
    dice = random.Random(3)
    bits = [*dice.sample(range(16 * scheme.size), 30), 8 * scheme.size - 1, 16 * scheme.size - 1]
    cases = [(public, altered(signature, bit)) for bit in bits]
    cases += [(altered(public, bit % (8 * scheme.size)), signature) for bit in bits]
    expected = [scheme.judge(key, other, b"data") for key, other in cases]
    assert expected == [scheme.verify(key, other, b"data") for key, other in cases]


@every_scheme
def test_s_has_to_be_below_the_order(scheme: Scheme) -> None:
    """S + L satisfies the equation, and is refused (sections 5.1.7 and 5.2.7 step 1)."""
    _, public, signature = scheme.key(4)
    s = int.from_bytes(signature[scheme.size :], "little") + scheme.order
    malleable = signature[: scheme.size] + s.to_bytes(scheme.size, "little")
    assert scheme.judge(public, malleable, b"data") is False
    assert scheme.verify(public, malleable, b"data") is False


@every_scheme
@pytest.mark.parametrize("change", [lambda it: b"", lambda it: it[1:], lambda it: it[:-1], lambda it: it + b"\0"])
def test_a_key_or_signature_of_another_length_does_not_verify(scheme: Scheme, change: Callable[[bytes], bytes]) -> None:
    """False, and no exception."""
    _, public, signature = scheme.key(5)
    assert scheme.verify(change(public), signature, b"data") is False
    assert scheme.verify(public, change(signature), b"data") is False


@every_scheme
def test_points_that_do_not_decode_verify_nothing(scheme: Scheme) -> None:
    """Too great a y, minus zero as x, and every second y (sections 5.1.3 and 5.2.3)."""
    _, _, signature = scheme.key(6)
    top = 1 << (8 * scheme.size - 1)
    numbers = [scheme.p, scheme.p + 1, top - 1, 1 | top, scheme.p - 1 | top, 2 * top - 1, *range(2, 20)]
    for number in numbers:
        public = number.to_bytes(scheme.size, "little")
        assert scheme.verify(public, signature, b"data") is False


@every_scheme
def test_a_signature_under_the_neutral_point_needs_a_canonical_key(scheme: Scheme) -> None:
    """With A = 0 and S = 0, R = 0 satisfies the equation; the other encodings of 0 are refused."""
    zero, same = (number.to_bytes(scheme.size, "little") for number in (1, scheme.p + 1))
    minus = altered(zero, 8 * scheme.size - 1)
    signature = zero + bytes(scheme.size)
    assert [True, False, False] == [scheme.verify(key, signature, b"data") for key in (zero, same, minus)]
    assert scheme.verify(b"\1", signature, b"data") is False
    assert [False, False] == [scheme.verify(zero, r + bytes(scheme.size), b"data") for r in (same, minus)]


@pytest.mark.parametrize(("public", "data", "signature"), TORSION)
def test_the_cofactor_counts_as_it_does_for_openssl(public: str, data: bytes, signature: str) -> None:
    """Ed25519 is cofactorless, Ed448 is not."""
    scheme = scheme_of(public)
    given = bytes.fromhex(public), bytes.fromhex(signature), data
    assert scheme.judge(*given) is (scheme is ED448)
    assert scheme.verify(*given) is (scheme is ED448)


@every_scheme
def test_any_octets_have_an_answer(scheme: Scheme) -> None:
    """Random bytes are no signature, and no exception."""
    dice = random.Random(8)
    for _ in range(60):
        public, signature = (
            dice.getrandbits(8 * length).to_bytes(length, "big") for length in (scheme.size, 2 * scheme.size)
        )
        quiet = signature[: -dice.choice([1, 2, 8])].ljust(len(signature), b"\0")
        assert scheme.verify(public, quiet, b"data") is False
        assert scheme.verify(public[: dice.randrange(99)], signature[: dice.randrange(199)], b"") is False
