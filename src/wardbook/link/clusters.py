"""Groups of things that are the same, kept apart where two are known to be different."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


class Clusters:
    """Union-find over text keys that refuses to put two ``different`` keys into one cluster.

    The outcome depends on the order of the joins; callers join in an order of their own making.
    """

    def __init__(self, different: Iterable[tuple[str, str]] = ()) -> None:
        self._members: dict[str, set[str]] = {}
        self._root: dict[str, str] = {}
        self._different: dict[str, set[str]] = defaultdict(set)
        for left, right in different:
            self._different[left].add(right)
            self._different[right].add(left)

    def first(self, key: str) -> str:
        """The alphabetically first key of the cluster ``key`` is in; itself if it was never joined."""
        return min(self.members(key))

    def members(self, key: str) -> frozenset[str]:
        """Every key of the cluster ``key`` is in."""
        return frozenset(self._members.get(self._root.get(key, key), {key}))

    def join(self, left: str, right: str) -> bool:
        """Put two clusters together; False (and nothing done) if that joins two different keys."""
        lefts, rights = self.members(left), self.members(right)
        if lefts == rights:
            return True
        small, large = sorted((lefts, rights), key=len)
        if any(self._different.get(key, set()) & large for key in small):
            return False
        root = min(large)
        for key in small | large:
            self._root[key] = root
        self._members[root] = set(small | large)
        return True
