"""The forms that can be written: one module a family, each fed in batches, each file whole or not there."""
