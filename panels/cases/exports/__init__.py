"""A case out again in a format that others read. Each writer takes a ``ReadCase`` and is the mirror of its reader."""
