"""What a `RedisTokenBucket` can be made of, and what it shows of itself."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from twitch_clips import QueryError
from twitch_clips.bucket import KeyedBucket
from twitch_clips.redis import RedisTokenBucket

from .conftest import RedisServer, use


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:6379",
        "http://localhost",
        "redis://:sesame@localhost:port",
        "redis://:ses/ame#@localhost:1",
        "redis://localhost?db=first&password=sesame",
        "redis://localhost?no_such_setting=sesame",
        None,
        6379,
    ],
)
def test_a_url_that_redis_py_cannot_use_is_refused_at_once(url: Any) -> None:
    """Without a word of it: what looks like a port may be half of a password."""
    with pytest.raises(QueryError, match="redis-py") as caught:
        RedisTokenBucket(url)
    assert "ame" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("share", [0, -1, True])
def test_a_share_is_at_least_a_point(share: Any) -> None:
    """And a number."""
    with pytest.raises(QueryError, match="share"):
        RedisTokenBucket("redis://localhost", share=share)


def test_it_stands_for_one_bucket_for_each_key() -> None:
    """The same key gives the same one, for as long as anybody has it."""
    bucket = RedisTokenBucket("redis://localhost")
    assert isinstance(bucket, KeyedBucket)
    one = bucket.keyed("one")
    assert bucket.keyed("one") is one
    assert bucket.keyed("two") is not one


def test_nobody_needs_redis_who_does_not_ask_for_it() -> None:
    """`import twitch_clips` does without the extra."""
    code = "import sys, twitch_clips; sys.exit('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603  (this interpreter)


async def test_a_password_is_used_and_never_shown(server: RedisServer, lines: Callable[[], list[str]]) -> None:
    """Neither the right one nor a wrong one, whatever the bucket says."""
    server.tell("CONFIG SET requirepass open-sesame")
    right = RedisTokenBucket(f"redis://:open-sesame@127.0.0.1:{server.port}")
    wrong = RedisTokenBucket(f"redis://:close-sesame@127.0.0.1:{server.port}")
    async with right, wrong:
        await use(right)
        assert lines() == []
        await use(wrong)
        assert [line.split(":")[0] for line in lines()] == ["WARNING Redis is away (AuthenticationError)"]
        assert "sesame" not in "".join([*lines(), repr(right), repr(wrong), repr(right.status)])
