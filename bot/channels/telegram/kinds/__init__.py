"""One kind of update per file: ``matches`` says whether it is this kind, ``process`` stores it.

``KINDS`` is the order in which they are asked; the first that matches takes the update. What nobody takes (groups other
than the staff's, channel posts, service messages, kinds that Telegram invents later) is ignored.
"""

from __future__ import annotations

from bot.channels.telegram.kinds import (
    button,
    command,
    edited,
    media,
    membership,
    moved,
    staff_button,
    staff_reply,
    text,
)

KINDS = (staff_button, button, command, staff_reply, text, media, edited, membership, moved)

# What Telegram is asked for; everything else it keeps to itself.
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]

__all__ = ["ALLOWED_UPDATES", "KINDS"]
