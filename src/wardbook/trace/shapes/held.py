"""The shapes as they ship: their tables, their files, and where they come from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, WHOLE, YESNO, Column, Table

US, WORLD = 1, 2
"""The layers: counties of the United States, countries of the world."""

SHAPE_POINTS = Table(
    "shape_points",
    "one point of a line between two shapes",
    (
        Column("layer", WHOLE, "1: counties of the United States; 2: countries"),
        Column("line", WHOLE, "the line"),
        Column("step", WHOLE, "order along the line, from 0"),
        Column("x", WHOLE, "longitude, millionths of a degree east of 180° W"),
        Column("y", WHOLE, "latitude, millionths of a degree north of 90° S"),
        Column("left_code", WHOLE, "shape on the left of the line; 0: none"),
        Column("right_code", WHOLE, "shape on the right of the line; 0: none"),
        Column("seam", YESNO, "no border: where a shape begins at 180° W"),
    ),
)

SHAPE_REGIONS = Table(
    "shape_regions",
    "one shape: a county, or a country",
    (
        Column("code", WHOLE, "number of the shape; no two numbers have the sum of two others"),
        Column("layer", WHOLE, "1: counties of the United States; 2: countries"),
        Column("county", TEXT, "number of the county (FIPS); NULL for a country"),
        Column("name", TEXT, "name, as the package has it"),
        Column("region", TEXT, "state, or country outside the United States, as `places.region`"),
        Column("country", TEXT, "country (ISO 3166-1, two letters, or its name where it has none)"),
    ),
)


@dataclass(frozen=True)
class Package:
    """A package that shapes were made from: name, version, license, SHA-256 of its archive."""

    name: str
    version: str
    license: str
    sha256: str


@cache
def packages() -> tuple[Package, ...]:
    """The packages the shapes were made from."""
    return tuple(Package(**package) for package in _source()["packages"])


@cache
def made() -> dict[str, str]:
    """The SHA-256 of each file that was made, by its name."""
    return dict(_source()["made"])


def shapes_source() -> str:
    """Where the shapes come from, in a line."""
    us, world, *_ = packages()
    return f"{us.name} {us.version} (counties-10m), {world.name} {world.version} (countries-50m)"


def view_shapes(engine: Engine) -> None:
    """Make the relations ``shape_points`` and ``shape_regions`` from the files that ship."""
    folder = Path(str(resources.files("wardbook.trace.shapes")))
    engine.view_parquet(SHAPE_POINTS, [folder / "lines.parquet"])
    engine.view_parquet(SHAPE_REGIONS, [folder / "regions.parquet"])


def _source() -> dict[str, Any]:
    text = resources.files("wardbook.trace.shapes").joinpath("source.json").read_text("utf-8")
    return dict(json.loads(text))
