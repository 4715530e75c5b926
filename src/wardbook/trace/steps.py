"""The steps of tracing, each a ``.sql`` file of this room with the parameters of a stop rule put in."""

from __future__ import annotations

import math
from dataclasses import asdict

from wardbook.records import engine
from wardbook.records.engine import Engine
from wardbook.trace.distance import EARTH_RADIUS_M
from wardbook.trace.profiles import Profile

ROLLOVER_S = 1_024 * 7 * 86_400
"""A GPS receiver counts weeks from 0 to 1,023; one that has lost count is early by so many seconds."""

CHUNK = 1.5
"""The seconds of a chunk of a track, in least lengths of a stay."""

_E6_M = f"{EARTH_RADIUS_M * math.pi / 180e6:.17e}"
"""Metres of a millionth of a degree of a meridian; with an exponent, so that it is no decimal."""

_MACROS = (
    f"CREATE OR REPLACE TEMP MACRO w_e6_m() AS {_E6_M}",
    "CREATE OR REPLACE TEMP MACRO w_square(x) AS x * x",
    """CREATE OR REPLACE TEMP MACRO w_length(north, east) AS
    CAST(round(sqrt(north * north + east * east)) AS BIGINT)""",
    # Whole metres between two positions: on the plane that touches the middle latitude. Below 50 km and 80
    # degrees of latitude the difference from the great circle is under 1 part in 10,000.
    f"""CREATE OR REPLACE TEMP MACRO w_hop(lat1, lon1, lat2, lon2) AS w_length(
      CAST(lat2 - lat1 AS DOUBLE) * {_E6_M},
      ((CAST(lon2 AS BIGINT) - lon1 + 540000000) % 360000000 - 180000000) * {_E6_M}
        * cos((CAST(lat1 AS DOUBLE) + lat2) * {math.pi / 360e6:.17e}))""",
    """CREATE OR REPLACE TEMP MACRO w_spot(lat, lon) AS
    ((CAST(lat AS BIGINT) + 90000000) << 29) | (CAST(lon AS BIGINT) + 180000000)""",
    # The position within a key of `clean_cells`, whose upper bits are a second.
    f"CREATE OR REPLACE TEMP MACRO w_spot_of(key) AS key & {(1 << 57) - 1}",
    "CREATE OR REPLACE TEMP MACRO w_lat(spot) AS CAST(((spot >> 29) & 268435455) - 90000000 AS INTEGER)",
    "CREATE OR REPLACE TEMP MACRO w_lon(spot) AS CAST((spot & 536870911) - 180000000 AS INTEGER)",
)


def step_text(name: str, /, **parameters: str) -> str:
    """The query of a step of this room; see `engine.step_text`."""
    return engine.step_text("wardbook.trace", name, **parameters)


class Steps:
    """Runs steps on an engine under one profile; each makes a temporary table."""

    def __init__(self, engine: Engine, profile: Profile) -> None:
        self._engine = engine
        self._known = {key: str(value) for key, value in asdict(profile).items()}
        self._known["chunk_s"] = str(int(CHUNK * profile.stay_s))
        self._known["half_rollover_s"] = str(ROLLOVER_S // 2)
        for macro in _MACROS:
            engine.define(macro)
        engine.define(
            "CREATE OR REPLACE TEMP MACRO w_impossible(dt, hop) AS "
            f"hop > {profile.jump_m} + {profile.top_mps} * CAST(dt AS BIGINT)"
        )

    def same_cell(self, first: str, second: str) -> str:
        """SQL of whether two columns of seconds lie in one cell of time."""
        thin = self._known["thin_s"]
        return f"{first} // {thin} = {second} // {thin}"

    def run(self, table: str, name: str, **parameters: str) -> None:
        """Create temporary table ``table`` by the step ``name``."""
        query = step_text(name, **self._known, **parameters)
        self._engine.define(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")

    def view(self, name: str, step: str, **parameters: str) -> None:
        """Create temporary view ``name`` as the step ``step``."""
        query = step_text(step, **self._known, **parameters)
        self._engine.define(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")

    def empty(self, table: str, columns: str) -> None:
        """Create temporary table ``table`` without rows."""
        self._engine.define(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")

    def drop(self, table: str) -> None:
        """Let go of a table that no later step reads."""
        self._engine.define(f"DROP TABLE IF EXISTS {table}")
