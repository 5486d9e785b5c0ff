"""Who the bot is on Telegram, and which group is the staff's."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Identity:
    """What a kind of update needs to know to tell whom it is for.

    ``username`` is unknown until Telegram has answered once. A group that Telegram turned into a supergroup has a new
    id; it stays the staff's.
    """

    bot_id: int
    username: str | None = None
    staff_chat_id: int | None = None
    _moved: dict[int, int] = field(default_factory=dict)

    def is_staff_chat(self, chat_id: int) -> bool:
        """Tell whether this is the staff's group, by its old id or its new one."""
        return self.staff_chat_id is not None and chat_id in (self.staff_chat_id, self.now_at(self.staff_chat_id))

    def moved(self, old: int, new: int) -> None:
        """Remember that a group has a new id."""
        self._moved[old] = new

    def now_at(self, chat_id: int) -> int:
        """Give the id that a chat has now."""
        return self._moved.get(chat_id, chat_id)
