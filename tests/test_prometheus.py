"""What Prometheus is told of a client's requests, waits, pages and clips."""

import asyncio
import gc
import importlib
import subprocess
import sys
from math import isnan
from weakref import ref

import prometheus_client
import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Counter, generate_latest

from twitch_clips import AsyncClips, Event, TokenBucket
from twitch_clips.events import (
    ListingCapped,
    ListingRestarted,
    RecordSkipped,
    Requested,
    SpentElsewhere,
    StillWaiting,
    TokenRefused,
)
from twitch_clips.prometheus import PrometheusHook
from twitch_clips.testing import FakeHelix, Manners, faults

from .conftest import client, listing, records

GAME = "509658"
COUNTERS = {
    "clips",
    "duplicates",
    "listings_capped",
    "listings_restarted",
    "long_waits",
    "pages",
    "records",
    "records_skipped",
    "spent_elsewhere",
}
BY_PATH = {"request_seconds", "requests", "retries", "token_refusals", "turned_away", "wait_seconds"}


class Metrics(CollectorRegistry):
    """A registry of one test's own."""

    def of(self, name: str, namespace: str = "twitch_clips", **labels: str) -> float | None:
        """The value of a sample, by its name behind the namespace."""
        return self.get_sample_value(f"{namespace}_{name}", labels)

    @property
    def moved(self) -> set[str]:
        """Samples without labels, and those with labels, that are above 0."""
        samples = [sample for metric in self.collect() for sample in metric.samples]
        return {
            one.name.removeprefix("twitch_clips_") for one in samples if one.value > 0 and "_created" not in one.name
        }


@pytest.fixture
def metrics() -> Metrics:
    """Nothing counted yet."""
    return Metrics()


@pytest.fixture
def helix() -> FakeHelix:
    """A Helix that knows 250 clips of one game, not running yet."""
    return FakeHelix(listing(250))


async def test_a_listing_is_counted_by_requests_pages_and_clips(helix: FakeHelix, metrics: Metrics) -> None:
    """Each page is a request here, with its seconds; the points are those that Helix told last."""
    helix.limit, helix.manners = 60, Manners(latency=0.2)
    async with helix, client(helix, hooks=[PrometheusHook(metrics)]) as clips:
        stream = clips.by_game(GAME)
        await stream.collect()
        assert metrics.of("requests_total", path="clips", status="200") == stream.stats.requests == 3
        assert metrics.of("pages_total") == stream.stats.pages == 3
        assert metrics.of("records_total") == metrics.of("clips_total") == stream.stats.clips == 250
        assert metrics.of("points_remaining") == 57
        assert metrics.of("request_seconds_sum", path="clips") == pytest.approx(0.6)
    assert metrics.moved == {
        *("requests_total", "request_seconds_bucket", "request_seconds_count", "request_seconds_sum"),
        *("points_remaining", "pages_total", "records_total", "clips_total"),
    }


async def test_only_clips_that_the_stream_gives_count_as_clips(helix: FakeHelix, metrics: Metrics) -> None:
    """Not those that `where`, `limit` and earlier pages take away; of these, duplicates have a counter of their own."""
    raw = listing(250)
    helix.fail(records(lambda page: [*raw[98:100], *page]), skip=1)
    async with helix, client(helix, hooks=[PrometheusHook(metrics)]) as clips:
        stream = clips.by_game(GAME, where=lambda clip: clip.view_count % 2 == 0, limit=80)
        await stream.collect()
    assert metrics.of("records_total") == 202
    assert metrics.of("clips_total") == stream.stats.clips == 80
    assert metrics.of("duplicates_total") == stream.stats.duplicates == 2


async def test_batches_of_ids_are_pages(helix: FakeHelix, metrics: Metrics) -> None:
    """Of as many clips as there are."""
    ids = [str(clip["id"]) for clip in listing(250)]
    async with helix, client(helix, hooks=[PrometheusHook(metrics)]) as clips:
        stream = clips.by_ids([*ids, "NoSuchOtter"])
        await stream.collect()
    assert metrics.of("pages_total") == stream.stats.pages == 3
    assert metrics.of("clips_total") == metrics.of("records_total") == 250


