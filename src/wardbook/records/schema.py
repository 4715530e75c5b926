"""Every table of the book and every relation of an audit: columns, types, units, meaning.

One place says what a column is. `wardbook schema` prints it, ``docs/reference/schema.md`` is generated
from it, take-in casts to it and every derived relation is checked against it.

Conventions: instants are TIMESTAMPTZ in UTC; a day is a DATE in the book's time zone; money is
DECIMAL(18,2) beside a ``currency`` column (ISO 4217); lengths are whole metres; durations in hours are
DECIMAL(9,3); coordinates are millionths of a degree (WGS 84). NULL means "not on record".
"""

from __future__ import annotations

from dataclasses import dataclass

TEXT = "VARCHAR"
DAY = "DATE"
INSTANT = "TIMESTAMPTZ"
MONEY = "DECIMAL(18,2)"
HOURS = "DECIMAL(9,3)"
WHOLE = "BIGINT"
YESNO = "BOOLEAN"
TEXTS = "VARCHAR[]"


@dataclass(frozen=True)
class Column:
    """One column: its name, engine type, and what it means (with the unit)."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table: its name, what one row is, and its columns in order."""

    name: str
    one_row: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)


def _columns(*triples: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*triple) for triple in triples)


_SOURCE = _columns(
    ("record_id", TEXT, "the record: first 12 digits of the exhibit's SHA-256, page, line (and part)"),
    ("exhibit", TEXT, "SHA-256 of the exhibit the record stands in"),
    ("page", WHOLE, "page of the exhibit, from 1; NULL where the exhibit has no pages"),
    ("line", WHOLE, "line, row or item in the page or file, from 1"),
    ("raw_text", TEXT, "the record as it stands in the exhibit"),
)


def _record_table(name: str, one_row: str, *triples: tuple[str, str, str]) -> Table:
    return Table(name, one_row, _SOURCE + _columns(*triples))


EXHIBITS = Table(
    "exhibits",
    "one exhibit: a run of bytes, kept once",
    _columns(
        ("exhibit", TEXT, "SHA-256 of the bytes"),
        ("bytes", WHOLE, "length in bytes"),
        ("reader", TEXT, "the reader that read it; NULL where none did"),
        ("rows_held", WHOLE, "rows the exhibit holds, as counted by its reader"),
        ("take_in", TEXT, "the take-in that brought it"),
    ),
)

OCCURRENCES = Table(
    "occurrences",
    "one place where an exhibit was found",
    _columns(
        ("occurrence_id", TEXT, "exhibit and path, hashed"),
        ("exhibit", TEXT, "SHA-256 of the bytes found there"),
        ("path", TEXT, "path as found, relative to the source that was given"),
        ("source", TEXT, "name of the source that was given (a folder or file)"),
        ("modified_at", INSTANT, "modification time the file system gave; a claim, not a proof"),
        ("take_in", TEXT, "the take-in that found it"),
    ),
)

SOURCE_ROWS = Table(
    "source_rows",
    "one row of an exhibit and what became of it: nothing vanishes",
    _SOURCE
    + _columns(
        ("fate", TEXT, "record, set aside, or not a record"),
        ("into", TEXT, "the table the record went to, or why it is not a record"),
    ),
)

SET_ASIDE = Table(
    "set_aside",
    "one row (or whole exhibit, line NULL) that could not be read as a record",
    _SOURCE
    + _columns(
        ("expected", TEXT, "what was expected there"),
        ("found", TEXT, "what was found"),
        ("advice", TEXT, "what to do about it"),
    ),
)

UNREAD_COLUMNS = Table(
    "unread_columns",
    "one column of an exhibit that no one used",
    _columns(
        ("exhibit", TEXT, "SHA-256 of the exhibit"),
        ("column_name", TEXT, "the column's heading as it stands"),
        ("filled", WHOLE, "rows in which it is not empty"),
        ("sample", TEXT, "the first value found"),
    ),
)

LOG_ENTRIES = _record_table(
    "log_entries",
    "one entry of a log: a flight, a drive, a task, as written by whoever kept the log",
    ("source_key", TEXT, "the entry's own number in its source"),
    ("day", DAY, "day of the use, local"),
    ("start_at", INSTANT, "start, where the log has times"),
    ("end_at", INSTANT, "end, where the log has times"),
    ("vehicle", TEXT, "tail number, plate or fleet number"),
    ("route_text", TEXT, "route as written"),
    ("riders_text", TEXT, "riders as written"),
    ("agency", TEXT, "using agency"),
    ("division", TEXT, "division of the agency"),
    ("hours", HOURS, "hours of flight or driving"),
    ("distance_m", WHOLE, "distance, metres"),
    ("officers_text", TEXT, "officers or drivers on duty, as written"),
    ("task", TEXT, "movement, post, errand, or advance; NULL reads as movement"),
    ("stated_purpose", TEXT, "purpose or comment as written"),
    ("justification", TEXT, "later justification as written"),
    ("requested_by", TEXT, "who asked for the use"),
    ("authorized_by", TEXT, "who authorized it, as the log says"),
    ("logged_at", INSTANT, "when the entry was made, where known"),
    ("trip", TEXT, "trip the entry belongs to, as the source names it"),
    ("invoiced", MONEY, "amount invoiced for the entry"),
    ("currency", TEXT, "currency of the amount"),
    ("start_odometer_m", WHOLE, "odometer at the start, metres"),
    ("end_odometer_m", WHOLE, "odometer at the end, metres"),
)

RIDERS = _record_table(
    "riders",
    "one rider named in a log entry",
    ("entry_id", TEXT, "the log entry (record_id)"),
    ("position", WHOLE, "place in the list, from 1"),
    ("role_words", TEXT, "role words in front of the name, as written (Governor, First Lady, Security, Sgt)"),
    (
        "role",
        TEXT,
        "role class of those words: principal, spouse, family, security, officer, staff, guest; NULL if none",
    ),
    ("name", TEXT, "the name without role words; NULL for a bare role or a number"),
    ("name_key", TEXT, "the name case-folded, without accents and punctuation"),
    ("headcount", WHOLE, "people this item stands for: 1, or n for '+n'"),
)

