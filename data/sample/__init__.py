"""The schematic Yiwu sample: how it is drawn, and the files that come of it."""