async def test_look_ups_have_a_path_of_their_own(helix: FakeHelix, metrics: Metrics) -> None:
    """They are requests, and no pages; so is a single clip."""
    async with helix, client(helix, hooks=[PrometheusHook(metrics)]) as clips:
        await clips.users(["example_streamer"])
        await clips.games(["Just Chatting"])
        await clips.get("Otter")
    assert [metrics.of("requests_total", path=path, status="200") for path in ("users", "games", "clips")] == [1, 1, 1]
    assert metrics.of("pages_total") == 0


async def test_what_failed_is_counted_by_its_status_and_as_retries(helix: FakeHelix, metrics: Metrics) -> None:
    """A request without a whole answer has the status `none`; only a turn's wait is a wait, not the other pauses."""
    helix.fail(faults.status(503))
    helix.fail(faults.hang(), skip=1)
    async with helix, client(helix, hooks=[PrometheusHook(metrics)], timeout=4) as clips:
        await clips.by_game(GAME).first()
    requests = {status: metrics.of("requests_total", path="clips", status=status) for status in ("503", "none", "200")}
    assert requests == {"503": 1, "none": 1, "200": 1}
    assert metrics.of("retries_total", path="clips") == 2
    assert metrics.of("request_seconds_sum", path="clips") == pytest.approx(4)
    assert metrics.of("request_seconds_bucket", path="clips", le="2.5") == 2
    assert metrics.of("wait_seconds_count", path="clips") is None


async def test_a_429_is_a_status_a_retry_and_a_wait(helix: FakeHelix, metrics: Metrics) -> None:
    """By the seconds that the stream was charged with; and others spend from the bucket."""
    async with helix, client(helix, hooks=[PrometheusHook(metrics)]) as clips:
        await clips.get("Otter")
        helix.fail(faults.too_many())
        stream = clips.by_game(GAME, limit=1)
        await stream.first()
    assert metrics.of("requests_total", path="clips", status="429") == 1
    assert metrics.of("retries_total", path="clips") == 1
    assert metrics.of("wait_seconds_sum", path="clips") == stream.stats.waited > 0
    assert metrics.of("wait_seconds_count", path="clips") == 1
    assert metrics.of("spent_elsewhere_total") == 1


async def test_waits_for_the_bucket_are_counted_in_seconds(helix: FakeHelix, metrics: Metrics) -> None:
    """One point every ten seconds: three requests wait for 10, 20 and 30, and the jam is told of once."""
    helix.limit = 6
    async with helix, client(helix, hooks=[PrometheusHook(metrics)], bucket=TokenBucket(6)) as clips:
        await asyncio.gather(*(clips.get("Otter") for _ in range(9)))
    assert metrics.of("wait_seconds_count", path="clips") == 3
    assert metrics.of("wait_seconds_sum", path="clips") == pytest.approx(60, abs=1)
    assert metrics.of("long_waits_total") == 1


async def test_a_refused_token_is_counted(helix: FakeHelix, metrics: Metrics) -> None:
    """Under the path that was asked."""
    helix.fail(faults.status(401))
    async with helix, client(helix, hooks=[PrometheusHook(metrics)]) as clips:
        await clips.by_game(GAME).first()
    assert metrics.of("token_refusals_total", path="clips") == 1


