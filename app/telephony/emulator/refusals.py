"""How the emulated network's interface refuses a request: in Twilio's shape."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RestError(Exception):
    """A refusal in Twilio's shape."""

    status: int
    code: int
    message: str

    def as_json(self) -> dict[str, Any]:
        """Return the body."""
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": more, "status": self.status}
