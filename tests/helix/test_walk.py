"""How a listing ends: whatever Helix answers, it ends, and never as complete while there may be more."""

from collections.abc import Iterable, Iterator

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_clips._helix.walk import CAP, Step, Walk, leads_nowhere

NEW = "a new one each time"


@attrs.frozen
class Answer:
    """A page: its ids, and the cursor that it has."""

    ids: frozenset[str]
    cursor: str | None


def _block(name: object, size: int) -> frozenset[str]:
    """So many ids, the same ones under the same name."""
    return frozenset(f"{name}-{number}" for number in range(size))


def _known(walk: Walk, ids: Iterable[str]) -> frozenset[str] | set[str]:
    """Those of a page that earlier pages had; whether there are none is told without looking for them."""
    page = list(ids)
    assert walk.note(page) is (not walk.known)
    return walk.known


def _turn(walk: Walk, answer: Answer) -> Step:
    """What follows from a page, as a listing finds it out."""
    known = _known(walk, answer.ids)
    return walk.step(len(answer.ids), fresh=len(known) < len(answer.ids), cursor=answer.cursor)


def _steps(answers: Iterable[Answer], walk: Walk | None = None) -> list[Step]:
    """What follows from each of some pages, up to the end of the listing."""
    walk = walk or Walk(None, 0)
    steps: list[Step] = []
    for answer in answers:
        steps.append(_turn(walk, answer))
        if steps[-1] not in {Step.ON, Step.AGAIN}:
            break
    return steps


def _listing(pages: int, size: int = 100) -> Iterator[Answer]:
    """So many full pages, each with new clips and a new cursor."""
    return (Answer(_block(page, size), f"cursor {page}") for page in range(pages))


CLIPS = _block("more", 100)
EMPTY = frozenset[str]()


def test_a_page_with_new_clips_and_a_new_cursor_leads_on() -> None:
    """As far as it goes: there is no count of pages that would end a listing."""
    assert set(_steps(_listing(500))) == {Step.ON}


@pytest.mark.parametrize(("served", "step"), [(899, Step.EXHAUSTED), (900, Step.CAPPED)])
def test_no_cursor_is_the_end_or_the_cap(served: int, step: Step) -> None:
    """`EXHAUSTED`, or `CAPPED` when this query served 900 records or more."""
    assert CAP == 900
    assert _turn(Walk("start", served - 1), Answer(_block("last", 1), None)) is step
    assert _turn(Walk("start", served), Answer(EMPTY, None)) is step


@pytest.mark.parametrize("cursor", [None, "", "eyJiIjpudWxsLCJhIjoiIn0", "eyJiIjpudWxsLCJhIjoiIn0="])
def test_a_cursor_that_says_nothing_leads_nowhere(cursor: str | None) -> None:
    """The last two are base64 of `{"b":null,"a":""}`, on the last page of Twitch's own examples."""
    assert leads_nowhere(cursor)


def test_any_other_cursor_leads_on() -> None:
    """It is opaque: white space and zeros may be one."""
    for cursor in (" ", "0", "eyJiIjpudWxsLCJhIjp7IkN1cnNvciI6Ik1qQXcifX0"):
        assert not leads_nowhere(cursor)


@pytest.mark.parametrize("cursor", ["start", "cursor 0", "cursor 2"])
def test_a_cursor_seen_before_is_asked_once_more_and_then_broken(cursor: str) -> None:
    """A cursor seen before: below 900, it is asked once more and then it is an error."""
    round_again = Answer(CLIPS, cursor)
    steps = _steps([*_listing(3), round_again, round_again], Walk("start", 0))
    assert steps == [Step.ON, Step.ON, Step.ON, Step.AGAIN, Step.ROUND]


@pytest.mark.parametrize(("served", "step"), [(899, Step.AGAIN), (900, Step.CAPPED)])
def test_a_cursor_seen_before_past_900_is_the_cap(served: int, step: Step) -> None:
    """A cursor seen before: past 900 `CAPPED` (twitchdev/issues#1045)."""
    assert _steps([*_listing(9), Answer(CLIPS, "cursor 4")])[-1] is Step.CAPPED
    assert _turn(Walk("start", served), Answer(EMPTY, "start")) is step


def test_two_pages_in_a_row_without_a_new_id_are_asked_once_more_and_then_broken() -> None:
    """Two pages in a row without a new id: below 900, asked once more and then it is an error."""
    known = [Answer(_block(0, 100), f"another {page}") for page in range(3)]
    assert _steps([*_listing(2), *known])[2:] == [Step.ON, Step.AGAIN, Step.ROUND]


