"""How an error answer is written."""

from http import HTTPStatus


class RefusalError(Exception):
    """A request that is not granted.

    Args:
        status: The HTTP status.
        message: Text for people, may be empty (TI#592).
    """

    def __init__(self, status: int, message: str = "") -> None:
        """Keep both."""
        super().__init__(status, message)
        self.status = status
        self.message = message

    def helix_body(self) -> dict[str, object]:
        """`error` is the reason phrase, `status` the number again (TI#592 and every recorded answer)."""
        return {"error": HTTPStatus(self.status).phrase, "status": self.status, "message": self.message}

    def auth_body(self) -> dict[str, object]:
        """The token server's shape has no `error` (recorded answers of id.twitch.tv)."""
        return {"status": self.status, "message": self.message}
