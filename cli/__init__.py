"""The same verbs from a terminal: `python -m cli …`, a contract that other programs call."""
