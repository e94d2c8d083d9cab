"""How much of a file from outside is taken: sizes, counts and times, each with its reason."""

from __future__ import annotations

from typing import Final

# a million parcels as GeoJSON is about 700 MB; a GeoPackage of them 300 MB
MOST_FILE_BYTES: Final = 1 << 30
# JSON is held whole while it is looked through (about eight times its text), inside the reader's memory limit
MOST_JSON_BYTES: Final = 400 << 20
# text is held as lines while it is looked through; four million boundary points are some 40,000 parcels of a province
MOST_TEXT_BYTES: Final = 300 << 20
MOST_TEXT_LINES: Final = 4_000_000
# one point or one parcel a line: a longer line is none of them
MOST_LINE_CHARACTERS: Final = 10_000
# one cell may be the WKT of a boundary with some 400,000 vertices
MOST_CELL_CHARACTERS: Final = 16 << 20
MOST_CELLS: Final = 20_000_000
# rings of one parcel; what nests or crosses costs the square of their number
MOST_RINGS: Final = 5_000
MOST_ROWS: Final = 2_000_000
MOST_COLUMNS: Final = 500
MOST_LAYERS: Final = 1_000
# Python's XML parser takes any depth; no document that people write is deeper
MOST_XML_DEPTH: Final = 100
# a drawing becomes objects of about 20 times its text, inside the reader's memory limit
MOST_DXF_BYTES: Final = 200 << 20
MOST_DXF_ENTITIES: Final = 1_000_000
# blocks are opened in place while they come to no more than this; 10,000 take a second
MOST_DXF_OPENED: Final = 200_000
MOST_DXF_VERTICES: Final = 20_000_000
MOST_DXF_BLOCK_DEPTH: Final = 8

ZIP_MOST_ENTRIES: Final = 2_000
ZIP_MOST_BYTES: Final = 1 << 30
# text of coordinates packs about 5 to 1, runs of equal digits 30 to 1; a bomb packs 1,000 to 1
ZIP_MOST_RATIO: Final = 200
# below this a high ratio harms nobody (a .dbf of blanks packs well)
ZIP_RATIO_MATTERS_FROM_BYTES: Final = 32 << 20

READER_MEMORY_BYTES: Final = 6 << 30
READER_OUTPUT_BYTES: Final = 2 << 30
READER_CPU_S: Final = 120
READER_WALL_S: Final = 180

# a few stray rows are a fault of those rows; more than one in a hundred make it a file for another place
MOST_STRAY_SHARE: Final = 0.01
# faults are listed one by one up to here; the counts in the report are always complete
MOST_LISTED_EXAMPLES: Final = 5