STOPS = _record_table(
    "stops",
    "one place on the route of a log entry",
    ("entry_id", TEXT, "the log entry (record_id)"),
    ("position", WHOLE, "place in the route, from 1; legs lie between neighbours"),
    ("place_text", TEXT, "place as written, with state and qualifier"),
    ("place_key", TEXT, "place case-folded without qualifier, e.g. 'washington, dc'"),
    ("qualifier", TEXT, "text in parentheses: airport, or 'fuel'"),
    ("is_local", YESNO, "the route says 'Local': a flight around the place it left"),
)

VEHICLES = _record_table(
    "vehicles",
    "one vehicle or aircraft",
    ("vehicle", TEXT, "tail number, plate or fleet number"),
    ("name", TEXT, "make and model"),
    ("kind", TEXT, "airplane, helicopter, car, van"),
    ("seats", WHOLE, "seats"),
    ("status", TEXT, "active or inactive, as the source says"),
    ("top_kmh", WHOLE, "top speed, km/h"),
)

ASSIGNMENTS = _record_table(
    "assignments",
    "one assignment of a transponder, plate, fuel card or tracker to a vehicle, or of a phone to a person",
    ("device", TEXT, "number or name of the transponder, plate, card or tracker, as statements write it"),
    ("kind", TEXT, "transponder, plate, fuel card, tracker, phone"),
    ("vehicle", TEXT, "the vehicle it was assigned to"),
    ("person", TEXT, "the person it was assigned to, of a phone; its track is not one of a vehicle"),
    ("valid_from", DAY, "first day; NULL: not on record"),
    ("valid_to", DAY, "last day; NULL: still assigned, or not on record"),
)

RATES = _record_table(
    "rates",
    "one rate for using a vehicle",
    ("vehicle", TEXT, "vehicle the rate is for"),
    ("agency", TEXT, "agency the rate is for; NULL for all"),
    ("unit", TEXT, "hour or mile"),
    ("amount", MONEY, "amount for one unit"),
    ("currency", TEXT, "currency"),
    ("valid_from", DAY, "first day; NULL: not on record"),
    ("valid_to", DAY, "last day; NULL: not on record"),
)

TRACKS = _record_table(
    "tracks",
    "one recorded track of a vehicle on a day",
    ("source_key", TEXT, "the track's own number, or the log entry's number it claims"),
    ("day", DAY, "day of the track, local"),
    ("vehicle", TEXT, "vehicle"),
    ("fixes", WHOLE, "number of fixes in the track"),
)

FIXES = _record_table(
    "fixes",
    "one position of a vehicle",
    ("track_id", TEXT, "the track (record_id)"),
    ("vehicle", TEXT, "vehicle"),
    ("position", WHOLE, "order in the track, from 1"),
    ("at", INSTANT, "time of the fix; NULL where the source has none"),
    ("lat_e6", WHOLE, "latitude, millionths of a degree"),
    ("lon_e6", WHOLE, "longitude, millionths of a degree"),
    ("received_at", INSTANT, "when a server received it; NULL where the source does not say"),
    ("speed_mm_s", WHOLE, "speed as the device gave it, millimetres a second"),
    ("course_cdeg", WHOLE, "course over ground as the device gave it, hundredths of a degree from north"),
    ("altitude_m", WHOLE, "altitude as the device gave it, metres"),
    ("accuracy_m", WHOLE, "radius within which the device says it was, metres"),
    ("valid", YESNO, "whether the device itself called the position good"),
    ("ignition", YESNO, "ignition on, as the device says"),
    ("odometer_m", WHOLE, "odometer, or the device's own count of distance, metres"),
)

EVENTS = _record_table(
    "events",
    "one calendar event",
    ("uid", TEXT, "the event's UID"),
    ("starts_at", INSTANT, "start; for an all-day event midnight of the book's zone"),
    ("ends_at", INSTANT, "end (exclusive)"),
    ("day", DAY, "first day, local"),
    ("title", TEXT, "summary"),
    ("place", TEXT, "location as written"),
    ("organizer", TEXT, "organizer"),
    ("categories", TEXT, "categories, comma-separated"),
    ("created_at", INSTANT, "CREATED"),
    ("modified_at", INSTANT, "LAST-MODIFIED"),
)

DUTIES = _record_table(
    "duties",
    "one duty of an officer, or one line of an officer's pay",
    ("source_key", TEXT, "the line's own number in its source"),
    ("officer", TEXT, "name or number of the officer, as written"),
    ("unit", TEXT, "unit"),
    ("day", DAY, "day of the duty, local"),
    ("start_at", INSTANT, "start, where the source has times"),
    ("end_at", INSTANT, "end, where the source has times"),
    ("kind", TEXT, "regular, overtime, paid detail, ..., as written"),
    ("hours", HOURS, "hours paid"),
    ("amount", MONEY, "amount paid"),
    ("currency", TEXT, "currency"),
    ("place", TEXT, "where, as written"),
    ("task", TEXT, "what for, as written"),
)

EXPENSES = _record_table(
    "expenses",
    "one expense of travel, lodging, meals or pay",
    ("source_key", TEXT, "voucher or invoice number"),
    ("day", DAY, "day of the expense, or first day of its period"),
    ("day_to", DAY, "last day of its period; NULL for one day"),
    ("trip", TEXT, "trip it belongs to, as the source names it"),
    ("person", TEXT, "traveler"),
    ("vehicle", TEXT, "vehicle, if any"),
    (
        "cost_class",
        TEXT,
        "airfare, lodging, meals, car rental, incidentals, salary, overtime, vehicle, travel",
    ),
    ("amount", MONEY, "amount"),
    ("currency", TEXT, "currency"),
    ("vendor", TEXT, "who was paid"),
    ("description", TEXT, "what for, as written"),
    ("stated_purpose", TEXT, "purpose as written"),
    ("citation", TEXT, "where the figure is published, if it comes from a publication"),
    ("place", TEXT, "where it was spent, as written: 'Chicago, IL', or 'Evanston, Cook County, IL'"),
    ("nights", WHOLE, "nights of lodging, or days of meals, that it covers; NULL: not on record"),
    ("persons", WHOLE, "travelers it covers; NULL: those that person names, with semicolons between, or 1"),
    ("posted_on", DAY, "day it was posted to the account, often in a later month; NULL: not on record"),
)

