"""The readers: one a format. Exactly one must recognize an exhibit, or the user is asked."""

from __future__ import annotations

from wardbook.intake import (
    adsb_json,
    archives,
    au_expenditure,
    baltimore_overtime,
    chicago_overtime,
    flight_log_pdf,
    fuel_cards,
    geojson_tracks,
    gpx_tracks,
    icalendar_events,
    kml_tracks,
    mapped_table,
    nmea_log,
    nz_ministers,
    per_diem_rates,
    plain_table,
    toll_statements,
    traccar_route,
    vendor_trips,
    wkt_tracks,
)
from wardbook.intake.reader import Context, Exhibit, Reader

READERS: tuple[Reader, ...] = (
    flight_log_pdf.READER,
    plain_table.READER,
    mapped_table.READER,
    wkt_tracks.READER,
    icalendar_events.READER,
    gpx_tracks.READER,
    kml_tracks.READER,
    geojson_tracks.READER,
    nmea_log.READER,
    adsb_json.READER,
    traccar_route.READER,
    vendor_trips.READER,
    toll_statements.READER,
    fuel_cards.READER,
    per_diem_rates.READER,
    chicago_overtime.READER,
    chicago_overtime.CONVERSION,
    baltimore_overtime.READER,
    nz_ministers.READER,
    archives.READER,
    au_expenditure.READER,
)


def find_reader(name: str) -> Reader | None:
    """The reader of that name, or None."""
    return next((reader for reader in READERS if reader.name == name), None)


def recognizing(exhibit: Exhibit, context: Context) -> tuple[Reader, ...]:
    """The readers that recognize an exhibit."""
    return tuple(reader for reader in READERS if reader.recognizes(exhibit, context))


def why_unreadable(exhibit: Exhibit, context: Context) -> tuple[str, str, str]:
    """What was expected, what was found, and what to do, for an exhibit that no reader recognizes."""
    return (
        flight_log_pdf.why_unreadable(exhibit)
        or kml_tracks.why_unreadable(exhibit)
        or mapped_table.why_unreadable(exhibit, context)
        or (
            "a file that a reader recognizes: " + "; ".join(reader.reads for reader in READERS),
            "a file that none recognizes",
            (
                "It is kept as an exhibit; nothing was read from it. For a table write a mapping file "
                "(docs/how-to/map-a-table.md)."
            ),
        )
    )
