"""Damages to the bytes of files: what disks, transfers and editors do, and what parsers fear."""

import hashlib
import re
import struct

TOKENS = [
    b"../", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"1e999", b"-1", b"nan",
    b"inf", b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808",
    b"18446744073709551615", b"1e-400", b"[]", b"{}", b"null", b"true", b'"',
    b"\\u0000", b"\\ud800", b"\n", b"\r\n", b"\t",
    b"&a ", b"*a", b"<<: ", b"!!binary ", b"---\n", b"...\n", b"? ", b": ", b", ", b"# ", b"|\n",
    b">-\n",
    b"0x7fffffff", b"0.5", b"4294967296", b"\\data\\", b"\\1-grams:\n", b"\\end\\", b"<s>", b"</s>",
    b"<unk>", b"ngram 1=0\n", b"ngram 9=9999999999\n", b"%s%n", b"0..99999999999999", b"1..0",
    b"schedule: power", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"<|endoftext|>",
]
NUMBERS = [
    b"0", b"-1", b"1", b"9223372036854775807", b"9223372036854775808", b"1e308", b"1e999", b"-0",
    b"4294967295", b"2147483648", b"99999999999999999999999", b"0.1", b"nan", b"1000000", b'"x"',
    b"null",
]
SEAL = b'"sha256":"'
NUMBER = re.compile(rb"-?\d+(\.\d+)?([eE][-+]?\d+)?")


def flip(draw, bytes):
    """Bits of some bytes change."""
    bytes = bytearray(bytes)
    for _ in range(draw.choice([1, 1, 1, 2, 8])):
        bytes[draw.randrange(len(bytes))] ^= 1 << draw.randrange(8)
    return bytes


def cut(draw, bytes):
    """The file ends early."""
    return bytes[: draw.randrange(len(bytes))]


def blank(draw, bytes):
    """A block is zero, as after a power failure."""
    start = draw.randrange(len(bytes)) // 512 * 512 if len(bytes) > 2_048 else 0
    length = min(draw.choice([16, 512, 4_096]), len(bytes) - start)
    return bytes[:start] + b"\0" * length + bytes[start + length :]


def append(draw, bytes):
    """Something follows the end."""
    return bytes + draw.choice(
        [b"\0", b"\n", b"garbage", draw.randbytes(100), b"\0" * 512, bytes[:200], bytes])


def empty(draw, bytes):
    return b""


def scramble(draw, bytes):
    """A stretch holds other bytes."""
    start = draw.randrange(len(bytes))
    length = draw.randint(1, 60)
    return bytes[:start] + draw.randbytes(length) + bytes[start + length :]


DAMAGES = [flip, flip, flip, cut, blank, append, empty, scramble]


def remove(draw, bytes):
    start = draw.randrange(len(bytes))
    return bytes[:start] + bytes[start + draw.randint(1, 60) :]


def insert(draw, bytes):
    start = draw.randrange(len(bytes) + 1)
    return bytes[:start] + draw.choice(TOKENS) + bytes[start:]


def overwrite(draw, bytes):
    start, token = draw.randrange(len(bytes)), draw.choice(TOKENS)
    return bytes[:start] + token + bytes[start + len(token) :]


def repeat(draw, bytes):
    start, source = draw.randrange(len(bytes)), draw.randrange(len(bytes))
    return bytes[:start] + bytes[source : source + draw.randint(1, 80)] + bytes[start:]


def renumber(draw, bytes):
    """A number in the text becomes another."""
    found = list(NUMBER.finditer(bytes[:20_000]))
    if not found:
        return insert(draw, bytes)
    match = draw.choice(found)
    return bytes[: match.start()] + draw.choice(NUMBERS) + bytes[match.end() :]


def resize(draw, bytes):
    """Eight bytes become a length that is none."""
    start = draw.randrange(len(bytes)) // 8 * 8
    value = draw.choice(
        [0, 1, 2**31, 2**32, 2**53, 2**62, 2**63, 2**64 - 1, len(bytes), len(bytes) + 1])
    return bytes[:start] + struct.pack("<Q", value) + bytes[start + 8 :]


def nest(draw, bytes):
    """Brackets open and never close."""
    start = draw.randrange(len(bytes) + 1)
    bracket = draw.choice([b"[", b'{"a":', b"{", b"- ", b"{a: "])
    return bytes[:start] + bracket * draw.choice([10, 200, 5_000]) + bytes[start:]


def exchange(draw, bytes):
    """Two lines change places."""
    lines = bytes.split(b"\n")
    first, second = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


FUZZ = [
    flip, flip, cut, remove, insert, insert, overwrite, overwrite, repeat, renumber, renumber,
    resize, nest, exchange, append, empty, scramble,
]


def damage(draw, bytes):
    """One damage of a stored file; what comes back differs from what was given."""
    while True:
        damaged = draw.choice(DAMAGES)(draw, bytes) if bytes else draw.randbytes(20)
        if damaged != bytes:
            return damaged


def fuzz(draw, bytes):
    """A few changes of a file that a parser reads."""
    for _ in range(draw.choice([1, 1, 1, 2, 3, 6])):
        if bytes:
            bytes = draw.choice(FUZZ)(draw, bytes)
    return bytes


def forge(draw, bytes):
    """Changes a sealed JSON file and seals it again, as someone would on purpose."""
    body = bytes[: bytes.rindex(SEAL)]
    if draw.random() < 0.4:
        strings = list(re.finditer(rb'"[^"]*"', body))
        match = draw.choice(strings)
        text = draw.choice(
            [b'""', b'"../../../planted"', b'"/planted"', b'"<script>planted</script>"',
             b'"\\u0000"', b'"a/b"', b'".."', b"null", b"3",
             b'"' + b"A" * 300 + b'"', b'"\xff"', b'"\\ud800"'])
        body = body[: match.start()] + text + body[match.end() :]
    else:
        body = draw.choice([renumber, remove, repeat, flip])(draw, body)
    return seal(body)


def seal(body):
    """A sealed JSON file of everything before its seal."""
    return body + SEAL + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


def rename_in(bytes, name, other):
    """A sealed JSON file that calls a file otherwise, sealed again."""
    body = bytes[: bytes.rindex(SEAL)]
    return seal(body.replace(f'"name":"{name}"'.encode(), f'"name":"{other}"'.encode()))
