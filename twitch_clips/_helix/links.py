"""Ids of clips, and the links that hold them.

An id is opaque and case-sensitive; it may hold `-` and `_`, two of them in a row and at its end, and all of them belong
to it (Reddit-Enhancement-Suite#5281 tells what happens to those who cut them off).
"""

import re

from twitch_clips.errors import QueryError

_ID = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_LINK = re.compile(
    rf"""
    (?<![\w.@-])  # no part of a longer name: notclips.twitch.tv is a stranger's
    (?<![^/]/)    # nor of a stranger's path
    (?:
        clips\.twitch\.tv/
        (?: embed/?\?(?:[^\s\#<>"]{{0,500}}?&(?:amp;)?)??clip= | (?!(?:embed|create)(?![\w-])) )
      | (?:(?:www|m|go)\.)?twitch\.tv/\w+/clip/
    )
    (?P<id>(?-i:{_ID}))
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_PLAIN = re.compile(_ID, re.ASCII)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def find_clip_ids(text: str, /) -> list[str]:
    """The ids of the clips that a text links to, such as a chat message: each once, in their order.

    Found are `clips.twitch.tv/ID`, `clips.twitch.tv/embed?clip=ID` and `twitch.tv/LOGIN/clip/ID` (also under `www.` and
    `m.`), with or without `https://`, whatever follows them. No request is made.
    """
    return list(dict.fromkeys(match["id"] for match in _LINK.finditer(text)))


def clip_id(id_or_url: object) -> str:
    """The id of a clip, given itself or as a link to the clip.

    Raises:
        QueryError: It is neither.
    """
    if not isinstance(id_or_url, str):
        raise QueryError(f"a clip's id or URL must be a string, not {id_or_url!r:.60}")
    text = id_or_url.strip()
    if _PLAIN.fullmatch(text):
        return text
    scheme = _SCHEME.match(text)
    if match := _LINK.match(text, scheme.end() if scheme else 0):
        return match["id"]
    raise QueryError(f"neither a clip's id nor a link to a clip: {text!r:.80}")
