"""What any `export.Sink` has to hold, as a check to run on one of your own.

It drives the sink as `export.write` does, with clips that it invents, and cuts runs short where a crash or a cancel
would. What is there for others it asks of you.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from twitch_clips import StateStore, StateStores

from .sink_places import CHANNEL, OTHER_CHANNEL, Make, Places, Read, batch, cut_short, id_of, is_at_once, page


async def check_sink(
    make: Make,
    read: Read,
    *,
    streams: bool = True,
) -> None:
    """Check what every sink has to hold, in the running event loop.

    As in `await check_sink(lambda place: MySink(folder / place), lambda place: ids_in(folder / place))`.

    Of a stream: nothing is there for others before `commit`, all of it is afterwards, at one stroke, and what was not
    committed is dropped by `close`, while what was there stands; `close` may come twice, first, and after an `open`
    that was cut short. Of a backfill: what was committed, or saved together with the checkpoint, is there once, however
    often runs are cut short and go on, and nothing else is. Checkpoints are looked at where the sink is a `StateStore`
    or a `StateStores`.

    Args:
        make: Gives a sink that writes to the place of that name, another one at each call: to a file of that name in a
            folder of the test's, say, or a table. A name is of letters, digits and hyphens.
        read: Says which clips others find in the place of that name: their ids, each as often as it is there; no ids
            where nothing was ever written. It may be asynchronous.
        streams: Whether the sink takes a stream's clips; False: those of backfills alone.

    Raises:
        AssertionError: The sink does not hold something; the message says what.
    """
    kind = make("kind")
    is_store = isinstance(kind, StateStore | StateStores)
    checks = [*_OF_ALL, *(_OF_STREAMS if streams else ()), *(_OF_STORES if is_store else _OF_OTHERS)]
    for words, check in checks + (list(_OF_STORES_FOR_MANY) if isinstance(kind, StateStores) else []):
        try:
            await check(Places(make, read, words.replace(" ", "-"), saves=is_store and not streams))
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(f"{words}: the sink fails with {error!r}") from error


async def _closes_in_any_state(places: Places) -> None:
    await places.sink().close()
    for turns, place in places.of_each_turn():
        sink = place.sink()
        await cut_short(sink.open(), turns)
        await sink.close()
        await sink.close()
        await place.put(1)
        await _require_there(place, [1], "after an `open` that was cut short, and the next run")


async def _shows_nothing_early(places: Places) -> None:
    async with places.stream() as sink:
        for numbers in ([1, 2, 3], [], [4, 5, 6]):
            await sink.write(page(numbers))
            await _require_there(places, [], "before `commit`")
        await sink.commit()
        await _require_there(places, range(1, 7), "after `commit`")
    await sink.close()
    await _require_there(places, range(1, 7), "after `commit` and `close`, twice")


async def _drops_what_was_not_committed(places: Places) -> None:
    await places.put(1, 2)
    async with places.stream() as sink:
        await _require_there(places, [1, 2], "after another `open`")
        await sink.write(page([3]))
        await _require_there(places, [1, 2], "while others are written")
    await _require_there(places, [1, 2], "after `close` without `commit`")


async def _commits_at_one_stroke(places: Places) -> None:
    for turns, place in places.of_each_turn():
        await place.put(1)
        async with place.stream() as sink:
            for number in range(2, 50, 8):
                await sink.write(page(range(number, number + 8)))
            await cut_short(sink.commit(), turns)
        found = await place.ids()
        new = len(set(found) - {id_of(1)})
        _require(new in {0, 48}, f"after a `commit` that was cut short {new} of 48 clips are there: not all, nor none")
        _require(new > 0 or found == [id_of(1)], "after a `commit` that was cut short what was there is gone")
        await place.put(50)
        _require(id_of(50) in await place.ids(), "after a `commit` that was cut short the next one has nothing stand")


async def _takes_an_empty_stream(places: Places) -> None:
    async with places.stream() as sink:
        await sink.commit()
    await _require_there(places, [], "after a stream without clips")


async def _adds_with_each_commit(places: Places) -> None:
    async with places.stream() as sink:
        for number in (1, 2):
            await sink.write(batch([number]))
            await sink.commit()
    await _require_there(places, [1, 2], "after a `commit` for each of two batches")


async def _keeps_what_was_saved(places: Places) -> None:
    async with places.backfill() as run:
        _require(run.text is None, f"`load` gives {run.text!r} where nothing was saved")
        await run.sink.write(batch([1]))
        await run.save("first")
        await run.sink.write(batch([2]))
        await run.save("second")
        await run.sink.write(batch([3]))
    await _require_state(places, "second", [1, 2], "after a `save`, a `write` and `close`")
    async with places.backfill() as run:
        await run.sink.write(batch([3, 4]))
        await run.save("third")
        await run.sink.commit()
    await _require_state(places, "third", [1, 2, 3, 4], "after a run that went on")


async def _saves_what_was_written_before(places: Places) -> None:
    for turns, place in places.of_each_turn():
        async with place.backfill() as run:
            _require(is_at_once(run.sink.write(batch([1]))), "the `write` of a sink that is a store awaits something")
            saving = asyncio.ensure_future(run.save("first"))
            for _ in range(1 + turns):
                await asyncio.sleep(0)
            await run.sink.write(batch([2]))
            await saving
        await _require_state(place, "first", [1], "after a `write` in the middle of a `save`, and `close`")


async def _saves_at_one_stroke(places: Places) -> None:
    for turns, place in places.of_each_turn():
        async with place.backfill() as run:
            await run.sink.write(batch([1, 2]))
            await cut_short(run.save("first"), turns)
        text, found = await place.settle()
        _require_ids(found, [1, 2] if text else [], f"after a `save` that was cut short, where `load` gives {text!r}")


async def _saves_again(places: Places) -> None:
    for turns, place in places.of_each_turn():
        async with place.backfill() as run:
            await run.sink.write(batch([1, 2]))
            await cut_short(run.save("first"), turns)
            await run.sink.write(batch([3]))
            await run.save("second")
            await run.sink.commit()
        await _require_state(place, "second", [1, 2, 3], "after a `save` that was cut short, and another one")


async def _keeps_questions_apart(places: Places) -> None:
    for channel, number in ((CHANNEL, 1), (OTHER_CHANNEL, 2)):
        async with places.backfill(channel) as run:
            _require(run.text is None, f"`load` gives {run.text!r} for a question of which nothing was saved")
            await run.sink.write(batch([number], channel))
            await run.save(channel)
            await run.sink.commit()
    for channel in (CHANNEL, OTHER_CHANNEL):
        text, found = await places.settle(channel)
        _require(text == channel, f"`load` gives what was saved for another question: {text!r}")
        _require_ids(found, [1, 2], "after backfills of two channels")


_Checks = tuple[tuple[str, Callable[[Places], Awaitable[None]]], ...]
_OF_ALL: _Checks = (("close in any state", _closes_in_any_state),)
_OF_STREAMS: _Checks = (
    ("write a stream", _shows_nothing_early),
    ("drop a stream", _drops_what_was_not_committed),
    ("cut a commit short", _commits_at_one_stroke),
    ("write an empty stream", _takes_an_empty_stream),
)
_OF_OTHERS: _Checks = (("commit batches", _adds_with_each_commit),)
_OF_STORES: _Checks = (
    ("keep a checkpoint", _keeps_what_was_saved),
    ("write while saving", _saves_what_was_written_before),
    ("cut a save short", _saves_at_one_stroke),
    ("save again", _saves_again),
)
_OF_STORES_FOR_MANY: _Checks = (("keep two checkpoints", _keeps_questions_apart),)


async def _require_there(places: Places, numbers: Sequence[int], when: str) -> None:
    _require_ids(await places.ids(), numbers, when)


async def _require_state(places: Places, text: str, numbers: Sequence[int], when: str) -> None:
    loaded, found = await places.settle()
    _require(loaded == text, f"{when} `load` gives {loaded!r}, not the text that was saved last: {text!r}")
    _require_ids(found, numbers, when)


def _require_ids(found: Sequence[str], numbers: Sequence[int], when: str) -> None:
    wanted = {id_of(number) for number in numbers}
    _require(wanted >= set(found), f"{when} clips are there that should not be: {sorted(set(found) - wanted)}")
    _require(wanted <= set(found), f"{when} clips are missing: {sorted(wanted - set(found))}")
    _require(len(wanted) == len(found), f"{when} clips are there more than once: {sorted(found)}")


def _require(is_held: bool, rule: str) -> None:  # noqa: FBT001
    if not is_held:
        raise AssertionError(rule)
