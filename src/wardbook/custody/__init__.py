"""Bytes and the log: what was taken in, when, and that it has not changed since.

`store` keeps exhibits under their SHA-256, `log` the append-only record of every act on a book,
`merkle` the root hash that a checkpoint states. What a record means is not known here.
"""
