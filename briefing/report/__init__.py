"""The report (简报): a few pages of A4 in words, figures, tables and one map, from one frozen snapshot."""
