"""What goes to somebody beside the news, for which the news makes room."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that was sent to a chat in answer to something."""

    channel: str
    chat_id: int
    """By the messenger's own number."""
    at: datetime
