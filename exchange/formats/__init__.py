"""The formats that can be read: one module a family, each with ``read(path, wanted) -> Opened``.

All of this runs inside the reader process only (``exchange.reader_child``). A new family is a new module and a line in
``exchange.formats.opening``; what it gives back is checked, converted and mended in the same way as all others.
"""
