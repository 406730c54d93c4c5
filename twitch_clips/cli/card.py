"""A clip with all its fields, for people."""

from collections.abc import Iterator, Sequence

from rich.style import Style
from rich.text import Text

from twitch_clips import Clip

from .text import one_line

_TITLE = Style(bold=True)
_LABEL = Style(dim=True)
_LABEL_WIDTH = 12


def clip_cards(clips: Sequence[Clip], _width: int) -> Text:
    """A card for each clip, a blank line between two."""
    return Text("\n\n").join(_card(clip) for clip in clips)


def _card(clip: Clip) -> Text:
    title = Text(one_line(clip.title), _TITLE)
    lines = [Text.assemble((f"{label:<{_LABEL_WIDTH}}", _LABEL), value) for label, value in _fields(clip)]
    return Text("\n").join([title, *lines])


def _fields(clip: Clip) -> Iterator[tuple[str, Text]]:
    """What Helix said; a field that it left empty is left out."""
    yield from _links(("URL", clip.url))
    yield "Views", Text(f"{clip.view_count:,}")
    yield "Created", Text(f"{clip.created_at:%Y-%m-%d %H:%M:%S} UTC")
    if clip.duration:
        yield "Seconds", Text(f"{clip.duration:.1f}")
    for label, name, id_ in (
        ("Channel", clip.broadcaster_name, clip.broadcaster_id),
        ("Clipped by", clip.creator_name, clip.creator_id),
    ):
        if name or id_:
            yield label, Text(one_line(f"{name} (id {id_})" if name and id_ else name or id_))
    if clip.game_id:
        yield "Game id", Text(one_line(clip.game_id))
    if clip.language:
        yield "Language", Text(one_line(clip.language))
    yield "Featured", Text("yes" if clip.is_featured else "no")
    yield from _links(("VOD", clip.vod_url or ""), ("Thumbnail", clip.thumbnail_url), ("Embed", clip.embed_url))
    yield "Id", Text(one_line(clip.id))


def _links(*links: tuple[str, str]) -> Iterator[tuple[str, Text]]:
    for label, url in links:
        if shown := one_line(url):
            yield label, Text(shown, Style(link=shown))
