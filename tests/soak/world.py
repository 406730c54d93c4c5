"""The server of a soak: its catalogue, what is true of it, and what happened there."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

import attrs

from tests.conftest import NOW
from twitch_clips import AsyncClips, Clip, ClipStream, Event
from twitch_clips.events import ListingRestarted, Requested
from twitch_clips.testing import FakeHelix, Manners, light_clips
from twitch_clips.testing.manners import CapEnding

Raw = Mapping[str, object]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WATCHED_LOGINS = {"example_streamer": "1000001", "quietotterplays": "1000002"}
WATCHED_ID, WATCHED_GAME, ELSEWHERE = "3000001", "490001", "3000009"
STILL_LOGIN, STILL_ID, OTHER_STILL_ID, STILL_GAME = "shiken_haishin", "1000003", "3000010", "490003"
CAPPED_ID, ARCHIVE_ID, FILE_ID = "3000012", "3000020", "3000021"
LATEST = 20 * MINUTE
_CAP_ENDINGS: list[CapEnding] = ["gone", "repeats"]
_LOSSLESS = Manners(latency=0.1, round_trip=(0.0, 0.4))


def chance_of(seed: int, whose: str) -> Random:
    """What somebody draws by, whatever the others draw."""
    return Random(f"{seed} {whose}")  # noqa: S311  (a scenario wants a seed)


def created(raw: Raw) -> datetime:
    """When a clip was made."""
    return datetime.fromisoformat(str(raw["created_at"]))


@attrs.frozen(kw_only=True)
class Question:
    """A listing that nothing is added to.

    Attributes:
        ask: Asks it.
        clips: The ids of all clips that pass `where`.
        where: The predicate that it is asked with.
        limit: The limit that it is asked with.
        is_capped: Whether Helix cuts it off.
    """

    ask: Callable[[AsyncClips], ClipStream]
    clips: frozenset[str]
    where: Callable[[Clip], bool] | None = None
    limit: int | None = None
    is_capped: bool = False


class World:
    """A Helix with a catalogue from a seed.

    Attributes:
        helix: The server.
        counts: What happened, by its name.
        clips: All clips, those published later included, by id.
        appeared: When the clips of the watched were listed, by id.
        is_moving: Whether views move.
        moved: How often they began or ceased to.
    """

    def __init__(self, seed: int) -> None:
        """Make the catalogue."""
        self.seed = seed
        self.counts: Counter[str] = Counter()
        self.appeared: dict[str, datetime] = {}
        self.is_moving = False
        self.moved = 0
        self._chance = chance_of(seed, "clips")
        self._whim = chance_of(seed, "manners")
        self._number = 0
        raw = [dict(clip) for clip in self._catalogue()]  # they are served often
        self.clips: dict[str, Raw] = {str(clip["id"]): clip for clip in raw}
        self._manners = attrs.evolve(_LOSSLESS, cap_ending=self._chance.choice(_CAP_ENDINGS))
        self.helix = FakeHelix(raw, limit=self._chance.choice((20, 40, 80, 800)), manners=self._manners)

    def of(self, channel: str) -> frozenset[str]:
        """The ids of a channel's clips."""
        return self.ids(lambda clip: clip["broadcaster_id"] == channel)

    def ids(self, is_one: Callable[[Raw], bool]) -> frozenset[str]:
        """The ids of some clips."""
        return frozenset(clip_id for clip_id, clip in self.clips.items() if is_one(clip))

    def hear(self, event: Event) -> None:
        """Count what a client tells of."""
        self.counts[type(event).__name__] += 1
        self.counts["429 heard"] += isinstance(event, Requested) and event.status == 429

    @property
    def listings_restarted(self) -> int:
        """How often a listing was read from its top again."""
        return self.counts[ListingRestarted.__name__]

    def change_manners(self, *, calm: bool) -> None:
        """Write the same things otherwise from now on; have views move, or stand still."""
        chance = self._whim
        self.moved += self.is_moving
        self.is_moving = not calm and chance.random() < 0.3
        self.moved += self.is_moving
        self.helix.manners = attrs.evolve(
            self._manners,
            moving_views=chance.choice((3, 40, 1500)) if self.is_moving else 0,
            fails_from=None if calm or chance.random() < 0.9 else chance.choice((100, 300)),
            short_pages=None if calm or chance.random() < 0.7 else chance.randint(20, 90),
            last_page=chance.choice(("empty_object", "missing", "null", "cursor_empty", "nowhere", "leads_to_empty")),
            full_page_has_cursor=chance.random() < 0.2,
            gzip=chance.random() < 0.3,
        )

    async def publish(self, seconds: float) -> None:
        """Let clips of the watched be made for so long, one in five of them listed late, and now and then very many."""
        appearing: list[tuple[float, Raw]] = []
        for moment in self._moments(seconds):
            is_late = self._chance.random() < 0.2
            delay = self._chance.random() * (LATEST.total_seconds() if is_late else 60)
            appearing.append((moment + delay, self._new_clip(NOW + timedelta(seconds=moment))))
        for moment, clip in sorted(appearing, key=lambda one: one[0]):
            await asyncio.sleep(moment - (self.helix.now - NOW).total_seconds())
            self.clips[str(clip["id"])] = clip
            self.appeared[str(clip["id"])] = self.helix.now
            self.helix.add(clip)

    def questions(self) -> list[Question]:
        """Listings to be read."""
        still = self.ids(lambda clip: clip["game_id"] == STILL_GAME)
        japanese = self.ids(lambda clip: clip["game_id"] == STILL_GAME and clip["language"] == "ja")
        start, end = NOW - 30 * DAY, NOW - 10 * DAY
        recent = self.of(STILL_ID) & self.ids(lambda clip: created(clip) >= NOW - 7 * DAY)
        between = self.of(STILL_ID) & self.ids(lambda clip: start <= created(clip) < end)
        featured = self.of(STILL_ID) & self.ids(lambda clip: bool(clip["is_featured"]))

        def is_japanese(clip: Clip) -> bool:
            return clip.language == "ja"

        return [
            Question(ask=lambda clips: clips.by_game(STILL_GAME, page_size=90), clips=still),
            Question(ask=lambda clips: clips.by_game(game="Kettle Quest", limit=130), clips=still, limit=130),
            Question(
                ask=lambda clips: clips.by_game(STILL_GAME, where=is_japanese, limit=40),
                clips=japanese,
                where=is_japanese,
                limit=40,
            ),
            Question(ask=lambda clips: clips.by_broadcaster(login=STILL_LOGIN, since="7d", page_size=10), clips=recent),
            Question(
                ask=lambda clips: clips.by_broadcaster(STILL_ID, started_at=start, ended_at=end, page_size=30),
                clips=between,
            ),
            Question(ask=lambda clips: clips.by_broadcaster(STILL_ID, is_featured=True, page_size=7), clips=featured),
            Question(
                ask=lambda clips: clips.by_broadcaster(CAPPED_ID, on_cap="ignore"),
                clips=self.of(CAPPED_ID),
                is_capped=True,
            ),
        ]

    def channels(self) -> list[Question]:
        """Listings of which each clip tells whose it is."""
        return [
            Question(ask=lambda clips: clips.by_broadcaster(STILL_ID, page_size=40), clips=self.of(STILL_ID)),
            Question(ask=lambda clips: clips.by_broadcaster(OTHER_STILL_ID), clips=self.of(OTHER_STILL_ID)),
        ]

    def _catalogue(self) -> Iterator[Raw]:
        # Nothing lies where seven days ago is at any moment of the soak.
        yield from self._spread(420, STILL_ID, STILL_GAME, 1.5, 6.5)
        yield from self._spread(300, OTHER_STILL_ID, STILL_GAME, 7.5, 60)
        yield from self._spread(250, STILL_ID, "490002", 7.5, 60)
        yield from self._spread(1150, CAPPED_ID, "509658", 2, 60)
        yield from self._spread(900, ARCHIVE_ID, "509658", 2, 60)
        for _ in range(8):
            day = self._chance.uniform(3, 59)
            yield from self._spread(self._chance.randint(50, 400), ARCHIVE_ID, "509658", day, day + 0.1)
        yield from self._spread(1300, FILE_ID, "509658", 2, 40)

    def _spread(self, count: int, channel: str, game: str, youngest: float, oldest: float) -> Iterator[Raw]:
        """So many clips, of so many days ago."""
        now = int(NOW.timestamp())
        moments = [now - int(self._chance.uniform(youngest, oldest) * 86_400) for _ in range(count)]
        views = [int(self._chance.paretovariate(0.8) * 5) for _ in moments]
        yield from light_clips(moments, views, broadcaster_id=channel, game_id=game, start=self._number)
        self._number += count

    def _moments(self, seconds: float) -> Iterator[float]:
        moment = 0.0
        while (moment := moment + self._chance.expovariate(1 / 30)) < seconds:
            yield moment
            if self._chance.random() < 0.03:
                yield from (moment + self._chance.random() * 60 for _ in range(60))

    def _new_clip(self, moment: datetime) -> Raw:
        channel = self._chance.choice([*WATCHED_LOGINS.values(), WATCHED_ID, ELSEWHERE])
        game = WATCHED_GAME if channel == ELSEWHERE else self._chance.choice((WATCHED_GAME, "490002"))
        self._number += 1
        [raw] = light_clips(
            [int(moment.timestamp())], [7], broadcaster_id=channel, game_id=game, start=self._number - 1
        )
        return raw
