"""A page as it lies before a reader: each clip once, in order, and every position leads to exactly the rest."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_clips import Clip, DecodeError, ListingBroken
from twitch_clips._helix.page import Invalid
from twitch_clips._helix.walk import Step
from twitch_clips._sheet import Sheet, Terms, cut

NOON = datetime(2026, 3, 13, 12, tzinfo=UTC)
BEHIND = ("next", 0, 200)
ALL = Terms()
BROKEN = ListingBroken("it goes round")
Position = tuple[str | None, int, int]


def _clip(id_: str, views: int = 0, minutes: int = 0) -> Clip:
    """One whose views tell it from a twin."""
    made = NOON + timedelta(minutes=minutes)
    return Clip(id=id_, url="", broadcaster_id="1", title="", view_count=views, created_at=made)


def _bad(id_: str) -> Invalid:
    return Invalid(id=id_, error=DecodeError("$.data[0].title", "missing"))


def _sheet(
    records: Sequence[Clip | Invalid],
    *,
    is_plain: bool = False,
    step: Step = Step.ON,
    answered_at: str | datetime = NOON,
    **more: Any,
) -> Sheet:
    return Sheet(
        records=records,
        is_plain=is_plain,
        step=step,
        answered_at=answered_at,
        asked="asked",
        cursor="next",
        served=100,
        behind=BEHIND,
        **more,
    )


@attrs.define
class Reading:
    """What a reader met on a sheet: clips and errors, each with the position behind it and the clips given so far."""

    met: list[tuple[Clip | Exception, Position, int]] = attrs.field(factory=list[Any])
    duplicates: int = 0
    skipped: int = 0

    @property
    def outcomes(self) -> list[Clip | Exception]:
        """Clips and errors alone."""
        return [outcome for outcome, _, _ in self.met]


def _read(sheet: Sheet, start: int = 0, given: int = 0, *, terms: Terms = ALL, skips_invalid: bool = False) -> Reading:
    """All that a reader meets from a place on, leaf after leaf, as a stream cuts them."""
    reading = Reading()
    while True:
        leaf = cut(sheet, start, given, terms, skips_invalid=skips_invalid)
        reading.duplicates += leaf.duplicates
        reading.skipped += len(leaf.skipped)
        for clip in leaf.rest:
            reading.met.append((clip, leaf.position, leaf.given_with))
        start, given = leaf.end, leaf.given_with
        if given == terms.limit:
            return reading
        while obstacle := leaf.pass_obstacle():
            reading.met.append((obstacle, leaf.position, given))
            start = leaf.end
        if leaf.is_last:
            return reading


def _expected(sheet: Sheet, start: int, given: int, terms: Terms, *, skips_invalid: bool) -> Reading:
    """The same by the plainest of means."""
    expected = Reading()
    met = {record.id for record in sheet.records[:start] if isinstance(record, Clip)}
    for record in sheet.records[start:]:
        if given == terms.limit:
            break
        if isinstance(record, Invalid):
            if skips_invalid:
                expected.skipped += 1
            else:
                expected.met.append((record.error, BEHIND, given))
        elif record.id in sheet.known:
            expected.duplicates += not sheet.is_repeated
        elif record.id in met:
            expected.duplicates += 1
        else:
            met.add(record.id)
            is_late = sheet.not_before is None or record.created_at >= sheet.not_before
            if is_late and (terms.where is None or terms.where(record)):
                given += 1
                expected.met.append((record, BEHIND, given))
    return expected


ids = st.sampled_from(["a", "b", "c", "d", "e", ""])
clips = st.builds(_clip, ids, st.integers(0, 99), st.integers(-1, 1))
records = st.lists(clips | clips | st.builds(_bad, ids), max_size=8)


def _is_even(clip: Clip) -> bool:
    return clip.view_count % 2 == 0


@st.composite
def cases(draw: st.DrawFn) -> tuple[Sheet, int, int, Terms, bool]:
    """A sheet as a listing makes it, the place and count to begin at, terms, and whether bad records are skipped."""
    those = draw(records | st.lists(clips, max_size=8, unique_by=lambda clip: clip.id))
    known = frozenset(draw(st.sets(ids, max_size=2))) & {record.id for record in those}
    sheet = _sheet(
        those,
        known=known,
        is_plain=not known
        and all(isinstance(record, Clip) for record in those)
        and len({record.id for record in those}) == len(those),
        is_repeated=draw(st.booleans()),
        not_before=draw(st.sampled_from([None, NOON])),
    )
    where = draw(st.sampled_from([None, _is_even]))
    limit = draw(st.none() | st.integers(0, 8))
    given = draw(st.integers(0, 8 if limit is None else limit))
    return sheet, draw(st.integers(0, len(those))), given, Terms(where=where, limit=limit), draw(st.booleans())


@settings(max_examples=200)
@given(cases())
def test_cut_leaf_after_leaf_a_page_gives_each_clip_once_in_order(case: tuple[Sheet, int, int, Terms, bool]) -> None:
    """Whatever is in it, and an error for each bad record at its place; all that is left out is counted."""
    sheet, start, given, terms, skips_invalid = case
    reading = _read(sheet, start, given, terms=terms, skips_invalid=skips_invalid)
    expected = _expected(sheet, start, given, terms, skips_invalid=skips_invalid)
    assert reading.outcomes == expected.outcomes
    assert [given for _, _, given in reading.met] == [given for _, _, given in expected.met]
    if terms.limit is None:  # what lies behind the last clip asked for may be counted or not
        assert (reading.duplicates, reading.skipped) == (expected.duplicates, expected.skipped)


@settings(max_examples=200)
@given(cases())
def test_every_position_leads_to_exactly_the_rest(case: tuple[Sheet, int, int, Terms, bool]) -> None:
    """After each clip and each error: another process that begins there meets what comes behind it, and all of that."""
    sheet, start, given, terms, skips_invalid = case
    reading = _read(sheet, start, given, terms=terms, skips_invalid=skips_invalid)
    for turn, (_, position, so_far) in enumerate(reading.met, 1):
        cursor, place, served = position
        assert position == BEHIND or (cursor, served) == ("asked", 100)
        place = len(sheet.records) if position == BEHIND else place
        rest = _read(sheet, place, so_far, terms=terms, skips_invalid=skips_invalid)
        assert rest.outcomes == reading.outcomes[turn:]


@given(cases())
def test_each_clip_that_is_taken_moves_the_place_on(case: tuple[Sheet, int, int, Terms, bool]) -> None:
    """And the count by one; looking ahead moves neither."""
    sheet, start, given, terms, skips_invalid = case
    leaf = cut(sheet, start, given, terms, skips_invalid=skips_invalid)
    stands = [(leaf.given_with, leaf.place)]
    stands += [(leaf.given_with, leaf.place) for _ in leaf.rest]
    assert stands == sorted(set(stands))
    assert [count for count, _ in stands] == list(range(given, given + len(leaf.clips) + 1))


def test_the_position_on_a_page_that_is_walked_again_is_where_the_listing_was() -> None:
    """What was given before lies before it."""
    sheet = _sheet([_clip("a"), _clip("b"), _clip("c")], is_plain=True, passed=250)
    leaf = cut(sheet, 0, 0, Terms(), skips_invalid=False)
    next(leaf.rest)
    assert leaf.position == ("asked", 250, 100)


def test_a_plain_page_is_given_as_it_is() -> None:
    """The list that came, not a copy of it: the way of nearly all pages."""
    clips = [_clip("a"), _clip("b")]
    leaf = cut(_sheet(clips, is_plain=True), 0, 0, ALL, skips_invalid=False)
    assert leaf.clips is clips


def test_an_invalid_record_hides_no_clip_of_its_id() -> None:
    """Only a clip is a clip's twin: the good one behind it is given."""
    sheet = _sheet([_bad("a"), _clip("a")])
    assert [type(outcome) for outcome in _read(sheet).outcomes] == [DecodeError, Clip]


