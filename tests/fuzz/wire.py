"""What a server, a proxy or a network may make of an answer."""

import gzip
import json
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from random import Random

from . import odd
from .bodies import body, mutated
from .decoder import header_value
from .reply import End, Reply, again

_STATUSES = (
    100,
    101,
    103,
    199,
    204,
    205,
    206,
    300,
    301,
    302,
    304,
    307,
    308,
    400,
    401,
    403,
    404,
    409,
    413,
    429,
    500,
    503,
)
_NAMES = (
    *("Content-Length", "Transfer-Encoding", "Content-Encoding", "Connection", "Upgrade", "Location", "Set-Cookie"),
    *("Content-Type", "Link", "Retry-After", "Date", "Ratelimit-Limit", "Ratelimit-Remaining", "Trailer", "Keep-Alive"),
    *("WWW-Authenticate", "Content-Range", "", " ", "X\x00", "Host", "Sec-WebSocket-Accept", "A" * 9000, "é", "X Y"),
)
_HARMLESS = ("Date", "Retry-After", "Ratelimit-Limit", "Ratelimit-Remaining", "Ratelimit-Reset", "X-Odd", "Set-Cookie")
_VALUES = (
    *(
        "chunked",
        "gzip",
        "deflate",
        "br",
        "zstd",
        "identity",
        "gzip, gzip",
        "chunked, chunked",
        "gzip, chunked",
        "close",
    ),
    *("keep-alive", "upgrade", "websocket", "h2c", "http://127.0.0.1:1/", "//", "/\r\nX: y", "a=b; Max-Age=x", "=;=;"),
    *(
        "0",
        "-1",
        "+5",
        "1e3",
        "0x10",
        "99999999999999999999",
        "5, 5",
        "5, 6",
        "",
        " ",
        "\x00",
        "x" * 9000,
        "bytes */-1",
    ),
    *('<http://[>; rel="next"', "multipart/mixed", "text/html; charset=nonsense", "application/json; charset=utf-16"),
)
_CHUNK_SIZES = (
    b"-1",
    b"",
    b"g",
    b"FFFFFFFFFFFFFFFFFFFF",
    b"5;" + b"x" * 9000,
    b"5 ; a=b",
    b"0x5",
    b" 5",
    b"5\n",
    b"00000005",
)


def _harmless_headers(chance: Random, reply: Reply) -> None:
    for _ in range(chance.randint(1, 5)):
        value = header_value(chance).encode("utf-8", "surrogatepass")[:200].translate(None, b"\r\n\0")
        reply.headers.insert(chance.randint(0, len(reply.headers)), (chance.choice(_HARMLESS).encode(), value))


def _reason(chance: Random, reply: Reply) -> None:
    reply.status = b"HTTP/1.1 200 " + chance.choice((b"", b"Oh well", b"\xff", b"200", b"x" * 500))


def _informational(chance: Random, reply: Reply) -> None:
    kinds = (b"100 Continue", b"102 Processing", b"103 Early Hints\r\nLink: </a>; rel=preload", b"199 ")
    before = b"".join(b"HTTP/1.1 %s\r\n\r\n" % chance.choice(kinds) for _ in range(chance.choice((1, 2, 30))))
    reply.wire = before + reply.sent()


def _failing(chance: Random, reply: Reply) -> None:
    reply.status = b"HTTP/1.1 %d Fails" % chance.choice((429, 500, 502, 503, 504))
    again(chance, reply, body(chance, "error"))


def _refusing(chance: Random, reply: Reply) -> None:
    reply.status = b"HTTP/1.1 %d Refused" % chance.choice((400, 400, 401, 401, 403, 404, 418, 429))
    again(chance, reply, body(chance, "error"))


def _cut(chance: Random, reply: Reply) -> None:
    sent = reply.sent()
    reply.wire = sent[: chance.choice((0, chance.randint(0, len(sent)), len(sent))) - 1]
    reply.end = chance.choice((End.CLOSE, End.RESET, End.HANG))


def _no_http(chance: Random, reply: Reply) -> None:
    reply.wire, reply.end = chance.randbytes(chance.choice((1, 20, 70_000))), chance.choice((End.CLOSE, End.KEEP))


def _slow(chance: Random, reply: Reply) -> None:
    reply.pause = chance.choice((0.001, 0.5, 4.0))


def _closing(chance: Random, reply: Reply) -> None:
    reply.end = chance.choice((End.CLOSE, End.RESET))


def _other_body(chance: Random, reply: Reply) -> None:
    again(
        chance,
        reply,
        chance.choice((mutated(chance, reply.value), odd.damaged(chance, json.dumps(reply.value).encode()))),
    )


def _other_kind(chance: Random, reply: Reply) -> None:
    again(chance, reply, body(chance, chance.choice(("page", "users", "games", "token", "error"))))


