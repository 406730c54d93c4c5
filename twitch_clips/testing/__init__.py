"""An embedded Helix to try and test against, and an event loop whose time jumps. Nothing of the client is in it."""

from .catalogue import JUST_CHATTING, RawClip, synthetic_clips
from .fake_helix import FakeHelix
from .virtual_loop import VirtualLoop

__all__ = ["JUST_CHATTING", "FakeHelix", "RawClip", "VirtualLoop", "synthetic_clips"]
