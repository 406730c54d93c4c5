"""What is remembered of a listing's ids: the last 2,000, and whether any came before."""

from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_clips._helix.walk import Recent


def test_an_id_that_is_twice_on_one_page_is_told_and_is_not_known_from_before() -> None:
    """Else both of them would be left out."""
    recent = Recent()
    assert recent.known == frozenset()
    assert recent.add(["a", "b"])
    assert not recent.add(["c", "a", "c"])
    assert recent.known == {"a"}
    assert recent.add(["d"])
    assert (recent.known, "c" in recent) == (frozenset(), True)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=5), max_size=8))
def test_what_was_there_before_is_told(batches: list[list[str]]) -> None:
    """Of each batch: what earlier ones had, and whether there is nothing of that and nothing twice."""
    recent, seen = Recent(), set[str]()
    for batch in batches:
        assert recent.add(batch) == (seen.isdisjoint(batch) and len(set(batch)) == len(batch))
        assert recent.known == seen.intersection(batch)
        seen.update(batch)
        assert all((one in recent) == (one in seen) for one in "abcdefgh")


@settings(max_examples=50)
@given(st.lists(st.integers(0, 700), max_size=20))
def test_the_last_two_thousand_are_remembered_and_hardly_more(sizes: list[int]) -> None:
    """However many come at once: at least those, and less than one page beyond."""
    recent = Recent()
    added: list[str] = []
    for number, size in enumerate(sizes):
        fresh = [f"{number}-{index}" for index in range(size)]
        assert recent.add(fresh)
        added += fresh
        assert all(one in recent for one in added[-2000:])
        assert sum(one in recent for one in added) < 2000 + max(sizes)