AUTHORIZATIONS = _record_table(
    "authorizations",
    "one authorization of a use or a class of uses",
    ("vehicle", TEXT, "vehicle it covers; NULL for all"),
    ("person", TEXT, "person it covers; NULL for all"),
    ("scope", TEXT, "what is authorized, as written"),
    ("authorized_by", TEXT, "who authorized"),
    ("authorized_on", DAY, "when"),
    ("valid_from", DAY, "first day in force"),
    ("valid_to", DAY, "last day in force"),
)

ASSESSMENTS = _record_table(
    "assessments",
    "one threat assessment of a person",
    ("person", TEXT, "person assessed"),
    ("assessor", TEXT, "who assessed"),
    ("independent", YESNO, "the assessor is outside the unit and the person's office"),
    ("level", TEXT, "level as written"),
    ("recommends_protection", YESNO, "the assessment asks for protection"),
    ("assessed_on", DAY, "when it was made"),
    ("valid_from", DAY, "first day in force"),
    ("valid_to", DAY, "last day in force"),
)

DECLINED = _record_table(
    "declined",
    "one declining of protection",
    ("person", TEXT, "who declined"),
    ("valid_from", DAY, "first day"),
    ("valid_to", DAY, "last day; NULL: not withdrawn on record"),
)

PEOPLE = _record_table(
    "people",
    "one person of the case, as a register names them",
    ("name", TEXT, "full name"),
    ("role", TEXT, "principal, spouse, family, officer, staff, guest"),
    ("protectee", YESNO, "designated as a protectee"),
    ("valid_from", DAY, "first day in that role"),
    ("valid_to", DAY, "last day in that role"),
)

PLACES = _record_table(
    "places",
    "one place the case names",
    ("name", TEXT, "name as records write it"),
    ("kind", TEXT, "residence, office, campaign office, airport, other"),
    ("lat_e6", WHOLE, "latitude, millionths of a degree"),
    ("lon_e6", WHOLE, "longitude, millionths of a degree"),
    ("region", TEXT, "state or region code, e.g. NY"),
    ("inside_jurisdiction", YESNO, "the place lies in the jurisdiction"),
    ("radius_m", WHOLE, "radius of the place, metres; with an outline, how far outside it still counts"),
    ("outline", TEXT, "its outline as WKT (POLYGON or MULTIPOLYGON, longitude first); NULL for a circle"),
    ("county", TEXT, "county or parish it lies in, where a rate is by county"),
)

OBLIGATIONS = _record_table(
    "obligations",
    "one line of an order or settlement to pay",
    ("instrument", TEXT, "order or agreement the line belongs to"),
    ("decided_on", DAY, "day of the instrument"),
    ("supersedes", TEXT, "instrument it replaces"),
    ("payer", TEXT, "who must pay"),
    ("kind", TEXT, "restitution, fine, interest"),
    ("units", WHOLE, "number of units, where the amount is units x unit amount"),
    ("unit_amount", MONEY, "amount of one unit"),
    ("amount", MONEY, "amount of the line"),
    ("currency", TEXT, "currency"),
    ("citation", TEXT, "where it is published"),
    ("liable_after", TEXT, "payer of the same instrument who must pay first; NULL: nobody"),
    ("revives_on_default", TEXT, "instrument that is in force again when a payment on this one is missed"),
    ("days_of_grace", WHOLE, "whole days after a due day within which a payment is still in time"),
)

INSTALMENTS = _record_table(
    "instalments",
    "one instalment of a plan by which an order or settlement is to be paid, as the plan states it",
    ("instrument", TEXT, "order or agreement the plan belongs to"),
    ("payer", TEXT, "who must pay"),
    ("due_on", DAY, "day on which it is due"),
    ("amount", MONEY, "amount of the instalment, to the cent as the plan has it"),
    ("currency", TEXT, "currency"),
    ("citation", TEXT, "where it is published"),
)

WRITE_OFFS = _record_table(
    "write_offs",
    "one amount of an order or settlement that is given up",
    ("instrument", TEXT, "order or agreement of which it is given up"),
    ("payer", TEXT, "whose debt it lowers"),
    ("day", DAY, "day of the write-off"),
    ("amount", MONEY, "amount given up"),
    ("currency", TEXT, "currency"),
    ("authority", TEXT, "who decided it, under which power"),
    ("citation", TEXT, "where it is published"),
)

REPAYMENTS = _record_table(
    "repayments",
    "one payment made on an obligation or receivable",
    ("instrument", TEXT, "order or agreement it pays"),
    ("day", DAY, "day of the payment"),
    ("payer", TEXT, "who paid"),
    ("amount", MONEY, "amount"),
    ("currency", TEXT, "currency"),
    ("citation", TEXT, "where it is published"),
    ("into_escrow", YESNO, "laid into escrow, not yet with the creditor; below zero: taken out again"),
)

ASSERTIONS = _record_table(
    "assertions",
    "one figure or fact that someone has stated",
    ("assertion_id", TEXT, "its own name in the case"),
    ("stated_by", TEXT, "who stated it"),
    ("stated_on", DAY, "when"),
    ("quantity", TEXT, "what is stated"),
    ("value", "DECIMAL(18,2)", "the stated figure"),
    ("unit", TEXT, "currency code, or what is counted"),
    ("scope", TEXT, "period, people and counting rule of the figure, as stated"),
    ("tested_by", TEXT, "how the book tests it: see docs/reference/assertions.md"),
    ("citation", TEXT, "where it is published"),
    ("fact", TEXT, "a stated fact that is no figure, as written"),
    ("counting_rule", TEXT, "of a count: what makes one, as stated"),
    ("tolerance", "DECIMAL(18,2)", "how far the figure may be off by the publisher's own rounding"),
    ("scope_from", DAY, "first day the statement covers"),
    ("scope_to", DAY, "last day the statement covers"),
    ("scope_covers", TEXT, "cost classes or people the statement covers, comma-separated; NULL: not said"),
    ("speaker", TEXT, "who speaks: press, subject, agency, or report"),
    ("compared_with", TEXT, "assertion_id of another publisher's figure of the same thing"),
)

