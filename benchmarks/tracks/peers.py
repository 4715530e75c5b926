"""Other programs on one table of fixes; run by `beside` under the peers' Python: ``peers.py ENGINE TABLE``.

Prints one line of JSON: engine, version, seconds (sorting and one fix a second of a vehicle included, reading not),
peak memory, and the legs found (vehicle, start, end), where a leg is what lies between two stays.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

STAY_M, STAY_S, GAP_S = 60, 300, 900
"""The settings that did best for these programs on the development fleet."""

Legs = list[tuple[int, int, int]]


def read(path: str) -> Any:
    pd = import_module("pandas")

    table = pd.read_parquet(path)
    table["lat"] = table.lat_e6 / 1e6
    table["lon"] = table.lon_e6 / 1e6
    return table


def sane(table: Any) -> Any:
    """Without null island, sorted, one fix a second of a vehicle."""
    kept = table[(table.lat_e6 != 0) | (table.lon_e6 != 0)]
    return kept.sort_values(["veh", "ts_s", "lat_e6"]).drop_duplicates(["veh", "ts_s"])


def between(stays: Any, table: Any) -> Legs:
    """What lies between the stays (vehicle, start, end) of each vehicle, its record's ends included."""
    legs: Legs = []
    ends = table.groupby("veh").ts_s.agg(["min", "max"])
    grouped = dict(iter(stays.groupby("veh")))
    for veh, (first, last) in zip(ends.index, ends.to_numpy(), strict=True):
        at = int(first)
        for start, end in (
            grouped[veh][["start", "end"]].sort_values("start").to_numpy() if veh in grouped else ()
        ):
            if start > at:
                legs.append((int(veh), at, int(start)))
            at = int(end)
        if last > at:
            legs.append((int(veh), at, int(last)))
    return legs


def trackintel(table: Any) -> Legs:
    gpd = import_module("geopandas")
    pd = import_module("pandas")
    ti = import_module("trackintel")

    fixes = sane(table)
    points = gpd.GeoDataFrame(
        {
            "user_id": fixes.veh.to_numpy(),
            "tracked_at": pd.to_datetime(fixes.ts_s.to_numpy(), unit="s", utc=True),
        },
        geometry=gpd.points_from_xy(fixes.lon, fixes.lat),
        crs="EPSG:4326",
    )
    points.index.name = "id"
    found = ti.Positionfixes(points)
    found, stays = found.generate_staypoints(
        method="sliding",
        dist_threshold=STAY_M,
        time_threshold=STAY_S / 60,
        gap_threshold=1e6,  # else a vehicle that is silent while parked never stays, and nothing is found
        include_last=True,
    )
    found, legs = found.generate_triplegs(stays, gap_threshold=GAP_S / 60)
    return [
        (int(veh), int(start.timestamp()), int(end.timestamp()))
        for veh, start, end in zip(legs.user_id, legs.started_at, legs.finished_at, strict=True)
    ]


def scikit_mobility(table: Any) -> Legs:
    pd = import_module("pandas")
    skmob = import_module("skmob")
    detection = import_module("skmob.preprocessing.detection")

    fixes = sane(table)
    given = fixes.assign(datetime=pd.to_datetime(fixes.ts_s, unit="s"))
    track = skmob.TrajDataFrame(given, latitude="lat", longitude="lon", datetime="datetime", user_id="veh")
    found = detection.stay_locations(
        track, minutes_for_a_stop=STAY_S / 60, spatial_radius_km=STAY_M / 1000, stop_radius_factor=1.0
    )
    seconds = {
        name: pd.to_datetime(found[name]).astype("int64") // 10**9
        for name in ("datetime", "leaving_datetime")
    }
    stays = pd.DataFrame(
        {
            "veh": found["uid"].to_numpy(),
            "start": seconds["datetime"].to_numpy(),
            "end": seconds["leaving_datetime"].to_numpy(),
        }
    )
    return between(stays, fixes)


