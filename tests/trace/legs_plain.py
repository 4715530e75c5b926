"""Fixes to legs, slowly: the definition of docs/reference/tracks.md in plain loops, the queries' oracle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from math import ceil, cos, floor, hypot, pi, radians

from tests.trace.faults import Fix
from wardbook.trace.distance import EARTH_RADIUS_M
from wardbook.trace.profiles import Profile

STOP, MOVE, UNSEEN = 0, 1, 2
E6_M = EARTH_RADIUS_M * pi / 180e6
Spot = tuple[int, int]


@dataclass(frozen=True)
class Node:
    """One fix that is looked at, and how many it stands for."""

    ts: int
    lat: int
    lon: int
    fixes: int

    @property
    def spot(self) -> Spot:
        return self.lat, self.lon


@dataclass(frozen=True)
class Edge:
    """One fix and the next."""

    a: Node
    b: Node

    @property
    def dt(self) -> int:
        return self.b.ts - self.a.ts

    @property
    def hop(self) -> int:
        return metres(self.a.spot, self.b.spot)


@dataclass
class Run:
    """Edges in a row of one kind; what it counts as, and the stay, leg or unobserved move it belongs to."""

    kind: int
    edges: list[Edge]
    goes: bool = False
    teleport: bool = False
    unseen: bool = False
    leg: int = 0

    @property
    def counts(self) -> bool:
        return self.kind == UNSEEN or (self.goes and not self.teleport)

    @property
    def start(self) -> int:
        return self.edges[0].a.ts

    @property
    def end(self) -> int:
        return self.edges[-1].b.ts

    @property
    def inside_s(self) -> int:
        return self.end - self.start - self.edges[0].dt - self.edges[-1].dt


@dataclass
class Parked:
    """What is known of where a vehicle stood between two legs."""

    start: int
    end: int
    arrived: int
    arrived_hi: int
    left: int
    left_lo: int
    edges: list[Edge] = field(default_factory=list)


@dataclass(frozen=True)
class PlainLeg:
    """One leg or unobserved move."""

    vehicle: int
    leg: int
    unseen: bool
    start: int
    start_lo: int
    start_hi: int
    end: int
    end_lo: int
    end_hi: int
    start_by: str
    end_by: str
    begin: Spot
    stop: Spot
    metres: int
    moving_s: int
    gap_s: int
    top_kmh: int | None
    fixes: int


def metres(a: Spot, b: Spot) -> int:
    """Whole metres on the plane that touches the middle latitude."""
    east = (b[1] - a[1] + 540_000_000) % 360_000_000 - 180_000_000
    return floor(E6_M * hypot(b[0] - a[0], east * cos(radians((a[0] + b[0]) / 2e6))) + 0.5)


def diagonal(spots: Sequence[Spot]) -> int:
    """Whole metres from corner to corner of the box around spots."""
    low, high = corners(spots)
    return metres(low, high)


def plain_legs(track: Sequence[Fix], profile: Profile) -> list[PlainLeg]:
    """The legs of a track in any order, vehicle by vehicle."""
    legs: list[PlainLeg] = []
    for vehicle, group in groupby(sorted(track), key=lambda fix: fix[0]):
        fixes = [fix[1:] for fix in group if max(abs(fix[2]), abs(fix[3])) >= 1_000]
        nodes = without_spikes(without_pieces(thinned(fixes, profile), profile), profile)
        legs += legs_of_vehicle(vehicle, [Edge(a, b) for a, b in pairwise(nodes)], profile)
    return legs


# ---------------------------------------------------------------- cleaning


def thinned(fixes: Sequence[tuple[int, int, int]], profile: Profile) -> list[Node]:
    """The first fix of every cell, and the last where the next four cells are empty."""
    cells: dict[int, dict[int, Spot]] = {}
    for ts, *spot in fixes:
        seconds = cells.setdefault(ts // profile.thin_s, {})
        seconds[ts] = min(seconds.get(ts, (spot[0], spot[1])), (spot[0], spot[1]))
    nodes = []
    for cell, seconds in sorted(cells.items()):
        first, last, count = min(seconds), max(seconds), len(seconds)
        lonely = last > first and not any(cell + ahead in cells for ahead in (1, 2, 3, 4))
        nodes.append(Node(first, *seconds[first], count - lonely))
        if lonely:
            nodes.append(Node(last, *seconds[last], 1))
    return nodes


def impossible(a: Node, b: Node, profile: Profile) -> bool:
    """Whether no vehicle gets from one fix to the other in time."""
    return metres(a.spot, b.spot) > profile.jump_m + profile.top_mps * (b.ts - a.ts)


def without_pieces(nodes: list[Node], profile: Profile) -> list[Node]:
    """The track without short pieces that the long pieces beside them cannot reach."""
    pieces: list[list[Node]] = []
    for node in nodes:
        if pieces and not impossible(pieces[-1][-1], node, profile):
            pieces[-1].append(node)
        else:
            pieces.append([node])
    longest = max((len(piece), -at) for at, piece in enumerate(pieces)) if pieces else (0, 0)
    long = [len(piece) > 8 or at == -longest[1] for at, piece in enumerate(pieces)]
    kept = []
    for at, piece in enumerate(pieces):
        before = next((pieces[i][-1] for i in range(at - 1, -1, -1) if long[i]), None)
        after = next((pieces[i][0] for i in range(at + 1, len(pieces)) if long[i]), None)
        parted = before is not None and after is not None and impossible(before, after, profile)
        doubted = len(piece) <= 3 or (before is not None and after is not None)
        unreached = (before is not None and impossible(before, piece[0], profile)) or (
            after is not None and impossible(piece[-1], after, profile)
        )
        if long[at] or parted or not doubted or not unreached:
            kept += piece
    return kept


def without_spikes(nodes: list[Node], profile: Profile) -> list[Node]:
    """The track without single far fixes between two long silences."""
    edges = [Edge(a, b) for a, b in pairwise(nodes)]
    far = [edge.hop > profile.jump_m and edge.dt >= 120 for edge in edges]
    spikes = {
        at
        for at in range(1, len(edges))
        if far[at - 1] and far[at] and metres(edges[at - 1].a.spot, edges[at].b.spot) <= profile.quiet_m
    }
    others = sorted(
        edge.dt
        for at, edge in enumerate(edges)
        if not {at, at + 1} & spikes and edge.hop > profile.stay_m and edge.dt <= profile.gap_s
    )
    pace = others[ceil(len(others) / 2) - 1] if others else 0
    return [
        node
        for at, node in enumerate(nodes)
        if at not in spikes or min(edges[at - 1].dt, edges[at].dt) < 4 * pace
    ]


# ---------------------------------------------------------------- stays and runs


def stays(edges: Sequence[Edge], profile: Profile) -> list[bool]:
    """Of every edge, whether it lies in a set of fixes in a row that is long enough and fits the box."""
    nodes = [edge.a for edge in edges] + [edge.b for edge in edges[-1:]]
    held = [False] * len(edges)
    for a, first in enumerate(nodes):
        box = [first.spot]
        for b in range(a + 1, len(nodes)):
            box = corners([*box, nodes[b].spot])
            if metres(*box) > profile.stay_m:
                break
            if nodes[b].ts - first.ts >= profile.stay_s:
                held[a:b] = [True] * (b - a)
            if nodes[b].ts - nodes[a + 1].ts >= profile.stay_s:
                break  # the rest is found from the next fix
    return held


def corners(spots: Sequence[Spot]) -> list[Spot]:
    """Two corners of the box around spots."""
    lats, lons = zip(*spots, strict=True)
    return [(min(lats), min(lons)), (max(lats), max(lons))]


def kind(edge: Edge, stays_here: bool, profile: Profile) -> int:
    if stays_here or (edge.dt >= profile.stay_s and edge.hop <= profile.quiet_m):
        return STOP
    if edge.dt > profile.gap_s or impossible(edge.a, edge.b, profile):
        return UNSEEN
    return MOVE


def runs_of(edges: Sequence[Edge], profile: Profile) -> list[Run]:
    """The runs of a vehicle's edges, each judged."""
    runs: list[Run] = []
    for edge, held in zip(edges, stays(edges, profile), strict=True):
        what = kind(edge, held, profile)
        if runs and runs[-1].kind == what != UNSEEN:
            runs[-1].edges.append(edge)
        else:
            runs.append(Run(what, [edge]))
    for run in runs:
        spots = [run.edges[0].a.spot, *(edge.b.spot for edge in run.edges)]
        run.goes = (
            run.kind == MOVE
            and sum(edge.hop for edge in run.edges) >= profile.path_m
            and any(is_fast(edge, profile) for edge in run.edges)
            and diagonal(spots) >= profile.extent_m
        )
    paced = [run for run in runs if run.goes and len(run.edges) > 2]
    pace = sum(run.inside_s for run in paced) / sum(len(run.edges) - 2 for run in paced) if paced else 0
    for run in runs:
        judge(run, pace, profile)
    legs = 0
    for run in runs:
        legs += run.counts
        run.leg = legs
    return runs


