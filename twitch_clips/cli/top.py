"""`twitch-clips top`: the most viewed clips of a game or channel."""

import asyncio
from datetime import datetime, timedelta

import click

from twitch_clips import ClipStream, End
from twitch_clips.export import Sink
from twitch_clips.testing import JUST_CHATTING

from . import options, target
from .output import show
from .question import Question
from .source import open_clips
from .table import clip_table


@click.command(epilog='Example: twitch-clips top --sandbox --game "Teapot Tycoon" --since 2w')
@options.whose_and_when
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), default=20, show_default=True, help="At most N clips."
)
@options.language_option
@click.option(
    "--min-views", metavar="N", type=click.IntRange(min=0), default=0, help="Only clips with at least N views."
)
@target.of_stream
@options.sandbox_option
def top(  # noqa: PLR0913  (an argument for each option)
    *,
    game: str | None,
    game_id: str | None,
    broadcaster: str | None,
    broadcaster_id: str | None,
    since: timedelta | datetime | None,
    until: datetime | None,
    limit: int,
    language: tuple[str, ...],
    min_views: int,
    output: Sink | None,
    as_json: bool,
    formulas: bool,
    sandbox: bool,
) -> None:
    """Show the most viewed clips of a game or a channel.

    Give one of --game, --game-id, --broadcaster and --broadcaster-id. With --sandbox they may be left out.
    """
    selectors = {"game": game, "game_id": game_id, "broadcaster": broadcaster, "broadcaster_id": broadcaster_id}
    if sandbox and not any(value is not None for value in selectors.values()):
        selectors["game_id"] = JUST_CHATTING
    question = Question.of(selectors, since, until, languages=language, min_views=min_views, limit=limit)
    sink = target.chosen(output, as_json=as_json, formulas=formulas)
    asyncio.run(_top(question, sink, sandbox=sandbox))


async def _top(question: Question, sink: Sink | None, *, sandbox: bool) -> None:
    """Read until there are as many clips as were asked for, or no more.

    Clips with too few views do not end it early, though Helix lists by falling views: it has been reported not to
    (twitchdev/issues#1147), and the clips behind would be lost without a word. What it costs is bounded by Helix's cap,
    some ten requests and few seconds.
    """
    async with open_clips(sandbox=sandbox) as clips:
        stream = question.ask(clips)
        await show(stream, clip_table, sink)
        for note in _notes(stream):
            click.echo(f"Note: {note}", err=True)


def _notes(stream: ClipStream) -> list[str]:
    """What else there is to know of a listing."""
    notes: list[str] = []
    if not stream.stats.clips:
        notes.append("no clips.")
    if stream.end is End.CAPPED:
        notes.append("Twitch lists about 1,000 clips and no more: narrow it with --since and --until to see others.")
    if stream.stats.duplicates:
        notes.append(f"views moved meanwhile, so {stream.stats.duplicates} clips may be missing: run it again.")
    return notes
