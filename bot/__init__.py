"""The process people talk to, and the services behind its actions.

The layout follows the path of one message: ``channels`` (Telegram, web) → ``inbox`` → ``risk`` → ``dialogue`` (Rasa)
→ ``outbox``. ``escalation``, ``schedule``, ``people`` and ``coping`` are the services; ``db`` holds models and
migrations, ``nlu`` the components that run inside Rasa, ``web`` the pages. ``app.py`` builds it all.
"""
