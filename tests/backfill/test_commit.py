"""What a commit of a backfill is, to the store that its clips go to as well."""

from datetime import UTC, datetime

import pytest

from tests.conftest import client
from twitch_clips.testing import FakeHelix, light_clips

_START = int(datetime(2024, 5, 1, tzinfo=UTC).timestamp())


class Store:
    """Asynchronous stores begin at this moment, too."""

    def load(self) -> None:
        """Nothing was saved."""

    def save(self, _text: str, /) -> None:
        """Keep nothing."""


async def test_a_commit_reaches_the_store_before_anybody_else_has_a_turn() -> None:
    """So what the store was given and what the job says was given are of one moment, whatever saves in between."""
    async with (
        FakeHelix(light_clips(range(_START, _START + 50), range(50))) as helix,
        client(helix) as clips,
        clips.backfill(broadcaster_id="1000001", started_at="2024-05-01T00:00:00Z", checkpoint=Store()) as job,
    ):
        async for batch in job.batches():
            with pytest.raises(StopIteration):
                job.commit(batch).send(None)
