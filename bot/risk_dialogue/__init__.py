"""What happens after a message with risk: the first reply, the questions that follow, answers to them, silence.

``first_replies.yml`` has the first words (also used while Rasa is down), ``steps.yml`` the questions of each category
and where an answer leads, ``data/responses/risk.yml`` their wording. ``conversation.py`` decides, without Rasa and
without a database; ``reporting.py`` tells staff; ``policy.py`` makes Rasa listen to it.
"""