OBJECTIVES = _record_table(
    "objectives",
    "one question that the audit was asked to answer",
    ("asked_by", TEXT, "who asked"),
    ("asked_on", DAY, "when"),
    ("question", TEXT, "the question, as asked"),
    ("citation", TEXT, "where it is published, or the law under which it is asked"),
)

RECOMMENDATIONS = _record_table(
    "recommendations",
    "one recommendation of the report",
    ("number", WHOLE, "its number in the report"),
    ("addressee", TEXT, "who is to act"),
    ("recommendation", TEXT, "what is to be done"),
    ("finding", TEXT, "procedure (INT-01) or finding (INT-01-0001) it answers"),
    ("accepted", YESNO, "the addressee has accepted it; NULL: no answer on record"),
    ("accepted_on", DAY, "when"),
    ("implemented", YESNO, "it is done, as someone other than the addressee saw; NULL: not known"),
    ("implemented_on", DAY, "when"),
    ("response", TEXT, "the addressee's words"),
    ("citation", TEXT, "where they stand"),
)

REPLIES = _record_table(
    "replies",
    "one reply of a person or an agency to a finding, or to the report as a whole",
    ("finding", TEXT, "procedure (INT-01) or finding (INT-01-0001) it answers; NULL: the report as a whole"),
    ("by_whom", TEXT, "who replies"),
    ("day", DAY, "when"),
    ("words", TEXT, "the reply, as given"),
    ("citation", TEXT, "where it stands"),
)

TOLL_PASSES = _record_table(
    "toll_passes",
    "one passing of a toll plaza or gantry, as a toll statement lists it",
    ("source_key", TEXT, "the passing's own number in its source"),
    ("vehicle", TEXT, "tag or plate number as written: one passing may be listed once for each"),
    ("agency", TEXT, "agency that runs the plaza"),
    ("day", DAY, "day of the passing, local"),
    ("entered_at", INSTANT, "when it entered a closed road; NULL where only the exit or barrier is timed"),
    ("passed_at", INSTANT, "when it passed the exit or barrier; NULL where the statement gives only the day"),
    ("posted_on", DAY, "day the toll was posted to the account, often days or weeks after the passing"),
    ("entry_plaza", TEXT, "plaza of the entry as written"),
    ("entry_lane", TEXT, "lane of the entry"),
    ("exit_plaza", TEXT, "plaza of the exit, or the barrier, as written"),
    ("exit_lane", TEXT, "lane of the exit or barrier"),
    ("activity", TEXT, "kind of line as written, such as TOLL"),
    ("vehicle_class", TEXT, "class of vehicle as written"),
    ("amount", MONEY, "toll charged; negative for a toll given back"),
    ("currency", TEXT, "currency"),
    ("transacted_at", INSTANT, "moment of the transaction as written: of the entry or of the exit"),
)

FUEL_PURCHASES = _record_table(
    "fuel_purchases",
    "one line of a fuel card's account: a fill, or something else bought with the card",
    ("source_key", TEXT, "the transaction's own number in its source"),
    ("item", WHOLE, "number of the line in its transaction"),
    ("day", DAY, "day of the purchase, local"),
    ("purchased_at", INSTANT, "when it was bought"),
    ("posted_on", DAY, "day it was posted to the account"),
    ("card", TEXT, "card as written, often masked"),
    ("vehicle", TEXT, "vehicle the card or the prompt names"),
    ("driver", TEXT, "driver as written: a name, or the number typed at the pump"),
    ("department", TEXT, "department"),
    ("product", TEXT, "product as written"),
    ("product_class", TEXT, "class of product as written; NULL where the source has none"),
    ("quantity", "DECIMAL(18,6)", "quantity as written, in its own unit"),
    ("quantity_unit", TEXT, "unit of the quantity as written: GA, L, EA, ..."),
    ("volume_ml", WHOLE, "quantity of fuel in millilitres; NULL where the unit is no volume"),
    ("unit_price", "DECIMAL(18,6)", "price of one unit as written"),
    ("amount", MONEY, "amount charged; negative for a discount or refund"),
    ("currency", TEXT, "currency"),
    ("odometer_m", WHOLE, "odometer as typed at the pump, metres"),
    ("adjusted_odometer_m", WHOLE, "odometer as someone corrected it later, metres"),
    ("previous_odometer_m", WHOLE, "odometer at the purchase before, as the card company has it, metres"),
    ("claimed_distance_m", WHOLE, "distance since then as the card company has it, metres; may be absurd"),
    ("tank_ml", WHOLE, "capacity of the tank as registered, millilitres; NULL if none is"),
    ("merchant", TEXT, "merchant"),
    ("merchant_key", TEXT, "the merchant's own number for the site"),
    ("merchant_address", TEXT, "street address of the merchant"),
    ("merchant_city", TEXT, "city of the merchant"),
    ("merchant_region", TEXT, "state or region code of the merchant"),
    ("merchant_postal_code", TEXT, "postal code of the merchant"),
)

VENDOR_TRIPS = _record_table(
    "vendor_trips",
    "one trip as a telematics vendor cut it: kept as given, beside the legs cut here",
    ("source_key", TEXT, "the trip's own number in its source"),
    ("vendor", TEXT, "vendor or program: traccar, geotab, samsara"),
    ("vehicle", TEXT, "vehicle: the device's name, or its number where it has none"),
    ("driver", TEXT, "driver as the vendor names or numbers him; NULL where none signed in"),
    ("started_at", INSTANT, "start"),
    ("ended_at", INSTANT, "end, be it before the start; NULL for a trip under way"),
    ("next_started_at", INSTANT, "start of the trip after, where the vendor gives it"),
    ("from_lat_e6", WHOLE, "latitude of the start, millionths of a degree"),
    ("from_lon_e6", WHOLE, "longitude of the start"),
    ("to_lat_e6", WHOLE, "latitude of the end"),
    ("to_lon_e6", WHOLE, "longitude of the end"),
    ("from_address", TEXT, "address of the start as the vendor has it"),
    ("to_address", TEXT, "address of the end as the vendor has it"),
    ("claimed_distance_m", WHOLE, "distance as the vendor has it, metres"),
    ("start_odometer_m", WHOLE, "odometer at the start, metres"),
    ("end_odometer_m", WHOLE, "odometer at the end, metres"),
    ("duration_s", WHOLE, "duration as the vendor has it, seconds"),
    ("moving_s", WHOLE, "time driven as the vendor has it, seconds"),
    ("idle_s", WHOLE, "time idled as the vendor has it, seconds"),
    ("mean_speed_mm_s", WHOLE, "average speed as the vendor has it, millimetres a second"),
    ("top_speed_mm_s", WHOLE, "top speed as the vendor has it, millimetres a second"),
    ("fuel_ml", WHOLE, "fuel used as the vendor has it, millilitres"),
)

