"""From a stored message to its answer: commands, the call to Rasa, the turn."""
