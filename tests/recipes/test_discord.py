"""The README's Discord bot, without Discord: its network is left out, and all else is as it is."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import NOW
from twitch_clips import UnknownName
from twitch_clips.testing import FakeHelix, RawClip, faults, synthetic_clips

from .conftest import Script

pytestmark = pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")  # by `import discord`
CHANNELS = ("example_streamer", "quietotterplays")


class Discord:
    """Discord, as far as the bot gets to see it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand where its network would be."""
        self.posts: list[tuple[int, str]] = []
        self.replies: list[str] = []
        self.is_over = asyncio.Event()
        self.bot: Any = None
        here = self

        async def login(bot: Any, _token: str) -> None:
            here.bot = bot

        async def connect(_bot: Any) -> None:
            await here.is_over.wait()

        async def send(channel: Any, content: str) -> None:
            here.posts.append((channel.id, content))

        monkeypatch.setattr("discord.Client.login", login)
        monkeypatch.setattr("discord.Client.connect", connect)
        monkeypatch.setattr("discord.abc.Messageable.send", send)
        monkeypatch.setenv("DISCORD_TOKEN", "a token")
        monkeypatch.setenv("DISCORD_CHANNEL", "7")

    async def say(self, content: str, *, is_bot: bool = False) -> None:
        """Have somebody write a message."""

        async def reply(text: str) -> None:
            self.replies.append(text)

        await self.bot.on_message(SimpleNamespace(author=SimpleNamespace(bot=is_bot), content=content, reply=reply))


@pytest.fixture
def discord(monkeypatch: pytest.MonkeyPatch) -> Discord:
    """Discord."""
    return Discord(monkeypatch)


def start(script: Script, *logins: str) -> asyncio.Task[None]:
    """The bot, running."""
    (main,), _ = script("discord.Client", *logins, until="asyncio.run")
    return asyncio.ensure_future(main)


async def stop(bot: asyncio.Task[None]) -> None:
    """As Ctrl-C does; nothing of it goes on."""
    bot.cancel()
    await asyncio.wait([bot])
    assert bot.cancelled()


def fresh(helix: FakeHelix, number: int, channel: str = "1000001") -> RawClip:
    """A clip made a moment ago."""
    [clip] = synthetic_clips(1, now=NOW, seed=1000 + number)
    moment = helix.now - timedelta(seconds=20)
    return clip | {"broadcaster_id": channel, "created_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}


async def test_it_posts_new_clips_once(helix: FakeHelix, script: Script, discord: Discord) -> None:
    """Nothing old; after a stop, what was made meanwhile."""
    bot = start(script, *CHANNELS)
    await asyncio.sleep(200)
    assert discord.posts == []
    first, second = fresh(helix, 1), fresh(helix, 2, "1000002")
    helix.add(first, second)
    await asyncio.sleep(200)
    await stop(bot)
    assert discord.bot.is_closed()
    third = fresh(helix, 3)
    helix.add(third)
    await asyncio.sleep(600)
    bot = start(script, *CHANNELS)
    await asyncio.sleep(200)
    await stop(bot)
    posted = [content.splitlines()[-1] for channel, content in discord.posts if channel == 7]
    assert sorted(posted[:2]) == sorted(str(clip["url"]) for clip in (first, second))
    assert posted[2:] == [third["url"]]


async def test_an_outage_of_twitch_does_not_end_it(helix: FakeHelix, script: Script, discord: Discord) -> None:
    """Of Helix, or of its token server, however long; what was made meanwhile is posted after it."""
    bot = start(script, *CHANNELS)
    await asyncio.sleep(200)
    helix.revoke()
    helix.fail(faults.status(503), times=None)
    helix.fail(faults.status(503), on="token", times=None)
    await asyncio.sleep(3600)
    helix.add(made := fresh(helix, 1))
    await asyncio.sleep(1800)
    helix.heal()
    await asyncio.sleep(1000)
    await stop(bot)
    assert [content.splitlines()[-1] for _, content in discord.posts] == [made["url"]]


async def test_it_answers_links_to_clips(helix: FakeHelix, script: Script, discord: Discord) -> None:
    """Each that is known, at one request for a message; not its own, and no other messages."""
    bot = start(script, *CHANNELS)
    await asyncio.sleep(1)
    first, second = fresh(helix, 1), fresh(helix, 2)
    helix.add(first, second)
    before = len(helix.targets)
    await discord.say(f"<{first['url']}>, {second['url']}?! https://clips.twitch.tv/NoSuchOtter")
    assert [reply.split(",")[0] for reply in discord.replies] == [first["title"], second["title"]]
    assert len(helix.targets) == before + 1
    await discord.say("no link")
    await discord.say(str(first["url"]), is_bot=True)
    assert (len(helix.targets), len(discord.replies)) == (before + 1, 2)
    await stop(bot)


async def test_it_ends_when_discord_does(script: Script, discord: Discord) -> None:
    """A bot that was closed by a command of its own watches no more."""
    bot = start(script, *CHANNELS)
    await asyncio.sleep(100)
    discord.is_over.set()
    async with asyncio.timeout(100):
        await bot
    assert discord.bot.is_closed()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_it_does_not_stay_behind_without_posting(script: Script, discord: Discord) -> None:
    """What ends the watch ends the bot, and is shown."""
    bot = start(script, "nobody_at_all")
    with pytest.raises(ExceptionGroup) as raised:
        await bot
    assert raised.group_contains(UnknownName)
    assert discord.bot.is_closed()
