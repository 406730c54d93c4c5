"""Odd things to put in place of good ones: values of JSON, texts, dates, and the damage that bytes can take."""

import json
from collections.abc import Callable, Sequence
from random import Random

DATES = (
    *("2026-03-13T17:08:46Z", "2026-03-13 17:08:46", "2026-03-13T19:08:46+02:00", "2026-03-13T17:08:46"),
    *("2026-03-13T17:08:46.123456789Z", "2016-12-31T23:59:60Z", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+23:59"),
    *("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59.9999999Z", "0000-01-01T00:00:00Z", "2026-03-13T24:00:00Z"),
    *("2026-03-13T17:08:46+24:00", "2026-03-13T17:08:46-00:00", "+2026-03-13T17:08:46Z", "20260313T170846Z"),
    *("Mon, 01 Jun 2026 12:00:00 GMT", "Mon, 01 Jun 2026 12:00:00 -0000", "Fri, 31 Dec 9999 23:59:59 -2300"),
    *("Monday, 01-Jun-26 12:00:00 GMT", "Mon Jun  1 12:00:00 2026", "01 Jun 2026 12:00", "Jun", "1 1 1 1 1 1", ", ,"),
    *("Mon, 01 Jun 2026 12:00:00 +999999999999", "Mon, 01 Jun 99999999999999999999 12:00:00 GMT", "1 Jun 2026 1.1.1.1"),
    *("Mon, 01 Jun 2026 :: GMT", "Mon, 01 Jun 2026 12:00:00 (((", "0", "-1", "\u0661", "today", " ", "01 Jun -1 0:0 A"),
)
TEXTS = (
    *("", " ", "\x00", "\ud800", "\udfff\ud83d", "\U0010ffff", "\u2028", "\x7f", "é", "\r\nX: y", "a b", "null", "NaN"),
    *("id", "data", "cursor", "title", "created_at", "message", "access_token", "\udcff", "BriskAmberOtter", "0", "-1"),
    *("x" * 70, "\u202e", "﷽" * 9, "%00", "$.data[0]", "a @ b", "\\", '"', "eyJiIjpudWxsLCJhIjoiIn0"),
)
NUMBERS = (
    *("0", "-0", "-0.0", "1", "-1", "1e2", "10.0", "1.5", "1e400", "-1e400", "1e-400", "9223372036854775808", "1E+0"),
    *("-9223372036854775809", "18446744073709551616", "9" * 30, "9" * 4300, "9" * 4301, "-" + "7" * 5000, "0.1e1"),
    *("2147483648", "9007199254740993", "1e308", "0." + "3" * 400, "123456789012345678901234567890.5"),
)
NO_JSON = (
    *(
        "NaN",
        "Infinity",
        "-Infinity",
        "nan",
        "01",
        "1.",
        ".5",
        "-",
        "+1",
        "tru",
        "None",
        "'a'",
        "",
        "1 2",
        "/**/1",
        "0x1",
    ),
    *(r'"\q"', '"\t"', r'"\u12"', '"', "{", "]", ",", "[1,]", '{"a"}', '{"a":1,}', "{1:2}", "\x00", r'"\ud800'),
)
WORDS = ("null", "true", "false", "{}", "[]", "[[]]", "[null]", '{"":null}', '{"id":1}', r'"\ud800"', r'"\udbff\u0041"')
PIECES = (
    *(
        b"",
        b"\x00",
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xef\xbb\xbf",
        b"\xfe\xff",
        b"\x1f\x8b",
    ),
    *(
        b'"',
        b"\\",
        b",",
        b":",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\\u",
        b"null",
        b"e5",
        b"-",
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b"\t",
    ),
    *(b'"data":', b'{"data":[]}', b"\f", b" ", b"9999999999", b"<html>", b"HTTP/1.1 200 OK\r\n", b"0\r\n\r\n"),
)
Damage = Callable[[Random, bytes], bytes]


def text(chance: Random) -> str:
    """A text that nobody expects, a date among them."""
    if chance.random() < 0.7:
        return chance.choice(TEXTS) if chance.random() < 0.6 else chance.choice(DATES)
    # One letter of the alphabet, of another script, or half a pair.
    scripts = (0x7F, 0x7FF, 0xFFFF, 0x10FFFF)
    return "".join(chr(chance.randint(0, chance.choice(scripts))) for _ in range(chance.randint(0, 12)))


def json_of(chance: Random) -> str:
    """JSON, or what is nearly JSON, to stand in place of a value."""
    kind = chance.random()
    if kind < 0.3:
        return chance.choice(NUMBERS)
    if kind < 0.6:
        return json.dumps(text(chance))
    if kind < 0.85:
        return chance.choice(WORDS)
    if kind < 0.95:
        return chance.choice(NO_JSON)
    return nested(chance)


def nested(chance: Random) -> str:
    """Lists or objects in each other: some as deep as Python still reads, some deeper."""
    deep = chance.choice((1, 30, 200, 900, 960, 980, 990, 1000, 1100, 30_000)) + chance.randint(0, 40)
    opening, closing = chance.choice((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")))
    return opening * deep + chance.choice(("1", "", "null")) + closing * chance.choice((deep, deep, deep, deep - 1))


def damaged(chance: Random, good: bytes, most: int = 3) -> bytes:
    """The same bytes after one to three mishaps."""
    for _ in range(chance.randint(1, most)):
        good = chance.choice(DAMAGES)(chance, good)
    return good


def noise(chance: Random) -> bytes:
    """Any bytes at all, or the words of a format in any order."""
    if chance.random() < 0.5:
        return chance.randbytes(chance.choice((0, 1, 2, 10, 100, 3000)))
    return b"".join(chance.choices(PIECES, k=chance.randint(1, 40)))


def _flip(chance: Random, good: bytes) -> bytes:
    changed = bytearray(good or b"\x00")
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(chance: Random, good: bytes) -> bytes:
    lo, hi = _stretch(chance, good)
    return chance.choice((good[:lo], good[hi:], good[:lo] + good[hi:]))


def _insert(chance: Random, good: bytes) -> bytes:
    place = chance.randint(0, len(good))
    return good[:place] + (chance.choice(PIECES) * chance.choice((1, 1, 1, 2, 500))) + good[place:]


def _overwrite(chance: Random, good: bytes) -> bytes:
    piece = chance.choice((chance.choice(PIECES), chance.randbytes(4)))
    place = chance.randint(0, len(good))
    return good[:place] + piece + good[place + len(piece) :]


def _swap(chance: Random, good: bytes) -> bytes:
    lo, hi = _stretch(chance, good)
    return good[hi:] + good[lo:hi] + good[:lo]


def _repeat(chance: Random, good: bytes) -> bytes:
    lo, hi = _stretch(chance, good)
    return good[:hi] + good[lo:]


def _mark(chance: Random, good: bytes) -> bytes:
    return b"\xef\xbb\xbf" * chance.randint(1, 2) + good


def _recode(chance: Random, good: bytes) -> bytes:
    return good.decode("latin-1").encode(chance.choice(("utf-8", "utf-16", "utf-16-le", "utf-32", "utf-7")))


def _stretch(chance: Random, good: bytes) -> tuple[int, int]:
    lo = chance.randint(0, len(good))
    return lo, chance.randint(lo, len(good))


DAMAGES: Sequence[Damage] = (_flip, _flip, _cut, _insert, _overwrite, _swap, _repeat, _mark, _recode)