@pytest.mark.parametrize(
    ("event", "metric"),
    [
        (StillWaiting(seconds=5.0, waiting=3), "long_waits_total"),
        (SpentElsewhere(points=12), "spent_elsewhere_total"),
        (RecordSkipped(path="$.data[3].title", reason="missing"), "records_skipped_total"),
        (ListingRestarted(), "listings_restarted_total"),
        (ListingCapped(asked="game_id=1", clips=1000), "listings_capped_total"),
        (TokenRefused(path="users"), "token_refusals_total"),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_figure_of_a_page_is_counted_by_its_kind(event: Event, metric: str, metrics: Metrics) -> None:
    """One each time, and nothing else."""
    hook = PrometheusHook(metrics)
    hook(event)
    hook(event)
    assert metrics.moved == {metric}
    assert [one.value for family in metrics.collect() for one in family.samples if one.name.endswith(metric)] == [2]


def test_an_event_of_an_unknown_kind_is_nothing(metrics: Metrics) -> None:
    """There may be more of them one day, or in somebody else's code."""
    PrometheusHook(metrics)(Event())
    assert not metrics.moved


def test_counters_without_labels_begin_at_0_and_the_points_at_no_number(metrics: Metrics) -> None:
    """0 points would say that there are none."""
    PrometheusHook(metrics)
    assert {name: metrics.of(f"{name}_total") for name in COUNTERS} == dict.fromkeys(COUNTERS, 0)
    points = metrics.of("points_remaining")
    assert points is not None
    assert isnan(points)


def test_points_stay_where_an_answer_does_not_tell_them(metrics: Metrics) -> None:
    """As one without rate headers."""
    hook = PrometheusHook(metrics)
    hook(Requested(path="clips", status=200, seconds=0.1, remaining=12))
    hook(Requested(path="clips", status=None, seconds=30.0, remaining=None))
    assert metrics.of("points_remaining") == 12


def test_each_metric_has_a_line_of_help_and_one_in_the_docstring(metrics: Metrics) -> None:
    """Under the name that Prometheus knows it by."""
    PrometheusHook(metrics)
    for family in metrics.collect():
        name = family.name.removeprefix("twitch_clips_")
        assert family.documentation.endswith(".")
        assert f"| `{name}{'_total' if family.type == 'counter' else ''}`" in str(PrometheusHook.__doc__)
    names = {family.name.removeprefix("twitch_clips_") for family in metrics.collect()}
    assert names == COUNTERS | BY_PATH | {"points_remaining"}


async def test_two_hooks_of_one_registry_count_into_the_same_metrics(helix: FakeHelix, metrics: Metrics) -> None:
    """Each client may have its own."""
    async with helix:
        for _ in range(2):
            async with client(helix, hooks=[PrometheusHook(metrics)]) as clips:
                await clips.by_game(GAME).collect()
    assert metrics.of("clips_total") == 500


def test_a_namespace_sets_clients_apart(metrics: Metrics) -> None:
    """In one registry."""
    for namespace, points in (("one", 12), ("other", 700)):
        hook = PrometheusHook(metrics, namespace=namespace)
        hook(Requested(path="clips", status=200, seconds=0.1, remaining=points))
    assert metrics.of("points_remaining", "one") == 12
    assert metrics.of("points_remaining", "other") == 700


def test_without_a_registry_it_is_the_one_that_is_served() -> None:
    """Prometheus-client's own."""
    PrometheusHook(namespace="the_default")(ListingRestarted())
    assert REGISTRY.get_sample_value("the_default_listings_restarted_total") == 1
    assert b"\nthe_default_listings_restarted_total 1.0\n" in generate_latest()


def test_a_registry_is_not_kept_by_its_hooks() -> None:
    """A test's own goes when nobody has it any more."""
    metrics = Metrics()
    hook, kept = PrometheusHook(metrics), ref(metrics)
    del metrics
    gc.collect()
    assert kept() is None
    hook(ListingRestarted())


def test_names_that_others_have_are_refused(metrics: Metrics) -> None:
    """By prometheus-client, as any others would be; and when they are gone the hook can be made."""
    others = Counter("twitch_clips_pages", "Of another library.", registry=metrics)
    with pytest.raises(ValueError, match="Duplicated timeseries"):
        PrometheusHook(metrics)
    metrics.unregister(others)
    PrometheusHook(metrics)
    assert metrics.of("pages_total") == 0


def test_without_prometheus_client_the_import_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, prometheus_client.__name__, None)
    monkeypatch.delitem(sys.modules, PrometheusHook.__module__)
    with pytest.raises(ImportError, match=r"pip install 'twitch-clips\[prometheus\]'") as caught:
        importlib.import_module(PrometheusHook.__module__)
    assert caught.value.name == "prometheus_client"


def test_importing_the_package_does_not_load_it() -> None:
    """Nor prometheus-client, where that is installed."""
    code = f"import sys, {AsyncClips.__module__}; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603  (our own)
    assert "twitch_clips.client" in loaded
    assert not {"prometheus_client", "twitch_clips.prometheus"} & set(loaded)
