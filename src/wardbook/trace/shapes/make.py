"""Make the shapes that ship, from npm packages; for developers, users have the output.

::

    npm pack us-atlas@3.0.1 world-atlas@2.0.2 i18n-iso-countries@7.14.0
    python -m wardbook.trace.shapes.make us-atlas-*.tgz world-atlas-*.tgz i18n-iso-countries-*.tgz

The last one only gives the two letters of each country's number. ``source.json`` keeps the packages'
versions and digests and the digests of what was made.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wardbook.records.engine import Engine, literal
from wardbook.records.states import STATES
from wardbook.trace.grid import CELL
from wardbook.trace.shapes.held import SHAPE_POINTS, SHAPE_REGIONS, US, WORLD
from wardbook.trace.shapes.topology import Line, Shape, corners_met, lines_of, read_topology

HERE = Path(__file__).parent

AREAS = {"60": "AS", "66": "GU", "69": "MP", "72": "PR", "78": "VI"}
"""Postal codes of the areas outside the states, by the number the Census Bureau gives them."""

_OF_THE_US = frozenset({"AS", "GU", "MP", "PR", "UM", "VI"})
"""Codes of countries that are of the United States."""

_WITHOUT_NUMBER = {"Kosovo": "XK"}
"""Codes in use for shapes that have no number; others keep their name."""


@dataclass(frozen=True)
class Region:
    """One row of `held.SHAPE_REGIONS`."""

    code: int
    layer: int
    county: str | None
    name: str
    region: str
    country: str


def codes(count: int) -> list[int]:
    """``count`` whole numbers such that a + b = c + d only for the same pair (Erdős and Turán 1941).

    0 counts as one of them. So a sum of steps across lines that cross each other never looks like a shape.
    """
    prime = next(n for n in range(count + 1, 2 * count + 3) if _is_prime(n))
    return [2 * prime * k + k * k % prime for k in range(1, count + 1)]


def regions_of(
    counties: Sequence[Shape], countries: Sequence[Shape], letters: dict[str, str]
) -> list[Region]:
    """The shapes in order, with their codes. Raises `KeyError` for a state or country number not known."""
    numbers = iter(codes(len(counties) + len(countries)))
    states = _states()
    found = []
    for shape in counties:
        fips = shape.id or ""
        found.append(Region(next(numbers), US, fips, shape.name, states[fips[:2]], "US"))
    for shape in countries:
        letter = letters[shape.id] if shape.id else _WITHOUT_NUMBER.get(shape.name, shape.name)
        country = "US" if letter in _OF_THE_US else letter
        found.append(Region(next(numbers), WORLD, None, shape.name, region_code(country), country))
    return found


def region_code(country: str) -> str:
    """The code of a country among regions: marked where a state has the same, as in the gazetteer."""
    return f"country {country}" if country in STATES.values() else country


def make(us: Path, world: Path, iso: Path, folder: Path) -> dict[str, Any]:
    """Write ``lines.parquet`` and ``regions.parquet`` into ``folder``; returns what ``source.json`` says."""
    counties = read_topology(_json(us, "counties-10m.json"), "counties")
    countries = read_topology(_json(world, "countries-50m.json"), "countries")
    letters = {number: two for two, _, number, *_ in _json(iso, "codes.json")}
    layers = {US: lines_of(counties), WORLD: lines_of(countries)}
    for line in (line for lines in layers.values() for line in lines):
        if met := corners_met(line, CELL):
            raise ValueError(f"a line passes through corners of the grid: {met}; move the grid")
    regions = regions_of(counties.shapes, countries.shapes, letters)
    first_country = len(counties.shapes)
    rows = [
        *_point_rows(US, layers[US], [0, *(region.code for region in regions[:first_country])]),
        *_point_rows(WORLD, layers[WORLD], [0, *(region.code for region in regions[first_country:])]),
    ]
    with Engine() as engine:
        engine.load(SHAPE_POINTS, (dict(zip(SHAPE_POINTS.names, row, strict=True)) for row in rows))
        engine.load(SHAPE_REGIONS, (asdict(region) for region in regions))
        _write(engine, _LINES, folder / "lines.parquet")
        _write(engine, _REGIONS, folder / "regions.parquet")
    return {
        "packages": [_package(path) for path in (us, world, iso)],
        "made": {name: _sha256(folder / name) for name in ("lines.parquet", "regions.parquet")},
    }


_LINES = """
SELECT CAST(layer AS TINYINT) AS layer, CAST(line AS INTEGER) AS line, CAST(step AS INTEGER) AS step,
       CAST(x AS INTEGER) AS x, CAST(y AS INTEGER) AS y, CAST(left_code AS INTEGER) AS left_code,
       CAST(right_code AS INTEGER) AS right_code, seam
FROM shape_points ORDER BY layer, line, step
"""
_REGIONS = "SELECT * REPLACE (CAST(layer AS TINYINT) AS layer) FROM shape_regions ORDER BY code"


def _write(engine: Engine, query: str, path: Path) -> None:
    engine.define(
        f"COPY ({query}) TO {literal(str(path))} "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19, PARQUET_VERSION v2)"
    )


def _point_rows(layer: int, lines: Iterable[Line], code: Sequence[int]) -> Iterable[tuple[Any, ...]]:
    for number, line in enumerate(lines):
        for step, (x, y) in enumerate(line.points):
            yield layer, number, step, x, y, code[line.left], code[line.right], line.seam


def _states() -> dict[str, str]:
    """Postal code of a state by its number: numbers follow the order of names, with gaps for areas."""
    numbers = [n for n in range(1, 57) if n not in (3, 7, 14, 43, 52)]
    names = sorted(name for name in STATES if name != "Puerto Rico")
    return {f"{n:02}": STATES[name] for n, name in zip(numbers, names, strict=True)} | AREAS


def _is_prime(n: int) -> bool:
    return all(n % d for d in range(2, int(n**0.5) + 1))


def _json(package: Path, name: str) -> Any:
    with tarfile.open(package) as archive:
        held = archive.extractfile(f"package/{name}")
        if held is None:
            raise FileNotFoundError(f"{package} has no {name}")
        return json.load(held)


def _package(path: Path) -> dict[str, str]:
    about = _json(path, "package.json")
    return {
        "name": about["name"],
        "version": about["version"],
        "license": about["license"],
        "sha256": _sha256(path),
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Make the shapes anew from three packages."""
    us, world, iso = (Path(argument) for argument in sys.argv[1:4])
    with tempfile.TemporaryDirectory() as scratch:
        made = make(us, world, iso, Path(scratch))
        for name in made["made"]:
            (HERE / name).write_bytes((Path(scratch) / name).read_bytes())
    (HERE / "source.json").write_text(json.dumps(made, indent=2) + "\n", "utf-8")
    sys.stdout.write(json.dumps(made["made"], indent=2) + "\n")


if __name__ == "__main__":
    main()
