"""Bytes and the log: what was taken in, when, and that it has not changed since.

`store` keeps exhibits under their SHA-256, `log` the append-only record of every act on a book. What a
stranger needs to check it is in `tree` (hashes and proofs), `note`, `checkpoint` and `keys` (signed heads),
`tiles` (a log as files), `proof_file`, `policy` (which witnesses are enough) and `commitment` (words withheld
or forgotten): these import the standard library and ``cryptography`` alone. What a record means is not known
here.
"""
