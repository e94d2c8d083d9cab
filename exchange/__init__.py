"""Files in, files out: what comes from outside is read in a sandbox, what goes out is written whole or not at all."""