PER_DIEM_RATES = _record_table(
    "per_diem_rates",
    "one per diem rate: of one destination in one season of a fiscal year",
    ("source_key", TEXT, "the destination's own number in its source"),
    ("fiscal_year", WHOLE, "federal fiscal year, October 1 of the year before to September 30"),
    ("state", TEXT, "state code, or the country or territory as written; NULL for the standard rate"),
    ("place", TEXT, "destination as written; NULL: the standard rate, for every place not listed"),
    ("county", TEXT, "counties and cities it covers, as written"),
    ("season", TEXT, "season as written; years in it say nothing; NULL: the whole fiscal year"),
    ("season_from", DAY, "first day of the season, or the later one from which the rate is in force"),
    ("season_to", DAY, "last day of the season, or the end of the month of a table published monthly"),
    ("lodging", MONEY, "most for one night of lodging, without taxes"),
    ("meals", MONEY, "allowance of meals and incidentals for a full day"),
    ("currency", TEXT, "currency"),
    ("effective_on", DAY, "first day in force, as printed; NULL where the source does not say"),
)

RECORD_TABLES: tuple[Table, ...] = (
    LOG_ENTRIES,
    RIDERS,
    STOPS,
    VEHICLES,
    ASSIGNMENTS,
    RATES,
    TRACKS,
    FIXES,
    EVENTS,
    DUTIES,
    EXPENSES,
    AUTHORIZATIONS,
    ASSESSMENTS,
    DECLINED,
    PEOPLE,
    PLACES,
    OBLIGATIONS,
    REPAYMENTS,
    INSTALMENTS,
    WRITE_OFFS,
    ASSERTIONS,
    TOLL_PASSES,
    FUEL_PURCHASES,
    VENDOR_TRIPS,
    PER_DIEM_RATES,
    OBJECTIVES,
    RECOMMENDATIONS,
    REPLIES,
)

BOOK_TABLES: tuple[Table, ...] = (
    EXHIBITS,
    OCCURRENCES,
    SOURCE_ROWS,
    SET_ASIDE,
    UNREAD_COLUMNS,
    *RECORD_TABLES,
)

# ---------------------------------------------------------------- relations an audit derives

JUDGEMENTS = Table(
    "judgements",
    "one human decision, from the book's log; the latest on a matter wins",
    _columns(
        ("kind", TEXT, "person, entry, purpose, movement, or aboard"),
        ("left_key", TEXT, "the name, entry or use judged; of a movement or one aboard the log entry"),
        ("right_key", TEXT, "the other name or entry, the movement, or who was aboard; NULL for a purpose"),
        ("verdict", TEXT, "same or different; for a purpose its class"),
        ("by_whom", TEXT, "who judged"),
        ("judged_at", INSTANT, "when"),
        ("why", TEXT, "the reason given"),
    ),
)

ACTS = Table(
    "acts",
    "one act on the book's log that an audit reads",
    _columns(
        ("entry", WHOLE, "its number on the log"),
        ("kind", TEXT, "take-in, notice (to preserve records), request (for records), or answer"),
        ("at", INSTANT, "when it was entered"),
        ("take_in", TEXT, "the take-in, as occurrences name it"),
        ("whom", TEXT, "to whom the notice or request went, or who answered"),
        ("words", TEXT, "what was noticed, asked or answered"),
        ("due", DAY, "the day by which a request was to be answered"),
        ("request", WHOLE, "of an answer the entry of the request"),
        ("produced", YESNO, "of an answer: records came; no: none came, or there are said to be none"),
    ),
)

PERSON_COMPARISONS = Table(
    "person_comparisons",
    "two names of riders that came close enough to be compared",
    _columns(
        ("left_name", TEXT, "name key, the alphabetically first"),
        ("right_name", TEXT, "name key"),
        ("score", WHOLE, "similarity, 0 to 100"),
        ("comparisons", TEXT, "each comparison made and what it gave, in words"),
        ("verdict", TEXT, "same, different, or unsure"),
        ("decided_by", TEXT, "the rule or the person that decided"),
    ),
)

ENTRY_COMPARISONS = Table(
    "entry_comparisons",
    "two log entries of one vehicle and day, or of two days that one slip of the pen may explain",
    _columns(
        ("left_id", TEXT, "log entry (record_id)"),
        ("right_id", TEXT, "log entry (record_id)"),
        ("comparisons", TEXT, "each comparison made and what it gave, in words"),
        ("verdict", TEXT, "same, different, or unsure"),
        ("decided_by", TEXT, "the rule or the person that decided"),
    ),
)

LEGS = Table(
    "legs",
    "one leg: from one place of a use to the next, or along a track",
    _columns(
        ("leg_id", TEXT, "use or track and number"),
        ("use_id", TEXT, "the use; NULL for a track no log entry explains"),
        ("track_id", TEXT, "the track; NULL for a leg known from the log only"),
        ("position", WHOLE, "order, from 1"),
        ("from_place", TEXT, "place key of the start"),
        ("to_place", TEXT, "place key of the end"),
        ("from_lat_e6", WHOLE, "latitude of the start; NULL where the place is not known"),
        ("from_lon_e6", WHOLE, "longitude of the start"),
        ("to_lat_e6", WHOLE, "latitude of the end"),
        ("to_lon_e6", WHOLE, "longitude of the end"),
        ("metres", WHOLE, "great-circle distance, metres"),
    ),
)

