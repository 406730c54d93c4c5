"""Clip ids are found in links, whole and in their own case, and in nobody else's links."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_clips import QueryError, find_clip_ids
from twitch_clips._helix.links import clip_id

# The shapes that ids had since 2016; all parts of them matter.
IDS = [
    "AbrasivePlayfulMangoMau5",
    "AnimatedCoweringDinosaur4Head",
    "BriskAmberOtter--lX7NFdp8DZQTyMV",
    "BriskAmberOtter-QBN2K-63wIY7ULy-",
    "BriskAmberOtter-u0r0y1y_lKQ_BDA_",
    "briskamberotter-QBN2K-63wIY7ULy-",
]
FORMS = [
    "https://clips.twitch.tv/{}",
    "http://clips.twitch.tv/{}",
    "clips.twitch.tv/{}",
    "HTTPS://CLIPS.TWITCH.TV/{}",
    "https://clips.twitch.tv/embed?clip={}",
    "https://clips.twitch.tv/embed/?clip={}",
    "https://clips.twitch.tv/embed?clip={}&parent=streamernews.example.com&autoplay=true",
    "https://clips.twitch.tv/embed?parent=streamernews.example.com&autoplay=true&clip={}",
    "https://clips.twitch.tv/embed?autoplay=true&amp;clip={}&amp;muted=true",
    "https://clips.twitch.tv/embed?myclip=Another&clip={}",
    "https://www.twitch.tv/example_streamer/clip/{}",
    "https://twitch.tv/example_streamer/clip/{}",
    "twitch.tv/example_streamer/clip/{}",
    "https://m.twitch.tv/example_streamer/clip/{}",
    "https://go.twitch.tv/example_streamer/clip/{}",
    "https://www.Twitch.tv/Example_Streamer/Clip/{}",
    "https://www.twitch.tv/example_streamer/clip/{}?filter=clips&range=7d&sort=time",
    "https://clips.twitch.tv/{}?tt_content=url&tt_medium=clips_api",
    "https://clips.twitch.tv/{}/edit",
    "https://clips.twitch.tv/{}#top",
]
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", fullmatch=True).filter(
    lambda id_: id_.lower() not in {"embed", "create"}
)
# Text that neither makes the host another one nor the id longer, and has no link of its own.
others = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(
    lambda text: "twitch" not in text.lower()
)
before = others.filter(lambda text: not text or text[-1] not in string.ascii_letters + string.digits + "_.@-/")
behind = others.filter(lambda text: not text or text[0] not in string.ascii_letters + string.digits + "_-")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("id_", IDS)
def test_an_id_is_read_from_every_form_of_link(form: str, id_: str) -> None:
    """With its hyphens and underscores, two in a row and at its end, and in its own case."""
    link = form.format(id_)
    assert find_clip_ids(link) == [id_]
    assert clip_id(link) == id_
    assert clip_id(f" {link}\n") == id_


@given(ids, st.sampled_from(FORMS), before, behind)
def test_an_id_in_a_link_is_found_in_whatever_text(id_: str, form: str, before: str, behind: str) -> None:
    """In any script, between any signs."""
    assert find_clip_ids(before + form.format(id_) + behind) == [id_]


@given(
    st.lists(st.tuples(ids, st.sampled_from(FORMS)), max_size=5), st.sampled_from([" ", "\n", ", ", ")[b](", "><", "|"])
)
def test_each_id_is_found_once_in_its_order(links: list[tuple[str, str]], separator: str) -> None:
    """However close the links stand."""
    text = separator.join(form.format(id_) for id_, form in links)
    assert find_clip_ids(text) == list(dict.fromkeys(id_ for id_, _ in links))


@pytest.mark.parametrize(
    "text",
    [
        "look at https://clips.twitch.tv/BriskAmberOtter!!!",
        "(https://clips.twitch.tv/BriskAmberOtter)",
        "<https://clips.twitch.tv/BriskAmberOtter>",
        "[that one](https://clips.twitch.tv/BriskAmberOtter)",
        "**https://clips.twitch.tv/BriskAmberOtter**",
        "||https://clips.twitch.tv/BriskAmberOtter||",
        "`clips.twitch.tv/BriskAmberOtter`",
        '<a href="https://clips.twitch.tv/BriskAmberOtter">that one</a>',
        '<iframe src="https://clips.twitch.tv/embed?parent=example.com&amp;clip=BriskAmberOtter" height="360">',
        "clips.twitch.tv/BriskAmberOtter, clips.twitch.tv/BriskAmberOtter.",
        "見て→clips.twitch.tv/BriskAmberOtter。",
        "見てclips.twitch.tv/BriskAmberOtterすごい",
        "@viewer_1: https://www.twitch.tv/example_streamer/clip/BriskAmberOtter?",
        "https://web.archive.example/2020/https://clips.twitch.tv/BriskAmberOtter",
    ],
)
def test_a_link_is_found_in_a_chat_message(text: str) -> None:
    """Whatever stands around it: punctuation, markdown, angle brackets, another script."""
    assert find_clip_ids(text) == ["BriskAmberOtter"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BriskAmberOtter",
        "https://notclips.twitch.tv/BriskAmberOtter",
        "https://not-clips.twitch.tv/BriskAmberOtter",
        "https://evil.clips.twitch.tv/BriskAmberOtter",
        "https://clips.twitch.tv.evil.example/BriskAmberOtter",
        "https://clips.twitch.tvx/BriskAmberOtter",
        "https://clipsxtwitch.tv/BriskAmberOtter",
        "https://evil.example/clips.twitch.tv/BriskAmberOtter",
        "https://evil.example/www.twitch.tv/example_streamer/clip/BriskAmberOtter",
        "somebody@clips.twitch.tv/BriskAmberOtter",
        "https://nottwitch.tv/example_streamer/clip/BriskAmberOtter",
        "https://evil.twitch.tv/example_streamer/clip/BriskAmberOtter",
        "https://www.twitch.tv.evil.example/example_streamer/clip/BriskAmberOtter",
        "https://www.twitch.tv/example_streamer",
        "https://www.twitch.tv/example_streamer/clips",
        "https://www.twitch.tv/example_streamer/clips?clip=BriskAmberOtter",
        "https://www.twitch.tv/example_streamer/clip/",
        "https://www.twitch.tv/videos/3000000001",
        "https://clips.twitch.tv/",
        "https://clips.twitch.tv/?clip=BriskAmberOtter",
        "https://clips.twitch.tv/create",
        "https://clips.twitch.tv/embed",
        "https://clips.twitch.tv/embed?parent=example.com",
        "https://clips.twitch.tv/embed?parent=example.com clip=BriskAmberOtter",
        "https://clips.twitch.tv/embed?myclip=BriskAmberOtter",
        "https://clips.twitch.tv/é",
    ],
)
def test_nothing_is_found_where_no_clip_is_linked(text: str) -> None:
    """A look-alike host is a stranger's, and Twitch has other pages."""
    assert find_clip_ids(text) == []


