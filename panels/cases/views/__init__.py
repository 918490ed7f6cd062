"""Pages of a case, seen by its treating side."""
