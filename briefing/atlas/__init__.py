"""The atlas: a page for each park or parcel chosen, with its map, its place in the city, and what is known of it."""
