"""An embedded Helix to try and test against, and an event loop whose time jumps. Nothing of the client is in it."""

from . import faults
from .catalogue import JUST_CHATTING, RawClip, synthetic_clips
from .fake_helix import FakeHelix
from .manners import TWITCH_CLI, Manners
from .virtual_loop import VirtualLoop

__all__ = [
    "JUST_CHATTING",
    "TWITCH_CLI",
    "FakeHelix",
    "Manners",
    "RawClip",
    "VirtualLoop",
    "faults",
    "synthetic_clips",
]
