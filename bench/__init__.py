"""Speed figures of the whole stack, each beside the same load on Rasa's starter bot: ``make bench``."""
