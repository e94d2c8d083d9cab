"""The deck: a presentation of native text, charts, tables and shapes, composed from one frozen snapshot."""