def judge(run: Run, pace: float, profile: Profile) -> None:
    """Whether a run of moves is a teleport, or nothing but silences."""
    first, last = run.edges[0], run.edges[-1]
    run.teleport = (
        run.goes
        and len(run.edges) > 1
        and min(first.hop, last.hop) > profile.jump_m
        and min(first.dt, last.dt) >= 2 * pace
        and first.dt + last.dt >= 8 * pace
        and run.inside_s < profile.stay_s
        and metres(first.a.spot, last.b.spot) <= profile.quiet_m
    )
    silent = pace > 0 and min(edge.dt for edge in run.edges) >= max(120, 4 * pace)
    run.unseen = run.kind == UNSEEN or (run.goes and silent and not run.teleport)


def is_fast(edge: Edge, profile: Profile) -> bool:
    return edge.hop > profile.slow_mps * edge.dt


# ---------------------------------------------------------------- where legs begin and end


def parked_after(leg: int, runs: Sequence[Run], profile: Profile) -> Parked | None:
    """The stay after leg ``leg`` (0: before the first)."""
    around = [run for run in runs if run.leg == leg and not run.counts]
    stops = [edge for run in around if run.kind == STOP for edge in run.edges]
    if not around:
        return None
    start, end = around[0].start, around[-1].end
    if not stops:
        return Parked(start, end, start, start, end, end)
    weight = 2 * sum(edge.dt for edge in stops)
    lat = sum(edge.dt * (edge.a.lat + edge.b.lat) for edge in stops) / weight
    lon = sum(edge.dt * (edge.a.lon + edge.b.lon) for edge in stops) / weight

    def off(node: Node) -> float:
        return hypot((node.lat - lat) * E6_M, (node.lon - lon) * E6_M * cos(radians(lat / 1e6)))

    def seen(within_m: float) -> list[int]:
        return [node.ts for edge in stops for node in (edge.a, edge.b) if off(node) <= within_m]

    near, core = seen(profile.place_m), seen(profile.place_m / 2)
    quiet = [edge for edge in stops if edge.dt >= 120 and not is_fast(edge, profile)]
    from_signs = near[:1] + [edge.a.ts for edge in quiet[:1]]
    to_signs = near[-1:] + [edge.b.ts for edge in quiet[-1:]]
    late = core[:1] + [stops[0].b.ts] * (stops[0].hop > profile.place_m)
    early = core[-1:] + [stops[-1].a.ts] * (stops[-1].hop > profile.place_m)
    return Parked(
        start,
        end,
        arrived=min(from_signs, default=start),
        arrived_hi=max(from_signs + late, default=start),
        left=max(to_signs, default=end),
        left_lo=min(to_signs + early, default=end),
    )


