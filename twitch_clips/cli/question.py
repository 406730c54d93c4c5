"""What `top` was asked for, and the stream that answers it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import attrs
import click

from twitch_clips import AsyncClips, Clip, ClipStream

from .options import one_selector

_GRID = timedelta(minutes=10)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Window:
    """From an instant on, and before another one: exactly."""

    started_at: datetime
    ended_at: datetime

    @classmethod
    def of(cls, since: timedelta | datetime, until: datetime) -> Self:
        """The window that ends at `until`, from which a span is counted back.

        Raises:
            click.UsageError: There is nothing in it.
        """
        try:
            started_at = until - since if isinstance(since, timedelta) else since
        except OverflowError:
            raise click.UsageError("--since reaches back beyond the year 1") from None
        if until <= started_at:
            raise click.UsageError("--until must be after --since")
        return cls(started_at=started_at, ended_at=until)

    def __contains__(self, clip: Clip) -> bool:
        """Whether a clip was made in it."""
        return self.started_at <= clip.created_at < self.ended_at

    def sent(self) -> dict[str, datetime]:
        """What to ask for: Helix cuts both ends down to 10 minutes, so the later one goes up to the next mark."""
        return {"started_at": self.started_at, "ended_at": self.ended_at + (_EPOCH - self.ended_at) % _GRID}


@attrs.frozen(kw_only=True)
class Question:
    """Which clips to show.

    Attributes:
        selector: Which option says whose clips they are.
        value: What it says.
        since: How far back, or from when; `None` with a window.
        window: From when until when.
        languages: Two letters, which stand for their locales too, or a locale; none for all.
        min_views: Clips with fewer are left out.
        limit: How many clips at most.
    """

    selector: str
    value: str
    since: timedelta | datetime | None
    window: Window | None
    languages: tuple[str, ...]
    min_views: int
    limit: int

    @classmethod
    def of(
        cls,
        selectors: Mapping[str, str | None],
        since: timedelta | datetime | None,
        until: datetime | None,
        **rest: Any,  # noqa: ANN401  (the other attributes)
    ) -> Self:
        """From options as they were given.

        Raises:
            click.UsageError: They do not go together.
        """
        selector, value = one_selector(selectors)
        if until is None:
            return cls(selector=selector, value=value, since=since, window=None, **rest)
        if since is None:
            raise click.UsageError("--until needs --since")
        return cls(selector=selector, value=value, since=None, window=Window.of(since, until), **rest)

    def ask(self, clips: AsyncClips) -> ClipStream:
        """The stream; nothing is sent yet.

        Raises:
            QueryError: `since` lies ahead of now, which the client finds out.
        """
        options: dict[str, Any] = {"where": self._takes, "limit": self.limit, "on_cap": "ignore", "since": self.since}
        if self.window is not None:
            options |= self.window.sent()
        match self.selector:
            case "game":
                return clips.by_game(game=self.value, **options)
            case "game_id":
                return clips.by_game(self.value, **options)
            case "broadcaster":
                return clips.by_broadcaster(login=self.value, **options)
            case _:
                return clips.by_broadcaster(self.value, **options)

    def _takes(self, clip: Clip) -> bool:
        return (
            clip.view_count >= self.min_views
            and (self.window is None or clip in self.window)
            and speaks(clip, self.languages)
        )


def speaks(clip: Clip, languages: Sequence[str]) -> bool:
    """Whether a clip is in one of some languages; `en-gb` is `en`, too. None stands for all."""
    spoken = clip.language.lower()
    return not languages or any(
        spoken == wanted or spoken.startswith(f"{wanted}-") for wanted in map(str.lower, languages)
    )
