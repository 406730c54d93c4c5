"""The channel or game that a sync is for: an id, looked up by the name that was given."""

from datetime import datetime
from typing import Literal

import attrs

from twitch_clips import AsyncClips, UnknownName


@attrs.frozen(kw_only=True)
class Subject:
    """A channel or a game.

    Attributes:
        name: What it is asked for by.
        value: Its id.
        started_at: Before that it can have no clips.
        requests: What it took to find that out.
    """

    name: Literal["broadcaster_id", "game_id"]
    value: str
    started_at: datetime
    requests: int = 1

    @property
    def question(self) -> str:
        """Both, as the checkpoint of a backfill has them."""
        return f"{self.name}={self.value}"


async def find_channel(clips: AsyncClips, login: str | None, broadcaster_id: str | None, first: datetime) -> Subject:
    """A channel by its login or its id; one request.

    Args:
        clips: Asks.
        login: As it was given. Or:
        broadcaster_id: The same.
        first: When the first clips were made: there may be some of an id that Twitch does not know any more.

    Raises:
        UnknownName: There is no such login.
    """
    if login is None:
        value = str(broadcaster_id).strip()
        user = (await clips.users(ids=[value])).get(value)
        return Subject(name="broadcaster_id", value=value, started_at=first if user is None else user.created_at)
    user = (await clips.users([login])).get(login)
    if user is None:
        raise UnknownName("channel", (login,))
    return Subject(name="broadcaster_id", value=user.id, started_at=user.created_at)


async def find_game(clips: AsyncClips, title: str | None, game_id: str | None, first: datetime) -> Subject:
    """A game by its title, at one request; or by its id, at none.

    Args:
        clips: Asks.
        title: As it was given. Or:
        game_id: The same.
        first: When the first clips were made.

    Raises:
        UnknownName: There is no such game.
    """
    if title is None:
        return Subject(name="game_id", value=str(game_id).strip(), started_at=first, requests=0)
    game = (await clips.games([title])).get(title)
    if game is None:
        raise UnknownName("game", (title,))
    return Subject(name="game_id", value=game.id, started_at=first)
