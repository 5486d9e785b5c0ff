"""Understanding a message: the Rasa components, each around a module that knows nothing of Rasa."""
