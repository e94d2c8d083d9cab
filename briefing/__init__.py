"""Briefings: slides, sheets and decks; one frozen snapshot in, bytes out."""
