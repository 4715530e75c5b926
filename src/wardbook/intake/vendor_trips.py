"""The vendor-trips reader: trips as Traccar, Geotab and Samsara cut them, as tables or as JSON.

They are kept as given, also an end before its start, a trip under way (no end) and a distance of 0 between
two places: the difference from the legs cut here is a matter for an audit. Only 0/0 is read as no position.

- Traccar: distances in metres, speeds in knots, durations in milliseconds; times without offset are of the
  user's zone, and read in the book's.
- Geotab: UTC also where no offset stands; the position is that of the end; odometer in metres. Distance is
  in kilometres, but some exports give metres: where average speed and driving time say so, they are metres.
- Samsara: milliseconds since 1970; a trip under way ends at the largest number there is; driver 0 is none.
  The trips name no vehicle where they were asked for by vehicle; then it is what the file is named after.
"""

from __future__ import annotations

from wardbook.intake.layouts import About, Layout, Values, layout_reader

_STILL_UNDER_WAY = "9223372036854775807"
_DURATION = "h:mm:ss"


def _deg(*names: str) -> list[dict[str, str]]:
    return [{"column": name, "unit": "deg"} for name in names]


def _epoch(name: str) -> dict[str, str]:
    return {"column": name, "unit": "since 1970"}


def _finish(values: Values, about: About) -> str | None:
    if values.get("vehicle") is None:
        values["vehicle"] = about.vehicle
    for end in ("from", "to"):
        if values.get(f"{end}_lat_e6") == 0 == values.get(f"{end}_lon_e6"):
            values[f"{end}_lat_e6"] = values[f"{end}_lon_e6"] = None
    return None


def _finish_samsara(values: Values, about: About) -> str | None:
    if values.get("driver") == "0":
        values["driver"] = None
    return _finish(values, about)


def _finish_geotab(values: Values, about: About) -> str | None:
    """Read the distance as metres where it is about a thousand times what speed and time give."""
    metres, speed, seconds = (
        values.get(name) for name in ("claimed_distance_m", "mean_speed_mm_s", "moving_s")
    )
    if isinstance(metres, int) and isinstance(speed, int) and isinstance(seconds, int):
        driven = speed * seconds // 1000
        if driven > 0 and 500 < metres / driven < 2000:
            values["claimed_distance_m"] = round(metres / 1000)
    return _finish(values, about)


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        name="traccar-trips",
        table="vendor_trips",
        tells=("deviceId", "startTime", "endTime", "startLat", "endLat", "distance"),
        columns={
            "vehicle": ["deviceName", "deviceId"],
            "driver": ["driverName", "driverUniqueId"],
            "started_at": "startTime",
            "ended_at": "endTime",
            "from_lat_e6": _deg("startLat"),
            "from_lon_e6": _deg("startLon"),
            "to_lat_e6": _deg("endLat"),
            "to_lon_e6": _deg("endLon"),
            "from_address": "startAddress",
            "to_address": "endAddress",
            "claimed_distance_m": "distance",
            "start_odometer_m": "startOdometer",
            "end_odometer_m": "endOdometer",
            "duration_s": {"column": "duration", "unit": "ms"},
            "mean_speed_mm_s": {"column": "averageSpeed", "unit": "kn"},
            "top_speed_mm_s": {"column": "maxSpeed", "unit": "kn"},
            "fuel_ml": {"column": "spentFuel", "unit": "l"},
        },
        constants={"vendor": "traccar"},
        settings={"date_order": "ymd"},
        finish=_finish,
    ),
    Layout(
        name="geotab-trips",
        table="vendor_trips",
        tells=("start", "stop", "nextTripStart", "distance", "drivingDuration"),
        columns={
            "source_key": ["GeotabId", "id"],
            "vehicle": ["device.name", "deviceName", "device.id", "DeviceId"],
            "driver": ["driver.name", "driver.id", "driver", "DriverId"],
            "started_at": "start",
            "ended_at": "stop",
            "next_started_at": "nextTripStart",
            "to_lat_e6": _deg("stopPoint.y", "StopPointY"),
            "to_lon_e6": _deg("stopPoint.x", "StopPointX"),
            "claimed_distance_m": {"column": "distance", "unit": "km"},
            "end_odometer_m": "odometer",
            "moving_s": {"column": "drivingDuration", "unit": _DURATION},
            "idle_s": {"column": "idlingDuration", "unit": _DURATION},
            "mean_speed_mm_s": {"column": "averageSpeed", "unit": "km/h"},
            "top_speed_mm_s": {"column": "maximumSpeed", "unit": "km/h"},
        },
        constants={"vendor": "geotab"},
        settings={"date_order": "ymd", "time_zone": "UTC", "empty": ["UnknownDriverId", "NULL"]},
        finish=_finish_geotab,
    ),
    Layout(
        name="samsara-trips",
        table="vendor_trips",
        tells=("startMs", "endMs", "distanceMeters"),
        columns={
            "source_key": "id",
            "vehicle": ["vehicleName", "vehicle.name", "vehicleId", "vehicle.id", "assetId"],
            "driver": ["driverName", "driver.name", "driverId", "driver.id"],
            "started_at": _epoch("startMs"),
            "ended_at": _epoch("endMs"),
            "from_lat_e6": _deg("startCoordinates.latitude"),
            "from_lon_e6": _deg("startCoordinates.longitude"),
            "to_lat_e6": _deg("endCoordinates.latitude"),
            "to_lon_e6": _deg("endCoordinates.longitude"),
            "from_address": ["startLocation", "startAddress"],
            "to_address": ["endLocation", "endAddress"],
            "claimed_distance_m": "distanceMeters",
            "start_odometer_m": "startOdometer",
            "end_odometer_m": "endOdometer",
            "fuel_ml": "fuelConsumedMl",
        },
        constants={"vendor": "samsara"},
        settings={"empty": [_STILL_UNDER_WAY]},
        finish=_finish_samsara,
    ),
)

READER = layout_reader(
    "vendor-trips",
    "trips of Traccar, Geotab and Samsara, as CSV, XLSX or JSON",
    LAYOUTS,
)
