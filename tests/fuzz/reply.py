"""An HTTP answer as bytes, framed in one of the ways that HTTP has."""

import gzip
import json
import zlib
from enum import Enum
from random import Random

import attrs


class End(Enum):
    """What a server does behind its answer."""

    KEEP = "waits for the next request"
    CLOSE = "closes the connection"
    RESET = "resets it"
    HANG = "waits for ever"


@attrs.define
class Reply:
    """An answer, its parts as they go out.

    Attributes:
        request: The request's bytes.
        value: What the body says where all is well.
        status: The first line.
        headers: Names and values, in order.
        body: As it goes out.
        wire: All bytes; empty while the parts still make them.
        end: What follows.
        pause: Seconds between its pieces; 0.0: it goes out in one.
    """

    request: bytes
    value: object
    status: bytes = b"HTTP/1.1 200 OK"
    headers: list[tuple[bytes, bytes]] = attrs.field(factory=list[tuple[bytes, bytes]])
    body: bytes = b""
    wire: bytes | None = None
    end: End = End.KEEP
    pause: float = 0.0

    def sent(self) -> bytes:
        """All bytes."""
        if self.wire is not None:
            return self.wire
        head = b"\r\n".join([self.status, *(name + b": " + value for name, value in self.headers)])
        return head + b"\r\n\r\n" + self.body


def well(chance: Random, request: bytes, value: object) -> Reply:
    """A good answer, framed in one of the ways that HTTP has."""
    reply = Reply(request, value)
    reply.headers = [(b"Ratelimit-Limit", b"800"), (b"Ratelimit-Remaining", b"700"), (b"Content-Type", b"text/plain")]
    frame(chance, reply, json.dumps(value).encode())
    return reply


def frame(chance: Random, reply: Reply, content: bytes) -> None:
    """Put a body under an answer's head."""
    coding = chance.choice((None, None, b"gzip", b"deflate"))
    if coding is not None:
        content = gzip.compress(content, 1, mtime=0) if coding == b"gzip" else zlib.compress(content, 1)
        reply.headers.append((b"Content-Encoding", coding))
    if chance.random() < 0.5:
        reply.headers.append((b"Content-Length", b"%d" % len(content)))
        reply.body = content
        return
    size = chance.choice((1, 100, 5000)) if len(content) < 1000 else 5000
    chunks = [content[place : place + size] for place in range(0, len(content), size)]
    reply.headers.append((b"Transfer-Encoding", b"chunked"))
    reply.body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def again(chance: Random, reply: Reply, content: bytes) -> None:
    """Another body."""
    framing = {b"Content-Length", b"Transfer-Encoding", b"Content-Encoding"}
    reply.headers = [header for header in reply.headers if header[0] not in framing]
    frame(chance, reply, content)
