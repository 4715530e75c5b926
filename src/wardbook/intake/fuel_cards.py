"""The fuel-card reader: account exports of WEX, as fleets get them and as cities publish them.

One line is one product bought; a discount is a line of its own with a negative amount. Volumes come in US
gallons or litres by the line's unit; odometers are miles as someone typed them at the pump, and stay as
typed, be they 0, 1 or going back. ``amount`` is the net cost, which was charged. Times are local to the pump
and without offset; they are read in the book's zone.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from wardbook.intake.layouts import About, Layout, Values, layout_reader
from wardbook.intake.measures import VOLUME_UNITS

_UNITS = {
    **dict.fromkeys(("GA", "GAL", "GALLON", "GALLONS", "US GAL", "USG"), VOLUME_UNITS["gal"]),
    **dict.fromkeys(("L", "LT", "LTR", "LITER", "LITERS", "LITRE", "LITRES"), VOLUME_UNITS["l"]),
}
_SETTINGS = {"date_order": "mdy", "empty": ["N/A"]}
_MILES = {
    "odometer_m": {"column": "Current Odometer", "unit": "mi"},
    "adjusted_odometer_m": {"column": "Adjusted Odometer", "unit": "mi"},
    "previous_odometer_m": {"column": "Previous Odometer", "unit": "mi"},
    "claimed_distance_m": {"column": "Distance Driven", "unit": "mi"},
    "tank_ml": {"column": "Tank Capacity", "unit": "gal"},
}
_LINE = {
    "day": "Transaction Date",
    "purchased_at": {"date": "Transaction Date", "time": "Transaction Time"},
    "product": ["Product Description", "Product"],
    "product_class": "Product Class",
    "quantity": "Units",
    "quantity_unit": "Unit of Measure",
    "unit_price": "Unit Cost",
    "amount": "Net Cost",
    "merchant": "Merchant Name",
    "merchant_key": "Merchant Site ID",
    "merchant_city": "Merchant City",
    "merchant_region": "Merchant State / Province",
    "merchant_postal_code": "Merchant Postal Code",
    **_MILES,
}


def _finish(values: Values, _about: About) -> str | None:
    quantity, unit = values.get("quantity"), values.get("quantity_unit")
    scale = _UNITS.get(str(unit).strip().upper())
    if scale is not None and isinstance(quantity, Decimal):
        values["volume_ml"] = int((quantity * scale).to_integral_value(ROUND_HALF_EVEN))
    if values.get("tank_ml") == 0:
        values["tank_ml"] = None
    return None


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        name="wex",
        table="fuel_purchases",
        tells=("Transaction Date", "Post Date", "Custom Vehicle/Asset ID", "Units", "Net Cost"),
        columns={
            **_LINE,
            "source_key": ["Transaction ID", "Trans ID", "Transaction Ticket Number"],
            "posted_on": "Post Date",
            "card": "Card Number",
            "vehicle": "Custom Vehicle/Asset ID",
            "driver": [
                {"columns": ["Driver First Name", "Driver Middle Name", "Driver Last Name"]},
                {"columns": ["Driver First Name", "Driver Last Name"]},
                "Driver Last Name",
                "Driver Prompt ID",
                "Employee ID",
            ],
            "department": ["Department", "Driver Department"],
            "merchant_address": "Merchant Address",
        },
        constants={"currency": "USD"},
        settings=_SETTINGS,
        finish=_finish,
    ),
    Layout(
        name="wex-city",
        table="fuel_purchases",
        tells=("Transaction Id", "Posted Date", "Transaction Date", "Vehicle ID", "Units", "Net Cost"),
        columns={
            **_LINE,
            "source_key": "Transaction Id",
            "item": "Transaction Item Sequence Number",
            "posted_on": "Posted Date",
            "card": "Card Number ID",
            "vehicle": "Vehicle ID",
            "department": "Department",
            "merchant_address": "Merchant Street Address",
        },
        constants={"currency": "USD"},
        settings=_SETTINGS,
        finish=_finish,
    ),
)

READER = layout_reader(
    "fuel-card",
    "fuel card accounts as WEX exports them, in the full form and in the form that cities publish",
    LAYOUTS,
)