USES = Table(
    "uses",
    "one use of the detail or of a vehicle",
    _columns(
        ("use_id", TEXT, "vehicle, day and a short hash of route and hours"),
        ("date", DAY, "day of the use"),
        ("vehicle", TEXT, "vehicle"),
        ("route", TEXT, "route as written in the first source"),
        ("hours", HOURS, "hours, from the first source that has them"),
        ("riders", TEXT, "riders as written in the first source that has them"),
        ("stated_purpose", TEXT, "purpose as written"),
        ("sources", TEXTS, "record_ids of the log entries behind it"),
        ("agency", TEXT, "using agency"),
        ("division", TEXT, "division"),
        ("task", TEXT, "movement, post, errand, or advance"),
        ("start_at", INSTANT, "start, where known"),
        ("end_at", INSTANT, "end, where known"),
        ("logged_at", INSTANT, "when the first entry was made, where known"),
        ("trip", TEXT, "trip it belongs to"),
        ("invoiced", MONEY, "amount invoiced; NULL where no source has one"),
        ("currency", TEXT, "currency of the invoice"),
    ),
)

FACTS = Table(
    "facts",
    "the facts of one use, as rulebooks may read them; NULL means not known",
    _columns(
        ("use_id", TEXT, "the use"),
        ("date", DAY, "day of the use"),
        ("vehicle", TEXT, "vehicle"),
        ("agency", TEXT, "using agency"),
        ("task", TEXT, "movement, post, errand, or advance"),
        ("purpose", TEXT, "purpose class of the stated purpose: see docs/reference/facts.md"),
        ("purpose_stated", YESNO, "some purpose stands on record"),
        ("riders_known", YESNO, "a rider list stands on record"),
        ("principal_aboard", YESNO, "the office-holder was aboard"),
        ("protectee_aboard", YESNO, "a designated protectee was aboard"),
        ("family_aboard", YESNO, "family of the office-holder was aboard"),
        ("security_aboard", YESNO, "a security officer is on the rider list"),
        ("outside_jurisdiction", YESNO, "a place of the route lies outside the jurisdiction"),
        ("from_residence", YESNO, "the use starts or ends at a residence of the office-holder"),
        ("campaign_place", YESNO, "a place of the route is a campaign place"),
        ("authorization_in_force", YESNO, "an authorization covers the use on its day"),
        (
            "assessment_in_force",
            YESNO,
            "an assessment asking for protection was in force for a protectee aboard",
        ),
        ("declined", YESNO, "every protectee aboard had declined protection"),
        ("made_after_event", YESNO, "the entry was made more than a day after the use"),
        ("hours", HOURS, "hours"),
        ("home_to_work", YESNO, "the use leads from a residence to an office, or back"),
        (
            "driven",
            YESNO,
            "the vehicle's device recorded it; no: it reported throughout and the vehicle stood",
        ),
        (
            "driven_m",
            WHOLE,
            "length of the movements recorded, metres; NULL if one is a silence or shared",
        ),
        ("driven_hours", HOURS, "hours in motion of the movements recorded"),
        ("event_purpose", TEXT, "purpose class of the calendar events that the movements lead to or from"),
        ("event_hours", HOURS, "hours of these events"),
        ("political_event_hours", HOURS, "hours of the political ones among them"),
        ("private_event_hours", HOURS, "hours of the political, personal and errand ones among them"),
        ("private_m", WHOLE, "of driven_m, the movements that were for such events"),
        ("private_hours", HOURS, "of driven_hours, the movements that were for such events"),
    ),
)

FACT_BASES = Table(
    "fact_bases",
    "why one fact of one use has its value",
    _columns(
        ("use_id", TEXT, "the use"),
        ("fact", TEXT, "the fact"),
        ("basis", TEXT, "the reason in words"),
        ("sources", TEXTS, "record_ids behind it"),
    ),
)

DETERMINATIONS = Table(
    "determinations",
    "one use decided under one rulebook",
    _columns(
        ("use_id", TEXT, "the use"),
        ("rule", TEXT, "the rules that decided, one a question, joined by '; '"),
        ("cites", TEXT, "what those rules cite, joined by '; '"),
        ("purpose", TEXT, "protective, official, political, personal, mixed, none; NULL if undetermined"),
        ("security_reason", TEXT, "yes, no, or cannot be determined"),
        ("permitted", TEXT, "yes, no, or cannot be determined"),
        ("costs", TEXT, "cost arrangement of the rulebook that applies; NULL if undetermined"),
        ("reason", TEXT, "the reason in words"),
        ("facts_used", TEXTS, "the facts the deciding rules read"),
        ("missing", TEXT, "the records that would settle what is undetermined; empty if nothing is"),
    ),
)

COSTS = Table(
    "costs",
    "one cost of one use",
    _columns(
        ("cost_id", TEXT, "use and cost class, or the expense's record_id"),
        ("use_id", TEXT, "the use; NULL for an expense no use explains"),
        ("cost_class", TEXT, "flight hours, mileage, airfare, lodging, ..."),
        ("basis", TEXT, "invoice, hours x rate, or expense record"),
        ("amount", MONEY, "amount charged"),
        ("computed", MONEY, "hours x rate, where both are known"),
        ("invoiced", MONEY, "invoice, where there is one"),
        ("currency", TEXT, "currency"),
        ("sources", TEXTS, "record_ids behind the amount"),
        ("day", DAY, "day of the use, or first day of the expense: a cost counts in the month of travel"),
        ("posted_on", DAY, "day the expense was posted to the account; NULL: not on record"),
    ),
)

ALLOCATIONS = Table(
    "allocations",
    "one share of one cost, for one payer",
    _columns(
        ("cost_id", TEXT, "the cost"),
        ("use_id", TEXT, "the use"),
        ("cost_class", TEXT, "cost class"),
        ("payer", TEXT, "who bears the share; 'undetermined' where the rule cannot say"),
        ("method", TEXT, "how the share was found, in words"),
        ("amount", MONEY, "the share"),
        ("currency", TEXT, "currency"),
        ("cites", TEXT, "what the cost rule cites"),
    ),
)

POSTINGS = Table(
    "postings",
    "one posting; the postings of an entry add up to zero in each currency",
    _columns(
        ("entry_id", TEXT, "the entry"),
        ("account", TEXT, "account"),
        ("amount", MONEY, "debit positive, credit negative"),
        ("currency", TEXT, "currency"),
    ),
)

