"""What a name that Twitch does not know may have been meant to be: as Helix has no search, it is asked what exists."""

import re
from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches

from twitch_clips import AsyncClips, TwitchClipsError, UnknownName

_AT_ONCE = 100  # what one request can ask for
_LOGIN = re.compile(r"[a-z0-9_]{1,25}", re.ASCII)
_ENDINGS = ("tv", "_", "_tv", "live", "ttv")
_LOOK_ALIKE = (("0", "o"), ("o", "0"), ("1", "l"), ("l", "1"), ("i", "l"), ("l", "i"), ("y", "i"), ("i", "y"))
_LIKENESS = 0.6
_NAMES = {
    "channel": "a channel goes by its login, as in twitch.tv/LOGIN",
    "game": "a game goes by its whole title, as Twitch writes it",
}
_TITLES = (
    *("Just Chatting", "IRL", "Music", "Art", "ASMR", "Special Events", "Sports", "Slots", "Games + Demos"),
    *("League of Legends", "Teamfight Tactics", "VALORANT", "Counter-Strike", "Dota 2", "Fortnite", "Apex Legends"),
    *("Grand Theft Auto V", "Minecraft", "World of Warcraft", "Overwatch 2", "Rocket League"),
    *("Call of Duty: Warzone", "ELDEN RING", "Dead by Daylight", "Escape from Tarkov", "Rust", "Path of Exile"),
    *("Path of Exile 2", "Roblox", "EA Sports FC 25", "EA Sports FC 26", "Hearthstone", "Chess"),
    *("Tom Clancy's Rainbow Six Siege X", "Marvel Rivals", "PUBG: BATTLEGROUNDS", "Diablo IV", "Genshin Impact"),
    *("Old School RuneScape", "Street Fighter 6", "TEKKEN 8", "Super Smash Bros. Ultimate", "Stardew Valley"),
    *("The Sims 4", "Sea of Thieves", "Pools, Hot Tubs, and Beaches"),
    *("Teapot Tycoon", "Kettle Quest", "Comets & Otters: クリア"),  # the sandbox's
)


async def name_advice(clips: AsyncClips, error: UnknownName) -> str:
    """What to do about a name: take the one that exists and is most like it, which one request finds out."""
    find = _channel if error.what == "channel" else _game
    with suppress(TwitchClipsError):  # what is wrong with the name is told all the same
        found = await find(clips, error.names[0])
        if found is not None:
            return f"did you mean {found!r}?"
    return _NAMES[error.what]


async def _channel(clips: AsyncClips, name: str) -> str | None:
    forms = _forms(name)
    found = await clips.users(logins_like(name))
    # Short names that differ by a letter mostly belong to somebody: the oldest is the likeliest of those alike.
    slip = min(found, key=lambda login: found[login].created_at, default=None)
    return next((form for form in forms if form in found), slip)


async def _game(clips: AsyncClips, name: str) -> str | None:
    titles = {title.casefold(): title for title in _TITLES}
    candidates = [titles[one] for one in get_close_matches(name.casefold(), titles, n=5, cutoff=_LIKENESS)]
    found = await clips.games(candidates)
    return next((title for title in candidates if title in found), None)


def logins_like(name: str) -> list[str]:
    """A hundred logins at most: the name made a login, then those that are a slip of the pen away from it."""
    forms = _forms(name)
    told = dict.fromkeys([*forms, *_slips(forms[0])] if forms[0] else ())
    return [one for one in told if _LOGIN.fullmatch(one)][:_AT_ONCE]


def _forms(name: str) -> list[str]:
    """What a display name or an address has for a login."""
    text = re.sub(r"^.*twitch\.tv/|[/?#].*$|^@", "", name.strip().lower())
    bare = re.sub(r"[^a-z0-9_]", "", text)
    return [bare, re.sub(r"[^a-z0-9_]+", "_", text), bare.replace("_", "")]


def _slips(word: str) -> Iterator[str]:
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    yield from (f"{head}{tail[1]}{tail[0]}{tail[2:]}" for head, tail in parts if len(tail) > 1)
    yield from (f"{head}{tail[1:]}" for head, tail in parts if tail)
    yield from (f"{head}{tail[0]}{tail}" for head, tail in parts if tail)
    yield from (f"{head}_{tail}" for head, tail in parts if head and tail)
    yield from (f"{word}{ending}" for ending in _ENDINGS)
    yield from (word.replace(one, other) for one, other in _LOOK_ALIKE if one in word)
