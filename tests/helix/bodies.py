"""Bodies of answers: good ones, odd ones, and what a proxy or a cut line may make of them."""

import json
from typing import Any

from hypothesis import strategies as st

RAW: dict[str, Any] = {
    "id": "BriskAmberOtter-66To7S_gSqWGift-",
    "url": "https://clips.twitch.tv/BriskAmberOtter-66To7S_gSqWGift-",
    "embed_url": "https://clips.twitch.tv/embed?clip=BriskAmberOtter-66To7S_gSqWGift-",
    "broadcaster_id": "1000001",
    "broadcaster_name": "Example_Streamer",
    "creator_id": "2000001",
    "creator_name": "viewer_1",
    "video_id": "3000000001",
    "game_id": "509658",
    "language": "en",
    "title": "an invented moment",
    "view_count": 10,
    "created_at": "2026-03-13T17:08:46Z",
    "thumbnail_url": "https://static-cdn.jtvnw.net/invented/preview-480x272.jpg",
    "duration": 28.7,
    "vod_offset": 2204,
    "is_featured": True,
}
texts = st.text(st.characters(exclude_categories=["Cs"]))


def page_of(*clips: object, **others: object) -> bytes:
    """A page of such clips, with such keys beside `data`."""
    return json.dumps({"data": clips, **others}).encode()


def _object(*pairs: tuple[str, str]) -> str:
    """A JSON object of parts that are written already; a key may be there twice."""
    return "{" + ",".join(f"{key}:{value}" for key, value in pairs) + "}"


def _list(*parts: str) -> str:
    return f"[{','.join(parts)}]"


_GOOD = [(json.dumps(name), json.dumps(value)) for name, value in RAW.items()]
_KEYS = [*(name for name, _ in _GOOD), '"a key of tomorrow"', r'"t\u0069tle"', r'"\ud800"']
_NUMBERS = ["0", "-0", "-0.0", "1e2", "10.0", "1e400", "-1e400", "1e-400", "9" * 30, "7" * 400, "7" * 5000]
_ESCAPES = [r'"\ud800"', r'"\ud83d\ude00"', r'"\ude00\ud83d"', r'"\u0000"', r'"\/"', '"\x7f"', '"é😀"']
_OTHERS = ['"12"', '"true"', "null", "true", "false", "{}", "[]", '""', '{"a":{"id":1}}', "[" * 200 + "]" * 200]
_NO_JSON = ["NaN", "Infinity", "01", "1.", ".5", "-", "tru", "'a'", "", "1 2", "/**/1", r'"\q"', '"\t"', r'"\u12"', '"']
_TIMES = [
    '"2024-01-01T00:00:00Z"',
    *('"2024-01-01 00:00:00Z"', '"2024-01-01t23:59:59z"', '"2024-01-01T00:00:00+00:00"', '"2024-01-01T00:00:00-00:00"'),
    *('"2024-01-01T00:00:00+02:00"', '"2024-01-01T00:00:00.5-23:59"', '"0001-01-01T00:00:00+00:01"'),
    *('"2024-01-01T00:00:00"', '"2024-01-01 00:00:00"', '"2024-01-01 00:00:00.5"', '"2024-01-01"', '"24-1-1T0:0:0Z"'),
    *('"2024-01-01T00:00:00.1234565Z"', '"2024-01-01T23:59:59.9999999Z"', '"9999-12-31T23:59:59.9999999Z"'),
    *('"2024-01-01T00:00:00.Z"', '"2024-01-01T00:00:00,5Z"', '"2024-01-01T00:00Z"', '"2024-01-01T00:00:00+0200"'),
    *('"2024-01-01T23:59:60Z"', '"2024-01-01T24:00:00Z"', '"2024-02-30T00:00:00Z"', '"2024-01-01T00:00:00+24:00"'),
]
_PIECES = [
    b"",
    b'"',
    b"\\",
    b",",
    b":",
    b"{",
    b"]",
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b" \n",
    b"\f",
    b"e5",
]

_leaves = (
    st.sampled_from([*_NUMBERS, *_ESCAPES, *_OTHERS])
    | st.sampled_from([*_TIMES, *_NO_JSON])
    | st.integers().map(str)
    | st.floats(allow_nan=False).map(repr)
    | texts.map(json.dumps)
)
_junk = _leaves | st.lists(_leaves, max_size=2).map(lambda parts: _list(*parts))
_junk |= st.lists(st.tuples(texts.map(json.dumps), _junk), max_size=2).map(lambda pairs: _object(*pairs))
_good = st.just(_object(*_GOOD))
_odd = (
    st.sampled_from(_TIMES).map(lambda time: _object(*_GOOD, ('"created_at"', time)))
    | st.tuples(st.sampled_from(_KEYS), _junk).map(lambda more: _object(*_GOOD, more))
    | st.permutations(_GOOD).map(lambda pairs: _object(*pairs[:15]))
)
_clips = st.lists(_good | _odd, max_size=2) | st.lists(_junk, max_size=1)
_data = _clips.map(lambda clips: ('"data"', _list(*clips)))
_cursors = _leaves.map(lambda cursor: ('"pagination"', _object(('"cursor"', cursor))))
_more = st.tuples(st.sampled_from(['"pagination"', '"data"', '"total"']), _junk)
_pages = (_data.map(lambda data: [data]) | st.tuples(_data, _cursors | _more)).map(
    lambda pairs: _object(*pairs).encode()
)


def _mutated(good: bytes, place: int, length: int, piece: bytes) -> bytes:
    """With some bytes replaced by others."""
    place %= len(good) + 1
    return good[:place] + piece + good[place + length :]


bodies = (
    _pages
    | st.builds(
        _mutated,
        st.just(page_of(RAW, pagination={"cursor": "abc"})),
        st.integers(0, 2000),
        st.integers(0, 3),
        st.sampled_from(_PIECES) | st.binary(max_size=2),
    )
    | st.binary(max_size=20)
)
