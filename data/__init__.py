"""Files that ship with the product: the schematic sample and the rule tables."""
