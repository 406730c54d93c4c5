"""A question becomes query parameters, or an error before any request."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_clips import CheckpointError, QueryError
from twitch_clips._helix.query import ClipsQuery, check_cursor, check_id, check_name, is_whole

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
GAME = ClipsQuery(selector="game_id", value="509658")
WINDOW: dict[str, Any] = {"started_at": NOON - timedelta(days=1), "ended_at": NOON}
instants = st.datetimes(timezones=st.just(UTC))
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
named = st.tuples(st.sampled_from(["game", "login"]), texts.filter(str.strip))
numbered = st.tuples(st.sampled_from(["game_id", "broadcaster_id"]), st.integers(0).map(str))
no_window: dict[str, Any] = {}
windows = (
    st.just(no_window)
    | st.fixed_dictionaries({"started_at": instants})
    | st.lists(instants, min_size=2, max_size=2, unique=True).map(
        lambda ends: {"started_at": min(ends), "ended_at": max(ends)}
    )
)


@st.composite
def queries(draw: st.DrawFn) -> ClipsQuery:
    """Whatever may be asked, but for a `since` that is not fixed yet."""
    selector, value = draw(named | numbered)
    return ClipsQuery(
        selector=selector,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        value=value,
        not_before=draw(st.none() | instants),
        is_featured=draw(st.sampled_from([None, True, False])),
        page_size=draw(st.integers(1, 100)),
        before=draw(st.none() | texts),
        **draw(windows),
    )


def test_the_first_page_is_asked_for_by_selector_and_size() -> None:
    """Without a cursor no `after` is sent: an empty one is not the same as none."""
    query = ClipsQuery(selector="game_id", value="509658", page_size=20)
    assert query.parameters(None) == [("game_id", "509658"), ("first", "20")]


def test_a_later_page_is_asked_for_by_its_cursor_as_helix_gave_it() -> None:
    """The cursor is opaque, and every page of a stream asks for the same size."""
    query = ClipsQuery(selector="broadcaster_id", value="1000001")
    parameters = [("broadcaster_id", "1000001"), ("first", "100"), ("after", "a+b/c==")]
    assert query.parameters("a+b/c==") == parameters


def test_a_page_before_a_cursor_is_asked_for_by_that_alone() -> None:
    """`after` and `before` exclude each other."""
    query = attrs.evolve(GAME, before="abc")
    for after in (None, "def"):
        assert query.parameters(after) == [("game_id", "509658"), ("first", "100"), ("before", "abc")]


def test_a_window_goes_out_as_given() -> None:
    """In UTC with `Z`, with a fraction where there is one; Helix cuts it down to 10 minutes itself."""
    query = attrs.evolve(GAME, started_at=NOON - timedelta(seconds=0.5), ended_at=NOON)
    assert query.parameters(None)[2:] == [
        ("started_at", "2026-06-01T11:59:59.500000Z"),
        ("ended_at", "2026-06-01T12:00:00Z"),
    ]
    assert attrs.evolve(query, ended_at=None).parameters(None)[2:] == [("started_at", "2026-06-01T11:59:59.500000Z")]


@pytest.mark.parametrize(
    ("is_featured", "sent"),
    [(None, []), (True, [("is_featured", "true")]), (False, [("is_featured", "false")])],
)
def test_featured_clips_are_asked_for_or_left_out(is_featured: bool | None, sent: list[tuple[str, str]]) -> None:  # noqa: FBT001
    """`None` is all of them, and `False` is not the same."""
    assert attrs.evolve(GAME, is_featured=is_featured).parameters(None)[2:] == sent


def test_what_is_left_out_here_is_not_sent() -> None:
    """Helix has no parameter for the exact start."""
    assert attrs.evolve(GAME, not_before=NOON).parameters(None) == GAME.parameters(None)


@given(queries())
def test_a_checkpoint_keeps_the_whole_question(query: ClipsQuery) -> None:
    """It comes back as it was."""
    assert ClipsQuery.read(query.written()) == query


@given(queries())
def test_what_a_checkpoint_keeps_begins_with_what_asks_the_first_page(query: ClipsQuery) -> None:
    """So it can be read, and compared, without this package."""
    parameters = query.parameters(None)
    assert list(query.written())[: len(parameters)] == parameters


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"first": "100"},
        {"game_id": "509658"},
        {"game_id": "509658", "broadcaster_id": "1000001", "first": "100"},
        {"game_id": "Just Chatting", "first": "100"},
        {"game_id": "509658", "first": "0"},
        {"game_id": "509658", "first": "many"},
        {"game_id": "509658", "first": "100", "is_featured": "yes"},
        {"game_id": "509658", "first": "100", "before": ""},
        {"game_id": "509658", "first": "100", "started_at": "yesterday"},
        {"game_id": "509658", "first": "100", "ended_at": "2026-06-01T12:00:00Z"},
        {"game_id": "509658", "first": "100", "started_at": "0001-01-01T00:00:00+10:00"},
        {"game_id": "509658", "first": "100", "since": "2026-06-01T12:00:00Z"},
        {"game_id": "509658", "first": "100", "cursor": "2026-06-01T12:00:00Z"},
        {"game_id": "509658", "first": "100", "value": "2026-06-01T12:00:00Z"},
    ],
    ids=repr,
)
def test_a_checkpoint_that_keeps_no_question_is_refused(kept: dict[str, str]) -> None:
    """Its token was whole, so it was never one of ours: nothing of it is guessed."""
    with pytest.raises(CheckpointError, match=r"^the checkpoint holds no question to Get Clips$") as caught:
        ClipsQuery.read(kept.items())
    assert caught.value.__context__ is None


def test_a_name_is_looked_up_and_an_id_is_not() -> None:
    """Whether that costs a request is known beforehand."""
    assert ClipsQuery(selector="game", value="Just Chatting").is_named
    assert ClipsQuery(selector="login", value="example_streamer").is_named
    assert not GAME.is_named
    assert not ClipsQuery(selector="broadcaster_id", value="1000001").is_named


@given(queries(), instants)
def test_a_question_that_is_fixed_stays_as_it_is(query: ClipsQuery, now: datetime) -> None:
    """Without a `since` there is nothing that now could change."""
    assert query.fixed(now) == query


def test_the_id_takes_the_names_place() -> None:
    """What else was asked for stays."""
    query = ClipsQuery(selector="login", value="example_streamer", page_size=20, **WINDOW)
    fixed = ClipsQuery(selector="broadcaster_id", value="1000001", page_size=20, **WINDOW)
    assert query.fixed(NOON, "1000001") == fixed
    assert ClipsQuery(selector="game", value="Just Chatting").fixed(NOON, "509658") == GAME


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(microseconds=1), timedelta(days=4000)),
    st.booleans(),
)
def test_since_becomes_a_window_that_holds_now(now: datetime, span: timedelta, as_instant: bool) -> None:  # noqa: FBT001
    """Both ends on Helix's marks, outwards and not by more than one; the exact start is kept apart."""
    since = now - span if as_instant else span
    fixed = attrs.evolve(GAME, since=since).fixed(now)
    grid = timedelta(minutes=10)
    assert fixed.started_at is not None
    assert fixed.ended_at is not None
    assert fixed.since is None
    assert fixed.not_before == now - span
    assert timedelta(0) <= now - span - fixed.started_at < grid
    assert timedelta(0) < fixed.ended_at - now <= grid
    assert [end.timestamp() % 600 for end in (fixed.started_at, fixed.ended_at)] == [0, 0]


