"""What clips are written to: the contract that every format here keeps, and that one of your own can keep."""

from importlib import import_module
from typing import Protocol, runtime_checkable

from twitch_clips import Batch, ClipPage, ExportError

Piece = Batch | ClipPage
"""Clips that Helix gave together: both have `clips` and `fetched_at`."""


@runtime_checkable
class Sink(Protocol):
    """Somewhere that clips go to: `export.write(stream_or_job, sink)` drives it.

    The methods are called in the order in which they stand here; `write` for each piece. What it raises is raised to
    whoever called `export.write`, so let that be an `ExportError`. No method makes a request to Helix.

    A sink can be the checkpoint store of a backfill as well, so that what is there and what is known to be there cannot
    disagree. It is a `StateStore` then: `save(text)` has everything that was written before stand together with the
    text, at one stroke, and takes both before it first awaits anything; if it fails it can be tried again. Its `write`
    awaits nothing, so that no save comes between some pieces and what the backfill notes of them. Or it is a
    `StateStores`, where it holds the clips of several questions.
    """

    async def open(self) -> None:
        """Check and prepare: nothing that is there is changed by it. No request was made yet."""
        ...

    async def write(self, piece: Piece, /) -> None:
        """Take clips, in the order in which they come. They are not there for others before a commit, or a save."""
        ...

    async def commit(self) -> None:
        """Have what was written stand. Of a stream this is all of it, at one stroke."""
        ...

    async def close(self) -> None:
        """Let go. What was not committed is dropped, and what was there before stands.

        It is called in any case: after an error, after an `open` that failed, and may be called twice.
        """
        ...


def require(extra: str, *libraries: str) -> None:
    """Load libraries of an extra. It may take a while: for a thread.

    Raises:
        ExportError: One is missing, or cannot be loaded.
    """
    for library in libraries:
        try:
            import_module(library)
        except ImportError as error:
            is_missing = isinstance(error, ModuleNotFoundError) and error.name == library
            problem = "is missing" if is_missing else f"cannot be loaded ({str(error).splitlines()[0]})"
        else:
            continue
        raise ExportError(f"{library} {problem}: pip install 'twitch-clips[{extra}]'")
