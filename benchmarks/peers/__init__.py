"""The same questions put to our engine and to others, one module each: `ways(data)` maps questions to what answers."""
