"""Shapes of counties and countries that ship with wardbook, as lines with a region on each side.

``lines.parquet`` and ``regions.parquet`` are made by `wardbook.trace.shapes.make` from the packages that
``source.json`` names; ``LICENSE`` is theirs.
"""