def test_since_now_is_a_window_as_well() -> None:
    """Of what is to come until the mark."""
    fixed = attrs.evolve(GAME, since=NOON).fixed(NOON)
    assert (fixed.started_at, fixed.ended_at) == (NOON, NOON + timedelta(minutes=10))


def test_since_ahead_of_now_is_refused() -> None:
    """No clip can be there."""
    with pytest.raises(QueryError, match="since is ahead of now: 2026-06-01T12:00:01Z"):
        attrs.evolve(GAME, since=NOON + timedelta(seconds=1)).fixed(NOON)


def test_since_before_there_was_time_is_refused() -> None:
    """Python's calendar begins in the year 1."""
    with pytest.raises(QueryError, match="since reaches back beyond the year 1"):
        attrs.evolve(GAME, since=timedelta(days=800_000)).fixed(NOON)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "example_streamer",
        "12a",
        " 12",
        "-1",
        "1.0",
        "\N{FULLWIDTH DIGIT ONE}",
        "\N{SUPERSCRIPT ONE}",
        509658,
        None,
    ],
)
def test_an_id_that_is_not_digits_is_refused(value: Any) -> None:
    """Given a login, Helix may answer an empty list: a loss without a word."""
    with pytest.raises(QueryError, match=r"broadcaster_id must be a string of digits, not .*"):
        ClipsQuery(selector="broadcaster_id", value=value)