def test_a_broken_listing_is_told_behind_its_last_clip() -> None:
    """Once; then the page is done with."""
    for is_plain in (True, False):
        sheet = _sheet([_clip("a")], is_plain=is_plain, failure=BROKEN)
        assert _read(sheet).outcomes == [_clip("a"), BROKEN]


def test_a_broken_listing_is_told_behind_an_invalid_record_too() -> None:
    """One error does not stand for the other."""
    [clip, error, broken] = _read(_sheet([_clip("a"), _bad("b")], failure=BROKEN)).outcomes
    assert (clip, type(error), broken) == (_clip("a"), DecodeError, BROKEN)


def test_what_the_limit_leaves_out_is_not_told() -> None:
    """A stream that has given all it was asked for has no use for the errors behind that."""
    sheet = _sheet([_clip("a"), _bad("b")], failure=BROKEN)
    assert _read(sheet, terms=Terms(limit=1)).outcomes == [_clip("a")]


def test_a_clip_on_which_where_raised_is_the_next_one() -> None:
    """Its error comes behind the clips before it; the next attempt begins with that clip."""
    failing = {"b"}

    def where(clip: Clip) -> bool:
        return clip.id not in failing or bool(1 / 0)

    terms = Terms(where=where)
    sheet = _sheet([_clip("a"), _clip("b"), _clip("c")], is_plain=True)
    leaf = cut(sheet, 0, 0, terms, skips_invalid=False)
    assert list(leaf.rest) == [_clip("a")]
    assert leaf.position == ("asked", 1, 100)
    assert isinstance(leaf.pass_obstacle(), ZeroDivisionError)
    assert (leaf.pass_obstacle(), leaf.is_last, leaf.end) == (None, False, 1)
    failing.clear()
    assert _read(sheet, leaf.end, terms=terms).outcomes == [_clip("b"), _clip("c")]


