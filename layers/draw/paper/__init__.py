"""Pictures for print and slides: a sheet measured in points, drawn by matplotlib without any window or global state."""