LEDGER_ENTRIES = Table(
    "ledger_entries",
    "one entry of the ledger: what its postings are about",
    _columns(
        ("entry_id", TEXT, "the entry, as postings name it"),
        ("day", DAY, "day of what it tells of; NULL: not on record"),
        (
            "what",
            TEXT,
            "cost, order, interest, superseded, default, revived, moved, passed, paid, escrow, written off",
        ),
        ("words", TEXT, "what happened, in words"),
        ("sources", TEXTS, "record_ids behind it"),
    ),
)

ORDER_STATES = Table(
    "order_states",
    "what became of one order or settlement, for one payer",
    _columns(
        ("instrument", TEXT, "the order or settlement"),
        ("payer", TEXT, "who must pay"),
        ("currency", TEXT, "currency"),
        ("state", TEXT, "in force, superseded, revived, paid, written off, or contingent on another payer"),
        ("since", DAY, "day since which it is so; NULL: not on record"),
        ("due", MONEY, "sum of its lines, with what passed to this payer or less what passed to another"),
        ("paid", MONEY, "what was paid and counts for it"),
        ("in_escrow", MONEY, "what lies in escrow for it"),
        ("written_off", MONEY, "what was given up of it"),
        ("outstanding", MONEY, "what is left to pay; nothing where it is superseded or contingent"),
        ("reason", TEXT, "why it is in this state, in words"),
        ("sources", TEXTS, "record_ids behind it"),
    ),
)

DUE_ITEMS = Table(
    "due_items",
    "one amount that is due on one day under an order in force: an instalment, or a whole order",
    _columns(
        ("instrument", TEXT, "the order or settlement"),
        ("payer", TEXT, "who must pay"),
        ("due_on", DAY, "day on which it is due; NULL: not on record"),
        ("amount", MONEY, "amount due"),
        ("paid", MONEY, "paid of it: payments fill the oldest item first"),
        ("paid_on", DAY, "day of the last payment or deposit that filled it; NULL: none, or no day"),
        ("open", MONEY, "left to pay of it"),
        ("days_late", WHOLE, "days from the due day to the day of the account, of what is open; 0: not late"),
        ("age", TEXT, "age of what is open: not due, 1-30, 31-60, 61-90, over 90; settled where nothing is"),
        ("sources", TEXTS, "record_ids behind it"),
        ("currency", TEXT, "currency"),
        ("in_escrow", MONEY, "of it in escrow"),
        ("written_off", MONEY, "given up of it, or taken back by a line of the order below zero"),
        ("remark", TEXT, "'before it was asked' if paid before the first order or request; else NULL"),
    ),
)

RECEIVABLES = Table(
    "receivables",
    "what one payer owes for one cost class",
    _columns(
        ("payer", TEXT, "who must pay"),
        ("cost_class", TEXT, "cost class"),
        ("amount", MONEY, "amount"),
        ("currency", TEXT, "currency"),
        ("uses", WHOLE, "uses behind the amount"),
    ),
)

ASSERTION_TESTS = Table(
    "assertion_tests",
    "one stated figure, tested against the book",
    _columns(
        ("assertion_id", TEXT, "the assertion"),
        ("quantity", TEXT, "what was stated"),
        ("stated", "DECIMAL(18,2)", "the stated figure"),
        ("computed", "DECIMAL(18,2)", "what the book gives; NULL where it cannot"),
        ("difference", "DECIMAL(18,2)", "stated minus computed"),
        ("unit", TEXT, "currency code, or what is counted"),
        ("verdict", TEXT, "reproduced, differs, or cannot be reproduced"),
        ("working", TEXT, "the working in words, or what is missing"),
        ("sources", TEXTS, "record_ids behind the computed figure, and the assertion's own"),
        ("finding_verdict", TEXT, "supported, contradicted, different scope, or not reproducible"),
        ("why", TEXT, "why that verdict: which scope or counting rule differs, or which record is missing"),
        ("stated_by", TEXT, "who stated it"),
        ("stated_on", DAY, "when"),
        ("scope", TEXT, "period, people and counting rule, as stated"),
        ("counting_rule", TEXT, "of a count: what makes one, as stated; NULL: not on record"),
        ("fact", TEXT, "the stated fact, where it is no figure"),
    ),
)

RECONCILIATIONS = Table(
    "reconciliations",
    "one line of the schedule between two stated figures of one thing; the lines add up to the difference",
    _columns(
        ("left_id", TEXT, "the assertion that names the other in compared_with"),
        ("right_id", TEXT, "the other assertion"),
        ("line", WHOLE, "number of the line, from 1"),
        (
            "line_class",
            TEXT,
            "equal, rounding, differs, only left or right, scope or counting rule differs, or unexplained",
        ),
        ("key", TEXT, "cost class of the parts compared; NULL for a line about the totals"),
        ("left_amount", "DECIMAL(18,2)", "the figure on the left; NULL where there is none"),
        ("right_amount", "DECIMAL(18,2)", "the figure on the right; NULL where there is none"),
        ("amount", "DECIMAL(18,2)", "what the line adds to the difference, left figure less right figure"),
        ("unit", TEXT, "currency code, or what is counted"),
        ("words", TEXT, "what the line says, or the record that is missing"),
        ("left_total", "DECIMAL(18,2)", "the left figure as stated"),
        ("right_total", "DECIMAL(18,2)", "the right figure as stated"),
        ("left_scope", TEXT, "scope and counting rule of the left figure"),
        ("right_scope", TEXT, "scope and counting rule of the right figure"),
        ("sources", TEXTS, "record_ids of the assertions compared"),
    ),
)

TRACK_PATHS = Table(
    "track_paths",
    "one track: its ends, extent and length",
    _columns(
        ("track_id", TEXT, "the track (record_id)"),
        ("day", DAY, "day, local"),
        ("vehicle", TEXT, "vehicle"),
        ("source_key", TEXT, "the log entry's number it claims"),
        ("fixes", WHOLE, "number of fixes"),
        ("from_lat_e6", WHOLE, "latitude of the first fix"),
        ("from_lon_e6", WHOLE, "longitude of the first fix"),
        ("to_lat_e6", WHOLE, "latitude of the last fix"),
        ("to_lon_e6", WHOLE, "longitude of the last fix"),
        ("metres", WHOLE, "length along the fixes, each hop rounded to whole metres"),
    ),
)

