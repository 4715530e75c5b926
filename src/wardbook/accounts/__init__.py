"""What each use cost, who bears it, what is owed, and what stated figures rest on."""