@pytest.mark.parametrize(
    ("selector", "value", "hint"),
    [
        ("broadcaster_id", "xqc", ": did you mean login='xqc'?"),
        ("game_id", "Just Chatting", ": did you mean game='Just Chatting'?"),
        ("broadcaster_id", " 12 ", ""),
        ("broadcaster_id", "", ""),
        ("broadcaster_id", 12, ""),
    ],
)
def test_a_name_in_place_of_an_id_is_told_where_it_belongs(selector: Any, value: Any, hint: str) -> None:
    """What can be no name gets no such hint."""
    with pytest.raises(QueryError) as caught:
        ClipsQuery(selector=selector, value=value)
    assert str(caught.value) == f"{selector} must be a string of digits, not {value!r}{hint}"


@pytest.mark.parametrize("value", ["", " \n", None, 1, ["xqc"], "xqc\ud800"])
def test_a_name_must_be_text(value: Any) -> None:
    """With something in it, all of which can be sent."""
    with pytest.raises(QueryError, match="login must be a name, not "):
        ClipsQuery(selector="login", value=value)
    with pytest.raises(QueryError, match="game must be a name, not "):
        ClipsQuery(selector="game", value=value)


@pytest.mark.parametrize("value", [0, 101, -1, True, 20.0, "20", None])
def test_a_page_size_out_of_range_is_refused(value: Any) -> None:
    """Helix takes 1 to 100."""
    with pytest.raises(QueryError, match=f"page_size must be a whole number from 1 to 100, not {value!r}"):
        ClipsQuery(selector="game_id", value="1", page_size=value)


@pytest.mark.parametrize("value", [0, 1, "true", "yes", []])
def test_featured_is_true_false_or_none(value: Any) -> None:
    """Nothing is taken for one of them."""
    with pytest.raises(QueryError, match="is_featured must be True, False or None, not "):
        ClipsQuery(selector="game_id", value="1", is_featured=value)


@pytest.mark.parametrize("value", ["", 1, b"abc", "abc\ud800"])
def test_a_cursor_must_be_one_that_helix_gave(value: Any) -> None:
    """Sent empty, or with what cannot be sent dropped from it, it would start at the top again."""
    with pytest.raises(QueryError, match="before must be a cursor that Helix gave, not "):
        ClipsQuery(selector="game_id", value="1", before=value)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"since": NOON, "started_at": NOON}, "give since, or started_at with or without ended_at, not both"),
        ({"since": timedelta(1), "ended_at": NOON}, "give since, or started_at with or without ended_at, not both"),
        ({"ended_at": NOON}, "ended_at needs a started_at: alone, Helix ignores it"),
        ({"started_at": NOON, "ended_at": NOON}, "ended_at must be after started_at"),
        ({"started_at": NOON, "ended_at": NOON - timedelta(1)}, "ended_at must be after started_at"),
    ],
    ids=repr,
)
def test_a_window_that_cannot_be_is_refused(more: dict[str, Any], message: str) -> None:
    """Helix would ignore half of it, or answer an empty list."""
    with pytest.raises(QueryError) as caught:
        ClipsQuery(selector="game_id", value="1", **more)
    assert str(caught.value) == message


def test_the_checks_let_pass_what_is_right() -> None:
    """Those that others use as well."""
    check_cursor("after", "eyJiIjpudWxsfQ")
    check_cursor("after", "例")
    check_id("id", "0")
    check_name("login", "例")
    with pytest.raises(QueryError, match=r"^id must be a string of digits, not 'x': no such thing$"):
        check_id("id", "x", ": no such thing")
    with pytest.raises(QueryError, match=r"^id must be a string of digits, not 'x'$"):
        check_id("id", "x")


@pytest.mark.parametrize(("value", "expected"), [(0, True), (-1, True), (True, False), (1.0, False), ("1", False)])
def test_a_whole_number_is_an_int_and_no_bool(value: object, expected: bool) -> None:  # noqa: FBT001
    """`True` counts as 1 to Python."""
    assert is_whole(value) is expected
