"""What can be wrong with a request or an answer, by the exchange's HTTP statuses."""

from collections.abc import Sequence
from typing import Any


class MmeError(ValueError):
    """A request that cannot be answered: the HTTP status and a message for a person at the peer, never with data."""

    def __init__(self, status: int, message: str, *, supported_versions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.status, self.message, self.supported_versions = status, message, tuple(supported_versions)

    def body(self) -> dict[str, Any]:
        """The JSON body of the error."""
        versions = {"supportedVersions": list(self.supported_versions)} if self.supported_versions else {}
        return {"message": self.message} | versions
