"""The report: one page for people, and the data files it can be recomputed from."""
