"""The probe's questions, one after the other; one that fails stops none of the others."""

from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from datetime import datetime
from typing import Self

import attrs

from twitch_clips import AsyncClips, TwitchClipsError, Window

from . import probe_verdicts as verdicts
from .probe_bucket import ask_bucket
from .probe_lateness import ask_lateness
from .probe_listings import FIRST_CLIPS, Sample, Subject, ask_cap, ask_edges, ask_grid, ask_widths
from .probe_meter import Meter
from .probe_verdicts import GRID, Meaning, Refill, Verdict
from .text import one_line

QUESTIONS: Mapping[str, str] = {
    "grid": "are both ends of a window cut down to ten minutes?",
    "edges": "of windows that meet, which has the clip made there?",
    "cap": "when and how does the longest listing end?",
    "width": "does a wide window lack clips of narrow ones?",
    "refill": "how fast do points come back after a burst?",
    "reset": "what comes at Ratelimit-Reset?",
    "lateness": "how long after they are made are clips listed?",
}
_MOMENT = Window(started_at=FIRST_CLIPS, ended_at=FIRST_CLIPS + GRID)


@attrs.frozen
class Finding:
    """What came of a question.

    Attributes:
        question: Its name.
        meaning: What came, and what that means.
        requests: What it cost; what several need is paid by the first.
    """

    question: str
    meaning: Meaning
    requests: int

    @property
    def fields(self) -> Mapping[str, object]:
        """For a program."""
        return {
            "question": self.question,
            "asked": QUESTIONS[self.question],
            "came": self.meaning.came,
            "verdict": self.meaning.verdict.value,
            "why": self.meaning.why,
            "requests": self.requests,
        }


@attrs.define
class Probe:
    """Asks one Helix about one game or channel."""

    _clips: AsyncClips
    _meter: Meter
    _subject: Subject
    _now: datetime
    _minutes: int
    _sampled: Sample | None = None
    _refilled: Refill | None = None

    @classmethod
    async def of(cls, clips: AsyncClips, meter: Meter, selector: str, value: str, *, minutes: int) -> Self:
        """By an option that says whose clips; one request tells the server's time, and one more a name's id.

        Raises:
            TwitchClipsError: Nothing can be asked so: wrong credentials, no network, a name that Twitch does not know.
        """
        subject = await Subject.of(clips, selector, value)
        page = await subject.page(clips, _MOMENT, page_size=1)
        return cls(clips, meter, subject, page.fetched_at, minutes)

    async def findings(self, names: Collection[str], tell: Callable[[str], None]) -> AsyncGenerator[Finding]:
        """What comes of these questions, in the order of all; each is told of before it is asked."""
        for name in QUESTIONS:
            if name in names:
                tell(f"{name}: {QUESTIONS[name]}")
                before = self._meter.requests
                try:
                    meaning = await self._ask(name)
                except TwitchClipsError as error:
                    meaning = Meaning("an error", Verdict.UNTOLD, one_line(str(error)))
                yield Finding(name, meaning, self._meter.requests - before)

    async def _ask(self, name: str) -> Meaning:
        match name:
            case "grid":
                meaning = verdicts.of_grid(await ask_grid(self._clips, await self._sample()))
            case "edges":
                meaning = verdicts.of_edges(await ask_edges(self._clips, await self._sample()))
            case "cap":
                meaning = verdicts.of_cap(await ask_cap(self._clips, self._subject, self._now))
            case "width":
                meaning = verdicts.of_widths(await ask_widths(self._clips, await self._sample()))
            case "refill":
                meaning = verdicts.of_refill(await self._refill())
            case "reset":
                meaning = verdicts.of_reset(await self._refill())
            case _:
                meaning = await self._lateness()
        return meaning

    async def _sample(self) -> Sample:
        if self._sampled is None:
            self._sampled = await Sample.of(self._clips, self._subject, self._now)
        return self._sampled

    async def _refill(self) -> Refill:
        if self._refilled is None:
            self._refilled = await ask_bucket(self._clips, self._subject, _MOMENT, self._meter)
        return self._refilled

    async def _lateness(self) -> Meaning:
        if not self._minutes:
            return Meaning("nothing was asked", Verdict.SKIPPED, "--minutes says for how long to look")
        page = await self._subject.page(self._clips, _MOMENT, page_size=1)  # the time has gone on
        return verdicts.of_lateness(await ask_lateness(self._clips, self._subject, self._minutes, page.fetched_at))