@pytest.mark.parametrize(
    ("step", "cursor"),
    [
        (Step.ON, "next"),
        (Step.EMPTY, "next"),
        (Step.AGAIN, "next"),
        (Step.ROUND, "next"),
        (Step.ONLY, "next"),
        (Step.EXHAUSTED, None),
        (Step.CAPPED, None),
    ],
)
def test_a_leaf_has_the_cursor_that_leads_on(step: Step, cursor: str | None) -> None:
    """None at a listing's end, nor where the page itself goes on."""
    sheet = _sheet([_clip("a"), _clip("b")], step=step)
    assert cut(sheet, 0, 0, ALL, skips_invalid=False).cursor == cursor
    assert cut(sheet, 0, 0, Terms(limit=1), skips_invalid=False).cursor is None


def test_nothing_but_the_next_page_comes_behind_a_leaf_that_leads_on() -> None:
    """The way of nearly all leaves, told at once; with anything else the reader has to look."""
    pages = [_sheet([_clip("a"), _clip("b")], step=step) for step in Step]
    assert [cut(sheet, 0, 0, ALL, skips_invalid=False).leads_on for sheet in pages] == [
        step is Step.ON for step in Step
    ]
    for sheet, terms in (
        (_sheet([_clip("a"), _bad("b")]), ALL),
        (_sheet([_clip("a")], failure=BROKEN), ALL),
        (_sheet([_clip("a"), _clip("b")]), Terms(limit=1)),
    ):
        assert not cut(sheet, 0, 0, terms, skips_invalid=False).leads_on


@pytest.mark.parametrize("date", ["Fri, 13 Mar 2026 12:00:00 GMT", NOON])
def test_a_leaf_was_fetched_when_its_sheet_was(date: str | datetime) -> None:
    """By the server's clock; what is no text is our own time already."""
    assert cut(_sheet([], answered_at=date), 0, 0, ALL, skips_invalid=False).fetched_at == NOON


def test_a_date_that_cannot_be_read_is_our_own_time() -> None:
    """The time when it is asked for, in UTC."""
    assert cut(_sheet([], answered_at="soon"), 0, 0, ALL, skips_invalid=False).fetched_at.tzinfo is UTC
