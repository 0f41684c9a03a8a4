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


def flip(draw, data):
    """Bits of some bytes change."""
    data = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 2, 8])):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return data


def cut(draw, data):
    """The file ends early."""
    return data[: draw.randrange(len(data))]


def blank(draw, data):
    """A block is zero, as after a power failure."""
    start = draw.randrange(len(data)) // 512 * 512 if len(data) > 2_048 else 0
    length = min(draw.choice([16, 512, 4_096]), len(data) - start)
    return data[:start] + b"\0" * length + data[start + length :]


def append(draw, data):
    """Something follows the end."""
    return data + draw.choice(
        [b"\0", b"\n", b"garbage", draw.randbytes(100), b"\0" * 512, data[:200], data])


def empty(draw, data):
    return b""


def scramble(draw, data):
    """A stretch holds other bytes."""
    start = draw.randrange(len(data))
    length = draw.randint(1, 60)
    return data[:start] + draw.randbytes(length) + data[start + length :]


DAMAGES = [flip, flip, flip, cut, blank, append, empty, scramble]


def remove(draw, data):
    start = draw.randrange(len(data))
    return data[:start] + data[start + draw.randint(1, 60) :]


def insert(draw, data):
    start = draw.randrange(len(data) + 1)
    return data[:start] + draw.choice(TOKENS) + data[start:]


def overwrite(draw, data):
    start, token = draw.randrange(len(data)), draw.choice(TOKENS)
    return data[:start] + token + data[start + len(token) :]


def repeat(draw, data):
    start, source = draw.randrange(len(data)), draw.randrange(len(data))
    return data[:start] + data[source : source + draw.randint(1, 80)] + data[start:]


def renumber(draw, data):
    """A number in the text becomes another."""
    found = list(NUMBER.finditer(data[:20_000]))
    if not found:
        return insert(draw, data)
    match = draw.choice(found)
    return data[: match.start()] + draw.choice(NUMBERS) + data[match.end() :]


def resize(draw, data):
    """Eight bytes become a length that is none."""
    start = draw.randrange(len(data)) // 8 * 8
    value = draw.choice(
        [0, 1, 2**31, 2**32, 2**53, 2**62, 2**63, 2**64 - 1, len(data), len(data) + 1])
    return data[:start] + struct.pack("<Q", value) + data[start + 8 :]


def nest(draw, data):
    """Brackets open and never close."""
    start = draw.randrange(len(data) + 1)
    bracket = draw.choice([b"[", b'{"a":', b"{", b"- ", b"{a: "])
    return data[:start] + bracket * draw.choice([10, 200, 5_000]) + data[start:]


def exchange(draw, data):
    """Two lines change places."""
    lines = data.split(b"\n")
    first, second = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


FUZZ = [
    flip, flip, cut, remove, insert, insert, overwrite, overwrite, repeat, renumber, renumber,
    resize, nest, exchange, append, empty, scramble,
]


def damage(draw, data):
    """One damage of a stored file; what comes back differs from what was given."""
    while True:
        damaged = draw.choice(DAMAGES)(draw, data) if data else draw.randbytes(20)
        if damaged != data:
            return damaged


def fuzz(draw, data):
    """A few changes of a file that a parser reads."""
    for _ in range(draw.choice([1, 1, 1, 2, 3, 6])):
        if data:
            data = draw.choice(FUZZ)(draw, data)
    return data


def forge(draw, data):
    """Changes a sealed JSON file and seals it again, as someone would on purpose."""
    body = data[: data.rindex(SEAL)]
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


def rename_in(data, name, other):
    """A sealed JSON file that calls a file otherwise, sealed again."""
    body = data[: data.rindex(SEAL)]
    return seal(body.replace(f'"name":"{name}"'.encode(), f'"name":"{other}"'.encode()))
