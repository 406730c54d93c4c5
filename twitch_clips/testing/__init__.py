"""An embedded Helix to try and test against, an event loop whose time jumps, and what any bucket has to hold.

Nothing of the client is in it, but for the records and errors that a bucket of your own speaks in.
"""

from . import faults
from .auth_check import check_auth
from .bucket_check import check_bucket
from .catalogue import JUST_CHATTING, RawClip, synthetic_clips
from .channel import synthetic_channel
from .fake_helix import FakeHelix
from .light_clips import light_clips
from .manners import TWITCH_CLI, Manners
from .sink_check import check_sink
from .virtual_loop import VirtualLoop

__all__ = [
    "JUST_CHATTING",
    "TWITCH_CLI",
    "FakeHelix",
    "Manners",
    "RawClip",
    "VirtualLoop",
    "check_auth",
    "check_bucket",
    "check_sink",
    "faults",
    "light_clips",
    "synthetic_channel",
    "synthetic_clips",
]
