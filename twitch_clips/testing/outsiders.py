"""Whoever is at work outside an event loop, as far as the loop can tell: by its sockets, its pipes and the threads."""

import socket
import threading
from collections.abc import Collection
from weakref import WeakSet


class Outsiders:
    """Knows the threads that were there before the loop, and the sockets that lead from the loop to itself.

    Attributes:
        own: File descriptors of the loop's own.
    """

    def __init__(self) -> None:
        """Whoever is there already is no outsider."""
        self.own: Collection[int] = ()
        self._known: WeakSet[threading.Thread] = WeakSet(threading.enumerate())

    def know_this_thread(self) -> None:
        """The loop hears from this one when it is done with what it was given."""
        self._known.add(threading.current_thread())

    def are_there(self, watched: Collection[int]) -> bool:
        """Whether there is a thread that nobody told of, or a file descriptor behind which somebody else may stand.

        Args:
            watched: The file descriptors that the loop waits for.
        """
        if any(thread not in self._known for thread in threading.enumerate()):
            return True
        ends = [_ends(file) for file in watched if file not in self.own]
        servers = {local for local, remote in ends if remote is _NOBODY}
        return not all(remote is _NOBODY or local in servers or remote in servers for local, remote in ends)


_NOBODY = "nobody"  # behind a socket that listens
_SOMEBODY = "somebody"


def _ends(file: int) -> tuple[object, object]:
    """Where a connection begins and where it leads to."""
    try:
        borrowed = socket.socket(fileno=file)
    except OSError:  # a pipe, or another kind of file
        return _SOMEBODY, _SOMEBODY
    try:
        if borrowed.type == socket.SOCK_STREAM and borrowed.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return borrowed.getsockname(), _NOBODY
        return borrowed.getsockname(), borrowed.getpeername()
    except OSError:  # not connected yet, or no more
        return _SOMEBODY, _SOMEBODY
    finally:
        borrowed.detach()  # it belongs to whoever opened it
