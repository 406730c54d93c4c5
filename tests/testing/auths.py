"""Auths of a user's own: one that holds what it has to, and one for each thing that can be wrong with it."""

import asyncio
from collections import Counter
from typing import Any

from twitch_clips import AuthError

ASKED = Counter[str]()


class Sound:
    """An auth of a user's own, with no network behind it."""

    client_id: Any = "example"

    def __init__(self) -> None:
        """Nothing yet."""
        self.kept: str | None = None
        self.asking: asyncio.Future[str] | None = None

    async def token(self) -> str:
        """The kept one, or a new one for all."""
        if self.kept is None:
            self.asking = self.asking or asyncio.ensure_future(self.ask())
            return await asyncio.shield(self.asking)
        return self.kept

    async def ask(self) -> str:
        """Take a while for it."""
        ASKED["tokens"] += 1
        made = f"t0ken-{ASKED['tokens']}"
        for _ in range(5):
            await asyncio.sleep(0)
        self.kept, self.asking = made, None
        return made

    async def invalidate(self, stale: str, /) -> None:
        """If it is that one."""
        if stale == self.kept:
            self.kept = None


class Nameless(Sound):
    """It has no client id."""

    client_id = ""


class Changing(Sound):
    """Its client id is another one each time."""

    client_id = property(lambda _: f"example-{ASKED.update(names=1)}{ASKED['names']}")


class Numbered(Sound):
    """Its payer is a number."""

    payer = 7


class Eager(Sound):
    """It asks before anybody wants a token."""

    def __init__(self) -> None:
        """Count it."""
        super().__init__()
        ASKED["tokens"] += 1


class Talkative(Sound):
    """It shows its token."""

    def __repr__(self) -> str:
        """The token."""
        return f"Talkative({self.kept!r})"


class TalkativeLater(Sound):
    """It shows the token that was replaced."""

    stale = ""

    async def invalidate(self, stale: str, /) -> None:
        """Remember it."""
        await super().invalidate(stale)
        self.stale = stale if stale != "never-given" else self.stale

    def __str__(self) -> str:
        """That one."""
        return f"after {self.stale}"


class Payer(Sound):
    """Its payer is the token."""

    @property
    def payer(self) -> str:
        """The token."""
        return self.kept or ""


class Greedy(Sound):
    """Each who asks has a token asked for."""

    async def token(self) -> str:
        """Without a look at who else does."""
        return self.kept or await self.ask()


class Wasteful(Sound):
    """It asks for each, and gives all the same."""

    async def token(self) -> str:
        """The last one."""
        made = self.kept or await self.ask()
        await asyncio.sleep(1)
        return self.kept or made


class Forgetful(Sound):
    """It keeps no token."""

    async def token(self) -> str:
        """A new one for all who ask at once."""
        token = await super().token()
        self.kept = None
        return token


class Checking(Sound):
    """It asks again whether a good token is good."""

    async def token(self) -> str:
        """At the price of a request."""
        ASKED["tokens"] += self.kept is not None
        return await super().token()


class Stubborn(Sound):
    """A token that was refused is good enough."""

    async def invalidate(self, stale: str, /) -> None:
        """Never mind."""


class Hasty(Sound):
    """Whatever was refused, the token goes."""

    async def invalidate(self, stale: str, /) -> None:
        """Without a look at which."""
        self.kept = None if stale else self.kept


class Repeating(Sound):
    """It remembers the tokens it gave, and asks for a new one whatever was refused."""

    async def invalidate(self, stale: str, /) -> None:
        """In the background."""
        ASKED["tokens"] += stale != self.kept
        await super().invalidate(stale)


class Doubling(Sound):
    """A report while it asks has it ask again."""

    async def invalidate(self, stale: str, /) -> None:
        """For nothing."""
        ASKED["tokens"] += self.asking is not None
        await super().invalidate(stale)


class Splitting(Sound):
    """A report while it asks parts those who come later from those who came before."""

    async def invalidate(self, stale: str, /) -> None:
        """Begin anew."""
        self.asking = None
        await super().invalidate(stale)


class Contagious(Sound):
    """The cancel of one is that of all."""

    async def token(self) -> str:
        """Not shielded."""
        if self.kept is None:
            self.asking = self.asking or asyncio.ensure_future(self.ask())
            return await self.asking
        return self.kept


class Blocking(Sound):
    """Whoever asks first, and is cancelled, leaves the door shut."""

    shut: asyncio.Event | None = None

    async def token(self) -> str:
        """Wait for the first."""
        if self.kept is None and self.shut:
            await self.shut.wait()
        elif self.kept is None:
            self.shut = asyncio.Event()
            await self.ask()
            self.shut.set()
            self.shut = None
        assert self.kept
        return self.kept


class Crowded(Sound):
    """While it asks for one caller, the others are forgotten."""

    async def token(self) -> str:
        """Only for the first."""
        return await (asyncio.Future[str]() if self.asking else super().token())


class Sulking(Sound):
    """It gives no token, and says nothing."""

    async def token(self) -> str:
        """Wait for ever."""
        return await asyncio.Future[str]()


class Failing(Sound):
    """It fails in a way of its own."""

    async def token(self) -> str:
        """No `AuthError`."""
        raise ConnectionError("no route")


class Refused(Sound):
    """It gets no token, and says so."""

    words = "the server refuses it"

    async def token(self) -> str:
        """After a while."""
        await asyncio.sleep(0)
        raise AuthError(self.words)


class Blurting(Refused):
    """The secret is in its error."""

    words = "the server refuses s3cret"


class Hinting(Sound):
    """The secret is in what its error came from."""

    async def token(self) -> str:
        """As with `raise ... from`."""
        raise AuthError("the server refuses it") from ConnectionError("s3cret")


class Trailing(Sound):
    """The secret is in what it was handling when its error came."""

    async def token(self) -> str:
        """As with a plain `raise` in an `except`."""
        try:
            return str(int("s3cret"))
        except ValueError:
            raise AuthError("the server refuses it")  # noqa: B904  (that is what is wrong)


class Remembering(Refused):
    """Its secret shows once it has failed."""

    shown = ""

    async def token(self) -> str:
        """Remember."""
        self.shown = "s3cret"
        return await super().token()

    def __str__(self) -> str:
        """With it."""
        return f"Remembering({self.shown})"


class Once(Refused):
    """It fails once, and is silent ever after."""

    is_over = False

    async def token(self) -> str:
        """Wait for ever then."""
        await asyncio.sleep(0)
        if self.is_over:
            await asyncio.Event().wait()
        asyncio.get_running_loop().call_soon(setattr, self, "is_over", 1)  # from the next turn on
        return await super().token()