def test_two_pages_in_a_row_without_a_new_id_past_900_are_the_cap() -> None:
    """Clips come again in another order under cursors that are new (twitchdev/issues#1188)."""
    known = [Answer(_block(page, 100), f"another {page}") for page in range(3)]
    assert _steps([*_listing(10), *known])[10:] == [Step.ON, Step.CAPPED]


def test_one_page_without_a_new_id_means_nothing() -> None:
    """Pages overlap as views move: with new ones in between, such pages never add up."""
    answers = [Answer(_block(page // 2, 100), f"cursor {page}") for page in range(40)]
    assert set(_steps(answers)) == {Step.ON}


def test_an_empty_page_is_none_without_a_new_id() -> None:
    """It has no id at all; two of them beside one page of known clips are no round."""
    answers = [Answer(_block(0, 100), "a"), Answer(EMPTY, "b"), Answer(_block(0, 100), "c"), Answer(EMPTY, "d")]
    assert set(_steps(answers)) == {Step.ON}


def test_a_page_asked_for_again_may_lead_on_after_all() -> None:
    """Helix once changed one character of a cursor under the reporter's eyes; then the listing goes on."""
    walk = Walk(None, 0)
    answers = [Answer(_block(0, 100), "a"), Answer(CLIPS, "a"), Answer(CLIPS, "b"), Answer(_block(1, 100), "c")]
    assert _steps(answers, walk) == [Step.ON, Step.AGAIN, Step.ON, Step.ON]
    assert walk.served == 300


def test_a_page_asked_for_again_is_none_of_two_without_a_new_id() -> None:
    """Its clips come again because it was asked for again."""
    known = [Answer(CLIPS, "a"), Answer(_block(0, 100), "b"), Answer(_block(0, 100), "c")]
    steps = _steps([*_listing(1), Answer(CLIPS, "cursor 0"), *known])
    assert steps == [Step.ON, Step.AGAIN, Step.ON, Step.ON, Step.ROUND]


def test_a_page_asked_for_again_leads_on_once_without_a_new_clip() -> None:
    """Else a cursor that goes round every other time would be followed for ever."""
    known = [Answer(EMPTY, "cursor 0"), Answer(_block(0, 1), "a"), Answer(EMPTY, "cursor 0"), Answer(_block(0, 1), "b")]
    assert _steps([*_listing(1), *known])[1:] == [Step.AGAIN, Step.ON, Step.ROUND]
    assert _steps([*_listing(1), *known[:2], Answer(CLIPS, "c"), *known[2:]])[4:] == [Step.AGAIN, Step.ON]


def test_a_listing_found_broken_can_be_asked_again() -> None:
    """An error leaves the stream usable: turned back to a page that it trusts, the walk is as open as at its start."""
    walk = Walk(None, 0)
    known = [Answer(_block(0, 100), f"another {page}") for page in range(3)]
    assert _steps([*_listing(2), *known], walk)[-1] is Step.ROUND
    walk.turn_back("cursor 1")
    assert _steps(known, walk) == [Step.ON, Step.AGAIN, Step.ROUND]
    walk.turn_back("cursor 1")
    assert _steps([Answer(CLIPS, "another 0"), Answer(EMPTY, "another 1")], walk) == [Step.ON, Step.ON]
    assert _turn(walk, Answer(EMPTY, "cursor 1")) is Step.AGAIN


def test_empty_pages_with_a_new_cursor_are_walked_through() -> None:
    """Nine of them are; ten in a row are broken, and so are the ten behind those."""
    empty = [Answer(EMPTY, f"empty {page}") for page in range(20)]
    walk = Walk(None, 0)
    assert _steps(empty, walk) == [Step.ON] * 9 + [Step.EMPTY]
    assert _steps(empty[10:], walk) == [Step.ON] * 9 + [Step.EMPTY]


def test_a_clip_between_empty_pages_begins_the_count_anew() -> None:
    """Be it a known one."""
    for clip in (_block(0, 1), _block(1, 1)):
        empty = [Answer(EMPTY, f"empty {page}") for page in range(18)]
        answers = [Answer(_block(0, 1), "a"), *empty[:9], Answer(clip, "b"), *empty[9:]]
        assert set(_steps(answers)) == {Step.ON}


def test_a_short_page_means_nothing() -> None:
    """One record is as good as a hundred."""
    assert set(_steps(_listing(50, size=1))) == {Step.ON}


def test_what_was_served_before_a_checkpoint_counts() -> None:
    """A resumed listing meets the same cap."""
    assert _steps(_listing(1), Walk("cursor 0", 850)) == [Step.CAPPED]


@pytest.mark.parametrize("size", [1, 100])
def test_a_page_asked_for_again_repeats_clips_for_a_reason_of_ours(size: int) -> None:
    """They stand for none that was skipped."""
    walk = Walk(None, 0)
    _turn(walk, Answer(CLIPS, "a"))
    assert not walk.repeats
    _turn(walk, Answer(_block(0, size), "a"))
    assert walk.repeats
    _turn(walk, Answer(_block(0, size), "b"))
    assert not walk.repeats


def test_a_listing_started_again_passes_what_it_gave() -> None:
    """With its ids in mind and its cursors forgotten, it goes on until new ones can be expected, however long."""
    walk = Walk(None, 0)
    _steps(_listing(5), walk)
    walk.restart()
    assert walk.served == 0
    for answer in _listing(5):
        assert walk.repeats
        assert _known(walk, answer.ids) == answer.ids
        assert walk.step(100, fresh=False, cursor=answer.cursor) is Step.ON
    assert not walk.repeats
    assert walk.served == 500
    assert _steps([Answer(_block(0, 100), f"another {page}") for page in range(3)], walk) == [
        Step.ON,
        Step.AGAIN,
        Step.ROUND,
    ]


def test_a_listing_started_again_that_ends_too_soon_is_short() -> None:
    """Below the place where it was; at that place it is over."""
    for pages, step in ((4, Step.SHORT), (5, Step.EXHAUSTED)):
        walk = Walk(None, 0)
        _steps(_listing(5), walk)
        walk.restart()
        assert _steps([*_listing(pages), Answer(EMPTY, None)], walk)[-1] is step


def test_a_listing_started_again_in_place_of_a_page_repeats_nothing_for_that() -> None:
    """The page that was to be asked for again is not."""
    walk = Walk("start", 0)
    assert _turn(walk, Answer(EMPTY, "start")) is Step.AGAIN
    walk.restart()
    assert not walk.repeats


def test_a_listing_started_again_twice_passes_the_longer_way() -> None:
    """The second start came before the first had caught up."""
    walk = Walk(None, 0)
    _steps(_listing(5), walk)
    walk.restart()
    _steps(_listing(2), walk)
    walk.restart()
    assert set(_steps(_listing(5), walk)) == {Step.ON}
    assert not walk.repeats


def test_a_listing_is_whole_while_all_its_ids_are_remembered() -> None:
    """The last 2,000 ids are."""
    walk = Walk(None, 0)
    _steps(_listing(20), walk)
    assert walk.is_whole
    assert _known(walk, _block(0, 100)) == _block(0, 100)
    _steps([Answer(_block("more", 1), "more")], walk)
    assert not walk.is_whole


def test_ids_long_past_are_forgotten() -> None:
    """Memory is flat: of 3,000 ids the last 2,000 are known, the first 1,000 are not."""
    walk = Walk(None, 0)
    _steps(_listing(30), walk)
    assert not any(_known(walk, [f"{page}-7"]) for page in reversed(range(10)))
    assert all(_known(walk, _block(page, 100)) == _block(page, 100) for page in range(11, 30))


# A hundred clips and one with them come again and again; cursors may be new for ever.
pages = st.tuples(
    st.builds(_block, st.integers(0, 11), st.sampled_from([0, 0, 1, 100, 101])),
    st.sampled_from([NEW, NEW, NEW, "a", "b", "start"]) | st.none(),
)


@settings(max_examples=200)
@given(st.lists(pages, min_size=1, max_size=30), st.sampled_from([None, "start"]), st.sampled_from([0, 0, 850, 900]))
def test_whatever_pages_come_round_the_walk_ends_and_tells_no_lie(
    script: list[tuple[frozenset[str], str | None]], start: str | None, served: int
) -> None:
    """A finite number of clips ends whatever the cursors are: complete only where none leads on."""
    walk = Walk(start, served)

    def answer(number: int) -> Answer:
        ids, cursor = script[number % len(script)]
        return Answer(ids, f"new {number}" if cursor is NEW else cursor)

    steps = _steps(map(answer, range(2000)), walk)
    last, turns = steps[-1], len(steps)
    assert last in {Step.EXHAUSTED, Step.CAPPED, Step.ROUND, Step.EMPTY}
    assert (last is Step.EXHAUSTED) == (answer(turns - 1).cursor is None and walk.served < CAP)
    assert last is not Step.CAPPED or walk.served >= CAP
    assert last is not Step.ROUND or (Step.AGAIN in steps and walk.served < CAP)
    assert last is not Step.EMPTY or not any(answer(turn).ids for turn in range(turns - 10, turns))


def test_what_comes_in_place_of_an_empty_page_is_no_repeat() -> None:
    """It gave nothing that could come twice: a clip that an earlier page had stands for one that was skipped."""
    walk = Walk(None, 0)
    walk.note(["a"])
    walk.step(1, fresh=True, cursor="x")
    walk.note([])
    assert walk.step(0, fresh=False, cursor="x") is Step.AGAIN
    assert not walk.repeats
