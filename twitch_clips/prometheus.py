"""A hook that counts events for Prometheus (extra `prometheus`): `AsyncClips(..., hooks=[PrometheusHook()])`.

Serving the metrics is your application's affair, as by `prometheus_client.start_http_server`.
"""

from collections.abc import Mapping, Sequence
from math import nan
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from .events import (
    Event,
    ListingCapped,
    ListingRestarted,
    PageRead,
    RecordSkipped,
    Requested,
    Retried,
    SpentElsewhere,
    StillWaiting,
    TokenRefused,
    TurnedAway,
    Waited,
)

try:
    from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
    from prometheus_client.registry import Collector
except ModuleNotFoundError as _error:
    raise ImportError(
        "twitch_clips.prometheus needs prometheus-client, which is an extra: pip install 'twitch-clips[prometheus]'",
        name="prometheus_client",
    ) from _error

__all__ = ["PrometheusHook"]

# To tell a slow Helix from a fast one, and to have the time-out (30 seconds by default) in a bucket's bound.
_REQUEST_SECONDS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
# An empty token bucket is full again after a minute; thousands in a queue wait for several.
_WAIT_SECONDS: Final = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)

_COUNTED_BY_PATH: Final[Mapping[type[Event], tuple[str, str]]] = {
    Retried: ("retries", "Requests that failed and are sent again."),
    TokenRefused: ("token_refusals", "Answers of 401, after each of which the token is renewed."),
    TurnedAway: ("turned_away", "Requests not sent, as their turns would have come later than max_wait."),
}
_COUNTED: Final[Mapping[type[Event], tuple[str, str]]] = {
    StillWaiting: (
        "long_waits",
        "Times, once a minute, that a request had waited for over five seconds and waited on.",
    ),
    SpentElsewhere: ("spent_elsewhere", "Answers of 429 though by our own count there were points left."),
    RecordSkipped: ("records_skipped", "Records that could not be read and were left out."),
    ListingRestarted: ("listings_restarted", "Listings that started again, as Helix rejected a cursor in the middle."),
    ListingCapped: ("listings_capped", "Listings that ended at Helix's cap of about 1,000 results."),
}