def movingpandas(table: Any) -> Legs:
    from datetime import timedelta

    mpd = import_module("movingpandas")
    pd = import_module("pandas")

    fixes = sane(table)
    given = fixes.assign(t=pd.to_datetime(fixes.ts_s, unit="s"))
    tracks = mpd.TrajectoryCollection(given, traj_id_col="veh", t="t", x="lon", y="lat")
    parts = mpd.StopSplitter(tracks).split(
        max_diameter=STAY_M, min_duration=timedelta(seconds=STAY_S), min_length=300
    )
    return [
        (
            int(str(part.id).split("_")[0]),
            int(part.get_start_time().timestamp()),
            int(part.get_end_time().timestamp()),
        )
        for part in parts
    ]


def polars(path: str) -> Legs:
    """The same idea in Polars: one fix a 15 s, stays by rolling boxes, legs between; no cleaning, no bounds."""
    pl = import_module("polars")

    metre = 0.11119508
    fixes = (
        pl.scan_parquet(path)
        .filter((pl.col("lat_e6") != 0) | (pl.col("lon_e6") != 0))
        .sort("veh", "ts_s", "lat_e6")
        .group_by("veh", pl.col("ts_s") // 15, maintain_order=True)
        .agg(pl.col("ts_s").first().alias("ts"), pl.col("lat_e6").first(), pl.col("lon_e6").first())
        .drop("ts_s")
        .collect()
        .with_columns(pl.from_epoch("ts", time_unit="s").alias("at"))
    )
    ahead = fixes.reverse().with_columns((pl.lit(4_000_000_000) - pl.col("ts")).alias("back"))
    boxes = (
        ahead.with_columns(pl.from_epoch("back", time_unit="s").alias("back_at"))
        .with_columns(
            *(
                getattr(pl.col(name), f"rolling_{side}_by")("back_at", window_size=f"{STAY_S}s")
                .over("veh")
                .alias(f"{name}_{side}")
                for name in ("lat_e6", "lon_e6")
                for side in ("min", "max")
            )
        )
        .reverse()
    )
    north = (pl.col("lat_e6_max") - pl.col("lat_e6_min")) * metre
    east = (pl.col("lon_e6_max") - pl.col("lon_e6_min")) * metre * (pl.col("lat_e6") / 1e6).radians().cos()
    stays = boxes.with_columns(((north**2 + east**2).sqrt() <= 80).alias("still")).with_columns(
        (pl.col("ts").shift(-1).over("veh") - pl.col("ts")).alias("dt"),
    )
    runs = (
        stays.with_columns((~pl.col("still") & (pl.col("dt") < STAY_S)).fill_null(value=False).alias("moves"))
        .with_columns(
            (pl.col("moves") != pl.col("moves").shift(1).over("veh"))
            .fill_null(value=True)
            .cum_sum()
            .alias("run")
        )
        .filter("moves")
        .group_by("veh", "run")
        .agg(pl.col("ts").min().alias("start"), (pl.col("ts") + pl.col("dt")).max().alias("end"))
    )
    return [(int(veh), int(start), int(end)) for veh, start, end in runs.select("veh", "start", "end").rows()]


def peak_mb() -> float:
    """The most memory that this process held (Linux); unlike getrusage's, not that of its parent before."""
    status = Path("/proc/self/status").read_text("utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


ENGINES = {
    "trackintel": ("trackintel", trackintel),
    "scikit-mobility": ("scikit-mobility", scikit_mobility),
    "movingpandas": ("movingpandas", movingpandas),
    "polars": ("polars", polars),
}


def main() -> None:
    warnings.simplefilter("ignore")
    engine, path = sys.argv[1:3]
    package, work = ENGINES[engine]
    given = path if engine == "polars" else read(path)
    start = time.perf_counter()
    cpu = time.process_time()
    legs = work(given)
    done = {
        "engine": engine,
        "version": metadata.version(package),
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - cpu,
        "peak_mb": peak_mb(),
        "legs": legs,
    }
    print(json.dumps(done))


if __name__ == "__main__":
    main()
