"""Pure geometry: arrays and frames in, arrays and frames out; no file, database, clock or user."""