class PrometheusHook:
    """Counts what `AsyncClips` does, for Prometheus.

    Each name begins with the namespace (`twitch_clips_requests_total`); `path` is `clips`, `users` or `games`.

    | metric | labels | what it is |
    |---|---|---|
    | `requests_total` | `path`, `status` | requests, by HTTP status; `none` where no whole answer came |
    | `request_seconds` (histogram) | `path` | from sending a request to its last byte, or to its failure |
    | `points_remaining` (gauge) | | points left in the bucket, as Helix said last; NaN before it did |
    | `wait_seconds` (histogram) | `path` | waits for a turn; its `_sum` is the seconds waited, its `_count` the waits |
    | `turned_away_total` | `path` | requests that were not sent, as they would have waited longer than `max_wait` |
    | `long_waits_total` | | a wait of more than five seconds goes on: told once a minute, however many wait |
    | `spent_elsewhere_total` | | 429s though there were points: others spend from the same bucket |
    | `retries_total` | `path` | requests that failed and are sent again, those after a 429 among them |
    | `token_refusals_total` | `path` | 401s after which the token was renewed |
    | `pages_total` | | pages of listings, and batches of `by_ids`, that streams read |
    | `records_total` | | records on them, as Helix sent them |
    | `clips_total` | | clips of them that streams give: what `where`, `limit` and earlier pages leave |
    | `duplicates_total` | | records left out, as they came before: as many clips may have been skipped |
    | `records_skipped_total` | | records left out, as they could not be read (`on_invalid="skip"`) |
    | `listings_restarted_total` | | listings that started again after a rejected cursor |
    | `listings_capped_total` | | listings that ended at Helix's cap: there may be more clips |

    `wait_seconds` is about turns, those after a 429 among them; the pauses before other retries are not in it. Clips
    are counted when their page is there (see `PageRead`); one from `AsyncClips.get` is on no page, but a request alone.

    All hooks of one registry and namespace count into the same metrics: one hook may serve several clients, or each may
    have its own. Clients that do not share a token bucket would overwrite each other's `points_remaining`: give them
    namespaces of their own.

    Args:
        registry: Where the metrics are registered; by default prometheus-client's own.
        namespace: What their names begin with.

    Raises:
        ValueError: The namespace makes no name of a metric, or others' metrics have these names.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY, *, namespace: str = "twitch_clips") -> None:
        """Register the metrics, or find those that another hook has registered there."""
        with _lock:
            made = _made.setdefault(registry, {})
            if namespace not in made:
                made[namespace] = _Metrics(registry, namespace)
            self._metrics = made[namespace]

    def __call__(self, event: Event) -> None:
        """Count it; an event of an unknown kind is nothing."""
        metrics = self._metrics
        match event:
            case Requested():
                status = "none" if event.status is None else str(event.status)
                metrics.requests.labels(event.path, status).inc()
                metrics.request_seconds.labels(event.path).observe(event.seconds)
                if event.remaining is not None:
                    metrics.points.set(event.remaining)
            case PageRead():
                metrics.pages.inc()
                metrics.records.inc(event.records)
                metrics.clips.inc(event.clips)
                metrics.duplicates.inc(event.duplicates)
            case Waited():
                metrics.wait_seconds.labels(event.path).observe(event.seconds)
            case Retried() | TokenRefused() | TurnedAway():
                metrics.counted_by_path[type(event)].labels(event.path).inc()
            case _:
                if (counter := metrics.counted.get(type(event))) is not None:
                    counter.inc()


class _Metrics:
    """The metrics of one namespace in one registry."""

    def __init__(self, registry: CollectorRegistry, namespace: str) -> None:
        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(name, what, labels, namespace=namespace, registry=None)

        def histogram(name: str, what: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(name, what, ["path"], namespace=namespace, registry=None, buckets=buckets)

        points = "Points left in the bucket, as Helix said last."
        self.points = Gauge("points_remaining", points, namespace=namespace, registry=None)
        self.points.set(nan)  # 0 would say that there are none
        self.requests = counter("requests", "Requests to Helix; status `none`: no whole answer.", "path", "status")
        self.request_seconds = histogram(
            "request_seconds", "Seconds from sending a request to its last byte.", _REQUEST_SECONDS
        )
        self.wait_seconds = histogram("wait_seconds", "Seconds that requests waited for their turns.", _WAIT_SECONDS)
        self.pages = counter("pages", "Pages that streams read, and batches of ids.")
        self.records = counter("records", "Records on those pages, as Helix sent them.")
        self.clips = counter("clips", "Clips of those pages that streams give.")
        self.duplicates = counter("duplicates", "Records of those pages left out, as the same clip came before.")
        self.counted_by_path = {kind: counter(*words, "path") for kind, words in _COUNTED_BY_PATH.items()}
        self.counted = {kind: counter(*words) for kind, words in _COUNTED.items()}
        named = (self.points, self.requests, self.request_seconds, self.wait_seconds)
        pages = (self.pages, self.records, self.clips, self.duplicates)
        _register(registry, [*named, *pages, *self.counted_by_path.values(), *self.counted.values()])


def _register(registry: CollectorRegistry, metrics: Sequence[Collector]) -> None:
    """All of them or none: with some of them there a second attempt would fail at its own."""
    for place, metric in enumerate(metrics):
        try:
            registry.register(metric)
        except ValueError:
            for one in metrics[:place]:
                registry.unregister(one)
            raise


# Registering a metric twice is an error of prometheus-client's, and a registry does not say what is in it.
_made: Final[WeakKeyDictionary[CollectorRegistry, dict[str, _Metrics]]] = WeakKeyDictionary()
_lock: Final = Lock()