TRACED_LEGS = Table(
    "traced_legs",
    "one movement that a vehicle's device recorded: a leg, or a silence in which it moved",
    _columns(
        ("leg_id", TEXT, "vehicle and start (UTC)"),
        ("vehicle_key", TEXT, "vehicle, letters and digits only; of fixes without a vehicle: the track"),
        ("vehicle", TEXT, "vehicle as written"),
        ("kind", TEXT, "leg, or unobserved: a silence in which the vehicle moved"),
        ("start_at", INSTANT, "its most likely start"),
        ("start_lo", INSTANT, "the earliest it can have started"),
        ("start_hi", INSTANT, "the latest it can have started"),
        ("end_at", INSTANT, "its most likely end"),
        ("end_lo", INSTANT, "the earliest it can have ended"),
        ("end_hi", INSTANT, "the latest it can have ended"),
        ("start_by", TEXT, "what is before it: stay, gap, or record (the record begins there)"),
        ("end_by", TEXT, "what is after it: stay, gap, or record"),
        ("from_lat_e6", WHOLE, "latitude of the start, millionths of a degree"),
        ("from_lon_e6", WHOLE, "longitude of the start"),
        ("to_lat_e6", WHOLE, "latitude of the end"),
        ("to_lon_e6", WHOLE, "longitude of the end"),
        ("from_place", TEXT, "place of the register that the start is at; NULL for none"),
        ("to_place", TEXT, "place of the register that the end is at"),
        ("from_place_kind", TEXT, "kind of that place: residence, campaign office, ..."),
        ("to_place_kind", TEXT, "kind of that place"),
        ("from_region", TEXT, "state or country of the start: NY; NJ|NY, boundary; outside"),
        ("to_region", TEXT, "state or country of the end"),
        ("outside", YESNO, "an end or a fix lies outside the jurisdiction; NULL where a line is too near"),
        ("borders", TEXTS, "borders crossed, in order: NY to NJ, crossed"),
        ("shapes", TEXT, "packages and versions of the shapes that say so"),
        ("metres", WHOLE, "length of the path, metres"),
        ("moving_s", WHOLE, "seconds in motion"),
        ("gap_s", WHOLE, "seconds without a fix for more than two minutes"),
        ("top_kmh", WHOLE, "fastest hop, km/h"),
        ("fixes", WHOLE, "fixes on the path"),
        ("odometer_m", WHOLE, "odometer at the last fix less that at the first, metres"),
        ("ignition_on_at", INSTANT, "first fix with ignition on"),
        ("ignition_off_at", INSTANT, "last fix with ignition on"),
        ("differences", TEXT, "where ignition and odometer contradict the path"),
        ("profile", TEXT, "name and date of the stop rule"),
        ("sources", TEXTS, "record_ids of the first and the last fix, and of their tracks"),
    ),
)

DROPPED_FIXES = Table(
    "dropped_fixes",
    "one fix that tracing took out, or read otherwise than it stands",
    _columns(
        ("record_id", TEXT, "the fix"),
        ("vehicle_key", TEXT, "vehicle, letters and digits only"),
        ("at", INSTANT, "time of the fix; NULL where it has none"),
        ("reason", TEXT, "why: duplicate, teleport, position 0/0, ..."),
        ("used", YESNO, "used all the same, read otherwise (a clock set right)"),
    ),
)

WATCHED = Table(
    "watched_spans",
    "one span in which the device of a vehicle reported without a silence; spans of a vehicle do not touch",
    _columns(
        ("vehicle_key", TEXT, "vehicle, letters and digits only"),
        ("from_at", INSTANT, "its first report"),
        ("to_at", INSTANT, "its last report"),
        ("fixes", WHOLE, "reports in it"),
    ),
)

PER_DIEM_TESTS = Table(
    "per_diem_tests",
    "one expense of lodging or meals beside its per diem; receipts of one traveler, place and day together",
    _columns(
        ("expense_id", TEXT, "the expense (record_id); of several together the least"),
        ("cost_class", TEXT, "lodging or meals"),
        ("trip", TEXT, "trip it belongs to"),
        ("person", TEXT, "traveler; NULL: not on record"),
        ("day", DAY, "first night, or first day of meals"),
        ("day_to", DAY, "last day of its period, as on record"),
        ("place", TEXT, "place as written"),
        ("matched_by", TEXT, "city, county, or standard; NULL: no rate could be told"),
        ("rate_place", TEXT, "destination whose rate applies, with its state, or the standard rate"),
        ("nights", WHOLE, "nights, or days of meals, of the cap; NULL where they are not known"),
        ("persons", WHOLE, "travelers of the cap"),
        ("expense", MONEY, "amount spent"),
        ("cap", MONEY, "what the rates allow: nights x persons x rate; NULL where undetermined"),
        ("over", MONEY, "expense less cap; 0 where it is within; NULL where undetermined"),
        ("currency", TEXT, "currency of the expense"),
        ("verdict", TEXT, "within, over, or undetermined"),
        ("words", TEXT, "the working in words, or what is missing"),
        ("sources", TEXTS, "record_ids of the expenses and of the rates"),
    ),
)

AUDIT_TABLES: tuple[Table, ...] = (
    TRACK_PATHS,
    TRACED_LEGS,
    DROPPED_FIXES,
    WATCHED,
    ACTS,
    JUDGEMENTS,
    PERSON_COMPARISONS,
    ENTRY_COMPARISONS,
    LEGS,
    USES,
    FACTS,
    FACT_BASES,
    DETERMINATIONS,
    COSTS,
    ALLOCATIONS,
    POSTINGS,
    LEDGER_ENTRIES,
    ORDER_STATES,
    DUE_ITEMS,
    RECEIVABLES,
    ASSERTION_TESTS,
    RECONCILIATIONS,
    PER_DIEM_TESTS,
)


def find_table(name: str) -> Table | None:
    """The table of that name, or None."""
    return next((table for table in (*BOOK_TABLES, *AUDIT_TABLES) if table.name == name), None)
