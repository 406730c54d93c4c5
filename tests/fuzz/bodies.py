"""Bodies of answers, good ones and what chance makes of them: keys dropped, doubled, renamed, values of other types."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import cast

import attrs

from tests.conftest import NOW
from twitch_clips.testing import synthetic_clips
from twitch_clips.testing.catalogue import synthetic_games, synthetic_users

from . import odd

TOKEN = {"access_token": "a-good-token", "refresh_token": "a-good-one", "token_type": "bearer"}
ERROR = {"error": "Bad Request", "status": 400, "message": "The parameter is malformed"}
_SAMPLES = Path(__file__).parents[1] / "samples"
_OTHER_SAMPLES = frozenset({"errors", "rate_headers"})
_FEW = (0, 1, 1, 2, 3, 3, 5)
Pairs = list[tuple[str, object]]


@attrs.define
class _Node:
    """A JSON object, in which a key may be there twice, or a list, whose keys say nothing."""

    is_object: bool
    pairs: Pairs


@attrs.define
class _Written:
    """JSON, or nearly, that is written already."""

    text: str


def body(chance: Random, kind: str) -> bytes:
    """A body that is good, odd, damaged, or no such body at all.

    Args:
        chance: Decides.
        kind: `page`, `users`, `games`, `token` or `error`.
    """
    place = chance.random()
    if place < 0.08:
        return odd.noise(chance)
    value = _good(chance, kind)
    if isinstance(value, str):
        return odd.damaged(chance, value.encode())
    if place < 0.12:
        return json.dumps(value).encode()
    if place < 0.35:
        return odd.damaged(chance, json.dumps(value).encode())
    written = mutated(chance, value)
    return odd.damaged(chance, written, 1) if place > 0.95 else written


def mutated(chance: Random, value: object) -> bytes:
    """JSON of a value with up to five changes somewhere in it."""
    tree = _tree(value)
    for _ in range(chance.choice((1, 1, 2, 5))):
        _change(chance, tree)
    return _write(tree).encode("utf-8", "surrogatepass")


@cache
def clips() -> Sequence[object]:
    """A hundred, as Helix writes them."""
    return synthetic_clips(100, now=NOW)


@cache
def _named(kind: str) -> Sequence[object]:
    return list(synthetic_users() if kind == "users" else synthetic_games())


@cache
def _sampled() -> Sequence[object]:
    files = sorted(_SAMPLES.glob("*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files if file.stem not in _OTHER_SAMPLES]


@cache
def _errors() -> Sequence[str]:
    cases = json.loads((_SAMPLES / "errors.json").read_text(encoding="utf-8"))
    return [case["body"] for case in cases]


def _good(chance: Random, kind: str) -> object:
    if kind == "token":
        return TOKEN
    if kind == "error":
        return chance.choice((ERROR, ERROR, *_errors()))
    if kind != "page":
        return {"data": chance.sample(_named(kind), chance.choice(_FEW))}
    if chance.random() < 0.3:
        return chance.choice(_sampled())
    count = 100 if chance.random() < 0.01 else chance.choice(_FEW)
    cursor = chance.choice(({}, None, {"cursor": "eyJiIjpudWxsfQ"}, {"cursor": ""}))
    return {"data": chance.sample(clips(), count), "pagination": cursor}


def _tree(value: object) -> object:
    if isinstance(value, dict):
        return _Node(True, [(key, _tree(one)) for key, one in cast("dict[str, object]", value).items()])  # noqa: FBT003
    if isinstance(value, list):
        return _Node(False, [("", _tree(one)) for one in cast("list[object]", value)])  # noqa: FBT003
    return value


def _write(tree: object) -> str:
    if isinstance(tree, _Written):
        return tree.text
    if not isinstance(tree, _Node):
        return json.dumps(tree)
    if not tree.is_object:
        return f"[{','.join(_write(one) for _, one in tree.pairs)}]"
    return f"{{{','.join(f'{json.dumps(key)}:{_write(one)}' for key, one in tree.pairs)}}}"


def _change(chance: Random, tree: object) -> None:
    while isinstance(tree, _Node):
        place = tree
        inner = [one for _, one in tree.pairs if isinstance(one, _Node)]
        tree = chance.choice(inner) if inner and chance.random() < 0.8 else None
        if tree is None:
            chance.choice(_CHANGES)(chance, place.pairs)


def _replace(chance: Random, pairs: Pairs) -> None:
    index = _index(chance, pairs)
    pairs[index] = pairs[index][0], _odd(chance)


def _drop(chance: Random, pairs: Pairs) -> None:
    del pairs[_index(chance, pairs)]


def _double(chance: Random, pairs: Pairs) -> None:
    key, one = pairs[_index(chance, pairs)]
    pairs.insert(_index(chance, pairs), (key, chance.choice((one, _odd(chance)))))


def _rename(chance: Random, pairs: Pairs) -> None:
    index = _index(chance, pairs)
    key, one = pairs[index]
    pairs[index] = chance.choice((key.upper(), key + " ", odd.text(chance), key[:-1])), one


def _swap(chance: Random, pairs: Pairs) -> None:
    one, other = _index(chance, pairs), _index(chance, pairs)
    (key, value), (other_key, other_value) = pairs[one], pairs[other]
    pairs[one], pairs[other] = (key, other_value), (other_key, value)


def _wrap(chance: Random, pairs: Pairs) -> None:
    index = _index(chance, pairs)
    key, one = pairs[index]
    pairs[index] = key, _Node(chance.random() < 0.5, [(chance.choice((key, "data")), one)])


def _index(chance: Random, pairs: Pairs) -> int:
    if not pairs:
        pairs.append((odd.text(chance), _odd(chance)))
    return chance.randrange(len(pairs))


def _odd(chance: Random) -> _Written:
    return _Written(odd.json_of(chance))


_CHANGES: Sequence[Callable[[Random, Pairs], None]] = (
    _replace,
    _replace,
    _replace,
    _drop,
    _double,
    _rename,
    _swap,
    _wrap,
)