def _status_line(chance: Random, reply: Reply) -> None:
    code = chance.choice(_STATUSES) if chance.random() < 0.8 else chance.randint(0, 1100)
    version = chance.choice(
        (b"HTTP/1.1",) * 6 + (b"HTTP/1.0", b"HTTP/2", b"HTTP/0.9", b"http/1.1", b"ICY", b"HTTP/1.1\x00")
    )
    reply.status = version + b" %d " % code + chance.choice((b"", b"Odd", b"\xff\x80"))
    if chance.random() < 0.2:
        reply.status = odd.damaged(chance, reply.status)
    if 300 <= code < 400:
        reply.headers.append((b"Location", chance.choice(_VALUES).encode()))


def _headers(chance: Random, reply: Reply) -> None:
    for _ in range(chance.choice((1, 1, 2, 3, 140))):
        header = (
            chance.choice(_NAMES).encode(),
            chance.choice((*_VALUES, header_value(chance))).encode("utf-8", "replace"),
        )
        reply.headers.insert(chance.randint(0, len(reply.headers)), header)


def _length(chance: Random, reply: Reply) -> None:
    length = len(reply.body) + chance.choice((-1, 1, -len(reply.body), 1000, 10**9, 10**25, -(10**9)))
    again(chance, reply, json.dumps(reply.value).encode())
    reply.headers.append((b"Content-Length", b"%d" % length))


def _chunks(chance: Random, reply: Reply) -> None:
    content = json.dumps(reply.value).encode()
    parts = [b"%x\r\n%s\r\n" % (len(content), content), b"0\r\n", b"\r\n"]
    parts.insert(chance.randint(0, 3), chance.choice(_CHUNK_SIZES) + chance.choice((b"\r\n", b"\n", b"")) + content[:5])
    if chance.random() < 0.5:
        del parts[chance.randrange(len(parts))]
    reply.headers = [(b"Transfer-Encoding", b"chunked")]
    reply.body = b"".join(parts) + chance.choice((b"", b"X: y\r\n\r\n", odd.noise(chance)))


def _coding(chance: Random, reply: Reply) -> None:
    content = json.dumps(reply.value).encode()
    packed = chance.choice(
        (gzip.compress(content), zlib.compress(content), zlib.compress(content)[2:-4], content, _bomb())
    )
    if chance.random() < 0.7 and packed is not _bomb():
        packed = odd.damaged(chance, packed)
    coding = chance.choice((b"gzip", b"gzip", b"deflate", b"br", b"zstd", b"gzip, deflate", b"compress", b"x"))
    reply.headers = [(b"Content-Encoding", coding), (b"Content-Length", b"%d" % len(packed))]
    reply.body = packed


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(9_000_000))


def _echo(chance: Random, reply: Reply) -> None:
    """The request, where a developer, or nobody, would look for it."""
    secrets = [line for line in reply.request.splitlines() if b"earer" in line or b"secret" in line or b"OAuth" in line]
    line = secrets[0] if secrets else b"X: y"
    place = chance.randrange(7)
    if place == 0:
        again(chance, reply, reply.request)
        reply.status = b"HTTP/1.1 %d Echo" % chance.choice(_STATUSES)
    elif place == 1:
        reply.headers += [(b"X-Echo", line), (chance.choice(_NAMES).encode(), line.partition(b": ")[2] or line)]
    elif place == 2:
        reply.status = chance.choice((line, b"HTTP/1.1 200 " + line, b"HTTP/1.1 " + line))
    elif place == 3:
        reply.headers, reply.body = [(b"Transfer-Encoding", b"chunked")], line + b"\r\n"
    elif place == 4:
        reply.wire = b"HTTP/1.1 200 OK\r\n" + reply.request.partition(b"\r\n")[2][: -chance.randint(0, 4) or None]
    elif place == 5:
        reply.wire = reply.request
    else:
        again(chance, reply, json.dumps({"message": line.decode("latin-1"), "status": 400}).encode())
        reply.status = b"HTTP/1.1 %d Echo" % chance.choice((400, 401, 403, 429, 500))
    reply.end = chance.choice(tuple(End))


def _flipped(chance: Random, reply: Reply) -> None:
    reply.wire = odd.damaged(chance, reply.sent())


def _more_behind(chance: Random, reply: Reply) -> None:
    sent = reply.sent()
    reply.wire = sent + chance.choice(
        (odd.noise(chance), sent, sent[: len(sent) // 2], b"\r\n", b"HTTP/1.1 200 OK\r\n\r\n")
    )


def _noise(chance: Random, reply: Reply) -> None:
    reply.wire = chance.choice((b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 ")) + odd.noise(chance)


def _any_end(chance: Random, reply: Reply) -> None:
    reply.end = chance.choice(tuple(End))


Change = Callable[[Random, Reply], None]
ON_HEADS: Sequence[Change] = (_harmless_headers, _reason, _informational, _slow, _closing)
"""What a page survives as it is."""
IN_PLACE: Sequence[Change] = (_failing, _cut, _no_http)
"""What cannot be taken for a page."""
WILD: Sequence[Change] = (
    *(
        _other_body,
        _other_kind,
        _status_line,
        _headers,
        _length,
        _chunks,
        _coding,
        _echo,
        _echo,
        _flipped,
        _more_behind,
    ),
    *(_noise, _any_end, _cut, _failing, _refusing, _refusing, _slow, _informational),
)
"""Anything."""