def test_an_id_may_begin_with_the_name_of_another_page() -> None:
    """`embed` and `create` are pages; what is longer is a clip."""
    text = "clips.twitch.tv/embedBriskOtter clips.twitch.tv/create-BriskOtter"
    assert find_clip_ids(text) == ["embedBriskOtter", "create-BriskOtter"]


def test_the_first_clip_of_an_embed_is_the_one() -> None:
    """So a browser reads it; and what is behind it is not swallowed."""
    assert find_clip_ids("clips.twitch.tv/embed?clip=First&clip=Second") == ["First"]
    text = "[a](https://clips.twitch.tv/embed?clip=First)[b](https://clips.twitch.tv/embed?parent=x&clip=Second)"
    assert find_clip_ids(text) == ["First", "Second"]


def test_ids_that_differ_in_case_are_two() -> None:
    """They are opaque, and case matters."""
    assert find_clip_ids("clips.twitch.tv/Otter CLIPS.TWITCH.TV/otter") == ["Otter", "otter"]


def test_the_parameters_of_an_embed_are_searched_so_far() -> None:
    """Without a bound, a long text of half links took minutes, as the search began anew at each of them."""
    assert find_clip_ids(f"clips.twitch.tv/embed?{'x=1&' * 125}clip=Otter") == ["Otter"]
    assert find_clip_ids(f"clips.twitch.tv/embed?{'x=1&' * 126}clip=Otter") == []


@pytest.mark.parametrize("id_", IDS)
def test_an_id_is_taken_as_it_is(id_: str) -> None:
    """But for white space around it."""
    assert clip_id(id_) == id_
    assert clip_id(f"\t{id_} ") == id_


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "two words",
        "-BriskAmberOtter",
        "BriskAmberOtter!",
        "see https://clips.twitch.tv/BriskAmberOtter",
        "https://notclips.twitch.tv/BriskAmberOtter",
        "ftp://clips.twitch.tv/BriskAmberOtter",
        "https://www.twitch.tv/example_streamer",
        "Ötter",
    ],
)
def test_what_is_neither_an_id_nor_a_link_is_refused(value: str) -> None:
    """A text around the link as well: `find_clip_ids` is for those."""
    with pytest.raises(QueryError, match="neither a clip's id nor a link to a clip") as caught:
        clip_id(value)
    assert repr(value.strip()) in str(caught.value)


@pytest.mark.parametrize("value", [None, 1, b"BriskAmberOtter", ["BriskAmberOtter"]])
def test_what_is_no_string_is_refused(value: Any) -> None:
    """The error names the kind of thing that is wanted."""
    with pytest.raises(QueryError, match="a clip's id or URL must be a string, not "):
        clip_id(value)


def test_an_error_quotes_no_more_than_the_start() -> None:
    """A whole message in place of an id would bury the reason."""
    with pytest.raises(QueryError) as caught:
        clip_id("a b" * 1000)
    assert len(str(caught.value)) < 150
