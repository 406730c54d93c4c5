"""The synthetic catalogue: invented channels, viewers, games and titles, the same ones for the same seed."""

from datetime import UTC, datetime, timedelta
from random import Random
from string import ascii_letters, digits

RawClip = dict[str, object]
"""A clip as Helix writes it: the fields of its JSON, by their names."""

JUST_CHATTING = "509658"
"""The id of the game that most clips of the catalogue are of."""
KETTLE_QUEST = "490003"
_GAMES = (JUST_CHATTING, "490001", "490002", "")
_GAME_NAMES = {
    JUST_CHATTING: "Just Chatting",
    "490001": "Teapot Tycoon",
    "490002": "Comets & Otters: クリア",
    KETTLE_QUEST: "Kettle Quest",
    "1": "Nobody Clips This",
}
_CHANNELS = (("1000001", "Example_Streamer"), ("1000002", "QuietOtterPlays"), ("1000003", "試験配信"))
BOTTOMLESS_TEAPOT = "1000004"
_CHANNEL_NAMES = dict(_CHANNELS) | {BOTTOMLESS_TEAPOT: "Bottomless_Teapot"}
_LOGINS = {"試験配信": "shiken_haishin"}
_FIRST_USER = datetime(2018, 3, 4, 5, 6, 7, tzinfo=UTC)
VIEWERS = 200
FIRST_VIEWER = 2_000_000
_OPENINGS = ("how did that", "nobody expected it to", "watch the cat", "the boss did", "chat made me", "we all")
_ENDINGS = ("work", "explode", 'say "hello"', "sing, twice", "fall down 😹", "win\nat last", "vanish…", "クリア")
_SLUG_WORDS = ("Amber", "Brisk", "Curious", "Dapper", "Eager", "Fuzzy", "Gentle", "Humble", "Otter", "Teapot", "Comet")
_SUFFIX = ascii_letters + digits + "-_"


def synthetic_clips(count: int = 600, *, now: datetime, seed: int = 1) -> list[RawClip]:
    """So many clips of the thirty days before `now`, as Helix writes them, with the oddities that real ones have.

    Among them are empty `game_id`s, `video_id`s and languages, a `vod_offset` of null or 0, whole and decimal
    durations, ids with `-` and `_` anywhere in them, and titles with quotes, line breaks and several scripts.

    Args:
        count: How many.
        now: No clip is younger; aware.
        seed: Another seed gives other clips.
    """
    chance = Random(seed)
    return [_clip(chance, now) for _ in range(count)]


def synthetic_users() -> list[dict[str, object]]:
    """The catalogue's channels and viewers, as Helix writes users: made from March 2018 on, a week apart.

    The large channel stands last, though it is the oldest. One channel's display name is not its login, as
    with every name that is not in Latin letters.
    """
    people = (*_CHANNELS, *((str(FIRST_VIEWER + viewer), f"viewer_{viewer}") for viewer in range(VIEWERS)))
    users = [_user(number, user_id, display_name) for number, (user_id, display_name) in enumerate(people)]
    return [*users, _user(-1, BOTTOMLESS_TEAPOT, channel_name(BOTTOMLESS_TEAPOT))]


def channel_name(broadcaster_id: str) -> str:
    """The display name of a channel of the catalogue; of any other, an invented one."""
    return _CHANNEL_NAMES.get(broadcaster_id, f"channel_{broadcaster_id}")


def synthetic_games() -> list[dict[str, object]]:
    """The catalogue's games, as Helix writes them."""
    return [
        {
            "id": game_id,
            "name": name,
            "box_art_url": f"https://static-cdn.jtvnw.net/ttv-boxart/{game_id}-{{width}}x{{height}}.jpg",
            "igdb_id": "" if game_id == JUST_CHATTING else f"1{game_id}",
        }
        for game_id, name in _GAME_NAMES.items()
    ]


def _user(number: int, user_id: str, display_name: str) -> dict[str, object]:
    created_at = _FIRST_USER + timedelta(weeks=number)
    return {
        "id": user_id,
        "login": _LOGINS.get(display_name, display_name.lower()),
        "display_name": display_name,
        "type": "",
        "broadcaster_type": "affiliate" if number < len(_CHANNELS) else "",
        "description": "",
        "profile_image_url": f"https://static-cdn.jtvnw.net/jtv_user_pictures/{user_id}-profile_image-300x300.png",
        "offline_image_url": "",
        "view_count": 0,
        "created_at": created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _clip(chance: Random, now: datetime) -> RawClip:
    slug = "".join(chance.sample(_SLUG_WORDS, 3)) + "-" + "".join(chance.choices(_SUFFIX, k=16))
    broadcaster_id, broadcaster_name = chance.choices(_CHANNELS, weights=(6, 3, 1))[0]
    viewer = chance.randrange(VIEWERS)
    has_vod = chance.choice((True, False))
    created_at = now - timedelta(seconds=chance.randrange(60, 30 * 24 * 3600))
    return {
        "id": slug,
        "url": f"https://clips.twitch.tv/{slug}",
        "embed_url": f"https://clips.twitch.tv/embed?clip={slug}",
        "broadcaster_id": broadcaster_id,
        "broadcaster_name": broadcaster_name,
        "creator_id": str(FIRST_VIEWER + viewer),
        "creator_name": f"viewer_{viewer}",
        "video_id": str(3_000_000_000 + chance.randrange(10**6)) if has_vod else "",
        "game_id": chance.choices(_GAMES, weights=(60, 20, 15, 5))[0],
        "language": chance.choices(("en", "ja", "en-gb", "other", ""), weights=(70, 15, 5, 5, 5))[0],
        "title": f"{chance.choice(_OPENINGS)} {chance.choice(_ENDINGS)}",
        "view_count": int(chance.paretovariate(0.8) * 5),
        "created_at": created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "thumbnail_url": f"https://static-cdn.jtvnw.net/twitch-clips-thumbnails-prod/{slug}/preview-480x272.jpg",
        "duration": chance.choice((30, 60, chance.randrange(50, 600) / 10)),
        "vod_offset": chance.choice((0, chance.randrange(20_000))) if has_vod else None,
        "is_featured": not chance.randrange(20),
    }