def legs_of_vehicle(vehicle: int, edges: Sequence[Edge], profile: Profile) -> Iterator[PlainLeg]:
    """The legs and unobserved moves of one vehicle."""
    if not edges:
        return
    runs = runs_of(edges, profile)
    for at, run in enumerate(runs):
        if run.counts:
            before = parked_after(run.leg - 1, runs, profile)
            after = parked_after(run.leg, runs, profile)
            yield finished(vehicle, run, at, runs, before, after, profile)


def finished(
    vehicle: int,
    run: Run,
    at: int,
    runs: Sequence[Run],
    before: Parked | None,
    after: Parked | None,
    profile: Profile,
) -> PlainLeg:
    """One leg with its ends, their bounds, and what is summed over its path."""
    fast = [edge for edge in run.edges if is_fast(edge, profile)]
    start, end = run.start, run.end
    if not run.unseen:
        start = before.left if before and before.left < run.start else fast[0].a.ts
        end = after.arrived if after and after.arrived > run.end else fast[-1].b.ts
    near = [other for other in runs if not other.counts and other.leg in {run.leg - 1, run.leg}]
    path = [
        edge
        for part in ([run] if run.unseen else [*near, run])
        for edge in part.edges
        if start <= edge.a.ts and edge.b.ts <= end
    ]
    path.sort(key=lambda edge: edge.a.ts)
    start, end = path[0].a.ts, path[-1].b.ts
    later, latest, earlier, earliest = between_fixes(path, profile)
    gaps_before = [r for r in runs if r.unseen and r.leg == run.leg - 1 and r.counts]
    gaps_after = [r for r in runs if r.unseen and r.leg == run.leg + 1 and r.counts]
    if before:
        off_lo = min(before.left, max(before.left_lo, before.left - profile.stay_s))
    else:
        off_lo = gaps_before[0].start if gaps_before else run.start - profile.wake_s
    if after:
        on_hi = max(after.arrived, min(after.arrived_hi, after.arrived + profile.stay_s))
    else:
        on_hi = gaps_after[0].end if gaps_after else run.end
    off_hi = before.end if before else fast[0].a.ts if fast else start
    on_lo = after.start if after else fast[-1].b.ts if fast else end
    thin = profile.thin_s
    start_by = "gap" if run.unseen else "stay" if before else "gap" if at else "record"
    end_by = "gap" if run.unseen else "stay" if after else "gap" if at + 1 < len(runs) else "record"
    return PlainLeg(
        vehicle=vehicle,
        leg=run.leg,
        unseen=run.unseen,
        start=start if run.unseen else start + later,
        start_lo=start if run.unseen else min(start, off_lo) - thin,
        start_hi=end if run.unseen else max(start + latest, off_hi) + thin,
        end=end if run.unseen else end - earlier,
        end_lo=start if run.unseen else min(end - earliest, on_lo) - thin,
        end_hi=end if run.unseen else max(end, on_hi) + thin,
        start_by=start_by,
        end_by=end_by,
        begin=path[0].a.spot,
        stop=path[-1].b.spot,
        metres=sum(edge.hop for edge in path),
        moving_s=0 if run.unseen else sum(edge.dt for edge in path if is_fast(edge, profile)),
        gap_s=sum(edge.dt for edge in path if edge.dt > 120),
        top_kmh=None if run.unseen else max(edge.hop * 36 // (edge.dt * 10) for edge in path),
        fixes=sum(edge.a.fixes for edge in path) + 1,
    )


def between_fixes(path: Sequence[Edge], profile: Profile) -> tuple[int, int, int, int]:
    """How long after the first fix it set off, and before the last it stopped: likely, and at most."""
    first, last = path[0], path[-1]
    seconds = path[-1].b.ts - path[0].a.ts - first.dt - last.dt
    inner = sum(edge.hop for edge in path) - first.hop - last.hop
    pace = max(profile.slow_mps * 6, inner / seconds if seconds > 0 else 0)
    waits = [
        floor(edge.dt - min(edge.dt, edge.hop / pace)) if edge.dt > 2 * profile.thin_s else 0
        for edge in (first, last)
    ]
    most = [edge.dt if edge.dt > 2 * profile.thin_s else 0 for edge in (first, last)]
    return waits[0], most[0], waits[1], most[1]
