"""
RC2 and RC4, which old PKCS#12 files and keys are encrypted with, and which OpenSSL 3 has in a module of its own.

That module changes the whole process when it is loaded; these few lines change nothing.  They only decrypt, and are
slow: who calls them counts the bytes.  Sources: RFC 2268 (RC2), https://www.rfc-editor.org/rfc/rfc6229 (RC4).
"""

from __future__ import annotations

import struct

# RFC 2268 section 2, a permutation made of the digits of pi
_PI = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0b"
    "f09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb6266fbf0eda4669075727f21d9bbc944303"
    "f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc"
    "2491af50a1f47039997c3a8523b8b47afc02365b255597312d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9"
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
)
_SHIFTS = (1, 2, 3, 5)


def rc2_cbc(key: bytes, effective_bits: int, iv: bytes, data: bytes) -> bytes:
    """Return what *data*, whole blocks of 8 bytes, decrypts to, its padding included."""
    words = _expand(key, effective_bits)
    plain, previous = bytearray(), iv
    for start in range(0, len(data), 8):
        block = data[start : start + 8]
        opened = _rc2_block(words, block)
        plain += bytes(one ^ other for one, other in zip(opened, previous))
        previous = block
    return bytes(plain)


def _expand(key: bytes, effective_bits: int) -> tuple[int, ...]:
    """RFC 2268 section 2."""
    table = bytearray(key)
    while len(table) < 128:
        table.append(_PI[(table[-1] + table[-len(key)]) & 0xFF])
    size = (effective_bits + 7) // 8
    table[128 - size] = _PI[table[128 - size] & 0xFF >> (8 * size - effective_bits)]
    for index in range(127 - size, -1, -1):
        table[index] = _PI[table[index + 1] ^ table[index + size]]
    return struct.unpack("<64H", table)


def _rc2_block(words: tuple[int, ...], block: bytes) -> bytes:
    """RFC 2268 section 4."""
    r = list(struct.unpack("<4H", block))
    j = 63
    for turn in range(16):
        for i in (3, 2, 1, 0):
            turned = r[i] >> _SHIFTS[i] | r[i] << (16 - _SHIFTS[i])
            mixed = (r[i - 1] & r[i - 2]) + (~r[i - 1] & r[i - 3])
            r[i] = (turned - words[j] - mixed) & 0xFFFF
            j -= 1
        if turn in (4, 10):
            for i in (3, 2, 1, 0):
                r[i] = (r[i] - words[r[i - 1] & 63]) & 0xFFFF
    return struct.pack("<4H", *r)


def rc4(key: bytes, data: bytes) -> bytes:
    """Return what *data* decrypts to."""
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 0xFF
        state[i], state[j] = state[j], state[i]
    plain = bytearray()
    i = j = 0
    for octet in data:
        i = (i + 1) & 0xFF
        j = (j + state[i]) & 0xFF
        state[i], state[j] = state[j], state[i]
        plain.append(octet ^ state[(state[i] + state[j]) & 0xFF])
    return bytes(plain)
