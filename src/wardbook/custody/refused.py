"""What the log's readers say of bytes that are not what they must be."""

from __future__ import annotations


class Refused(ValueError):  # noqa: N818 - the name says what was done with the bytes
    """Bytes, a text or a proof that is not accepted; says what was expected and what was found."""
