"""Files spoiled at random, read the way files from outside are read: `python -m tests.fuzz --help`."""
