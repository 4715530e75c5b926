"""From fixes to paths, and from the names of places to coordinates."""
