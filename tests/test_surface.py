"""The public surface is what was promised: `api.pyi`, where the folder that holds it is at hand."""

import pytest

from .surface import API, differences

pytestmark = pytest.mark.skipif(not API.exists(), reason="the folder with the promised signatures is not here")

# What is not promised, or otherwise: `+` is there besides, `-` is not there, `~` is another one; and why.
EXPLAINED: dict[str, tuple[str, ...]] = {
    "`api.pyi` names the methods and leaves their signatures to the code": (
        *(
            f"+{bucket}.{name}"
            for bucket in ("Bucket", "NoLimit", "TokenBucket", "redis.RedisTokenBucket")
            for name in ("acquire", "observe", "status")
        ),
        *(f"+export.Sink.{name}" for name in ("open", "write", "commit", "close")),
    ),
    "issue 4: a turn that was not used goes back": (
        "+Turn",
        *(f"+{bucket}.give_back" for bucket in ("Bucket", "NoLimit", "TokenBucket", "redis.RedisTokenBucket")),
    ),
    "issue 4: a bucket outside of the process is told whose points are spent": (
        "+KeyedBucket",
        "+redis.RedisTokenBucket.keyed",
        *(f"+{auth}.payer" for auth in ("AppAuth", "StaticAuth", "UserAuth")),
        "+StaticAuth.user_id",
    ),
    "issue 4: it holds connections": ("+redis.RedisTokenBucket.aclose",),
    "issue 2: what a bucket observes; issue 6: when it is full again, for `probe`": ("+RateHeaders",),
    "issue 3: `merge` can be left early": ("~merge()",),
    "issue 3: an error says why in its words": (
        "+UnknownName.what",
        "+UnknownName.reason",
        "+RateLimited.reason",
        "+DecodeError.reason",
    ),
    "issue 3: a checkpoint is a value; what it holds is for the streams, and may change": (
        "~Checkpoint",
        *(f"+Checkpoint.{name}" for name in ("question", "cursor", "place", "served", "limit", "given", "filtered")),
        "+Checkpoint.parse",
        "+Checkpoint.top",
    ),
    "issue 3: the policy's arithmetic, pure": ("+RetryPolicy.pause",),
    "issue 5: what a backfill says of itself": (
        *(f"+Report.{name}" for name in ("unread", "reasons", "audited", "missed", "max_window")),
    ),
    "issue 5: a job can be left without `async with`": ("+Backfill.aclose",),
    "issues 5 and 6: what was raised makes a difference, so the three arguments that Python gives are named": (
        *(f"-{job}.__aexit__(exc)" for job in ("Backfill", "ClipWatch")),
        *(f"+{job}.__aexit__({name})" for job in ("Backfill", "ClipWatch") for name in ("kind", "error", "trace")),
    ),
    "issue 6: what clips are written to keeps the checkpoint as well, of several questions where it holds several": (
        "+Backfill.keep_in",
        "+Backfill.commit(more)",
        "+FileStore",
        "+StateStores",
        "~AsyncClips.backfill(checkpoint)",
    ),
    "issue 6: the environment says who asks and where, the rest is for the program": (
        *(
            f"+AsyncClips.from_env({name})"
            for name in ("session", "bucket", "retry", "timeout", "max_wait", "on_invalid", "hooks")
        ),
    ),
    "issue 6: two kinds of failure by their names": ("+AuthUnavailable", "+ExportError"),
    "issue 6: the formats themselves, and a database that follows a channel": (
        *(f"+export.{name}" for name in ("Csv", "JsonLines", "Parquet", "ParquetDataset", "Sql")),
        *(f"+export.{name}" for name in ("Piece", "json_lines", "sink_for")),
        *(f"+export.{name}" for name in ("sync", "Synced", "Part")),
    ),
    "pyarrow's own type, which `api.pyi` names in words": ("~export.to_arrow()",),
}


def test_the_public_surface_is_what_was_promised() -> None:
    """Classes, their bases and members, parameters and types: but for what is explained here, and all of that."""
    found = differences()
    explained = {key for keys in EXPLAINED.values() for key in keys}
    assert {key: how for key, how in found.items() if key not in explained} == {}
    assert explained - found.keys() == set()
