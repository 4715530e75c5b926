"""The determinations: what was permitted, whether security was the reason, and by which rule."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.policy.model import Rulebook
from wardbook.records.engine import literal
from wardbook.report.narrative.document import Block, Chart, Column, Paragraph, Section, TableBlock
from wardbook.report.narrative.sentence import Sentence, Told
from wardbook.report.narrative.teller import Said, Teller, ended

_USES = "SELECT unnest(sources) FROM uses"

_DECIDED = """
    SELECT u.use_id, u.date, u.sources, u.agency, u.hours,
        coalesce(d.permitted, 'cannot be determined') AS permitted,
        coalesce(d.security_reason, 'cannot be determined') AS security_reason,
        coalesce(d.purpose, 'cannot be determined') AS purpose, coalesce(d.rule, 'none') AS rule,
        coalesce(d.cites, '') AS cites, coalesce(d.missing, '') AS missing
    FROM uses AS u LEFT JOIN determinations AS d USING (use_id)
"""

_OF_WHOM: tuple[tuple[str, str, str], ...] = (
    ("principal", "principal_aboard", "had the office-holder aboard"),
    (
        "family",
        "family_aboard AND NOT coalesce(principal_aboard, FALSE)",
        "had family aboard and not the office-holder",
    ),
    ("family-with", "family_aboard AND principal_aboard", "had family aboard with the office-holder"),
    ("no-protectee", "riders_known AND NOT protectee_aboard", "had a rider list with no protectee on it"),
    (
        "positioning",
        "purpose = 'positioning'",
        "moved the vehicle with nobody to carry, to or from another use",
    ),
    ("residence", "from_residence", "started or ended at a residence of the office-holder"),
    ("outside", "outside_jurisdiction", "led outside the jurisdiction"),
    (
        "unassessed",
        "protectee_aboard AND NOT coalesce(assessment_in_force, FALSE)",
        "had a protectee aboard and no assessment in force on record that asks for protection",
    ),
    ("after", "made_after_event", "came into the log more than a day after the use"),
)


def determinations(teller: Teller, rulebook: Rulebook) -> Iterator[Section]:
    """What was decided: counts with their counting rule, the rules that decided, and the uses by kind."""
    if not teller.engine.count("uses"):
        none = teller.frame("decided.none", "No use is on record. ")
        yield Section("decided", "Determinations", 1, (Paragraph((none,)),))
        return
    blocks: tuple[Block, ...] = (Paragraph(tuple(_answers(teller))), _cross(teller), _calendar(teller))
    yield Section("decided", "Determinations", 1, blocks)
    yield Section("decided.rules", "By rule", 2, tuple(_by_rule(teller, rulebook)))
    kinds = tuple(_kinds(teller))
    if kinds:
        yield Section(
            "decided.kinds",
            "Uses by who was aboard and where they led",
            2,
            (Paragraph(kinds), _agencies(teller)),
        )
    legs = tuple(_map(teller))
    if legs:
        yield Section("decided.map", "Where the uses led", 2, legs)


def _answers(teller: Teller) -> Iterator[Sentence]:
    for column, words in (("permitted", "permitted"), ("security_reason", "for the reason of security")):
        for answer, verb in (("yes", "were"), ("no", "were not"), ("cannot be determined", "")):
            where = f"FROM ({_DECIDED}) WHERE {column} = {literal(answer)}"
            if not teller.engine.one(f"SELECT count(*) {where}"):
                continue
            count = teller.counted(f"SELECT count(*) {where}", "use")
            said: tuple[Said, ...] = (
                (count, f" {verb} {words}. ")
                if verb
                else ("Of ", count, f" it cannot be determined from the records whether they were {words}. ")
            )
            key = answer.replace(" ", "-")
            yield teller.fact(f"decided.{column}.{key}", *said, found_by=f"SELECT unnest(sources) {where}")


def _cross(teller: Teller) -> TableBlock:
    query = f"""
        SELECT permitted, security_reason, purpose, count(*) AS uses, sum(hours) AS hours
        FROM ({_DECIDED}) GROUP BY ALL ORDER BY permitted, security_reason, purpose
    """
    columns = (
        Column("permitted"),
        Column("security the reason"),
        Column("purpose"),
        Column("uses", "count"),
        Column("hours", "count"),
    )
    caption = "Uses by answer and purpose; a use is counted once however many records name it"
    return teller.table("decided.cross", caption, columns, query, "determinations.csv")


def _by_rule(teller: Teller, rulebook: Rulebook) -> Iterator[Block]:
    notes = {rule.name: rule.note for rule in rulebook.rules}
    rows = teller.engine.rows(f"SELECT rule, count(*) AS n FROM ({_DECIDED}) GROUP BY 1 ORDER BY n DESC, 1")
    for number, (rules, _n) in enumerate(rows[:40]):
        where = f"FROM ({_DECIDED}) WHERE rule = {literal(rules)}"
        told = "; ".join(dict.fromkeys(notes[name] for name in rules.split("; ") if notes.get(name)))
        fact = teller.fact(
            f"rule.{number}.count",
            teller.counted(f"SELECT count(*) {where}", "use"),
            *((" under ", Told(rules, "rulebook"), ". ") if rules else (" that no rule decides. ",)),
            found_by=f"SELECT unnest(sources) {where}",
        )
        sentences = [fact]
        if told:
            sentences.append(
                teller.analysis(
                    f"rule.{number}.why", Told(told[0].upper() + told[1:], "rulebook"), ". ",
                    rests_on=[fact], method=f"rule:{rules}",
                )
            )  # fmt: skip
        yield Paragraph(tuple(sentences))
        settled = teller.engine.rows(
            f"SELECT missing, count(*) AS n {where} AND missing <> '' GROUP BY 1 ORDER BY n DESC, 1 LIMIT 3"
        )
        for place, (missing, _m) in enumerate(settled):
            yield Paragraph(
                (
                    teller.analysis(
                        f"rule.{number}.missing.{place}", Told(ended(missing), "rulebook"), " ",
                        rests_on=[fact], method=f"rule:{rules}",
                    ),
                ),
                "What would settle it",
            )  # fmt: skip


def _kinds(teller: Teller) -> Iterator[Sentence]:
    for key, condition, words in _OF_WHOM:
        where = f"FROM uses AS u JOIN facts AS f USING (use_id) WHERE f.use_id IN (SELECT use_id FROM facts WHERE {condition})"  # noqa: E501
        if not teller.engine.one(f"SELECT count(*) {where}"):
            continue
        hours = f"SELECT sum(u.hours) {where}"
        timed: tuple[Said, ...] = (
            (", ", teller.decimal(hours), " hours together where hours are on record")
            if teller.engine.one(hours)
            else ()
        )
        yield teller.fact(
            f"kind.{key}",
            teller.counted(f"SELECT count(*) {where}", "use"),
            f" {words}",
            *timed,
            ". ",
            found_by=f"SELECT unnest(u.sources) {where}",
        )


def _agencies(teller: Teller) -> TableBlock:
    query = f"""
        SELECT coalesce(agency, '(not on record)') AS agency, count(*) AS uses, sum(hours) AS hours,
            count(*) FILTER (permitted = 'no') AS not_permitted,
            count(*) FILTER (permitted = 'cannot be determined') AS undetermined
        FROM ({_DECIDED}) GROUP BY 1 ORDER BY uses DESC, 1
    """
    columns = (
        Column("using agency", "agency"),
        Column("uses", "count"),
        Column("hours", "count"),
        Column("not permitted", "count"),
        Column("cannot be determined", "count"),
    )
    return teller.table(
        "decided.agencies", "Uses by using agency, as the records name it", columns, query, "uses.csv"
    )


def _calendar(teller: Teller) -> Chart:
    query = """
        SELECT u.date, count(*) AS uses, count(*) FILTER (f.assessment_in_force) AS assessed
        FROM uses AS u LEFT JOIN facts AS f USING (use_id)
        WHERE u.date IS NOT NULL GROUP BY 1 ORDER BY 1
    """
    columns = (Column("day", "day"), Column("uses", "count"), Column("with an assessment in force", "count"))
    words = teller.fact(
        "chart.calendar",
        "Uses on ",
        teller.counted("SELECT count(DISTINCT date) FROM uses", "day"),
        "; on ",
        teller.counted("SELECT count(DISTINCT date) FROM facts WHERE assessment_in_force", "day"),
        " of them an assessment asking for protection was in force for a protectee aboard. ",
        found_by=_USES,
    )
    caption = "Uses by month, and how many had an assessment in force"
    monthly = f"""
        SELECT strftime(date, '%Y-%m') AS month, sum(uses) AS uses, sum(assessed) AS assessed
        FROM ({query}) GROUP BY 1 ORDER BY 1
    """
    table = teller.table(
        "chart.calendar.months", caption, (Column("month"), *columns[1:]), monthly, "uses.csv"
    )
    return Chart(
        "chart.calendar",
        "calendar",
        "Calendar of uses, with and without an assessment",
        "uses",
        (words,),
        table,
    )


def _map(teller: Teller) -> Iterator[Block]:
    query = """
        SELECT from_lat, from_lon, to_lat, to_lon, count(*) AS legs
        FROM (
            SELECT CAST(from_lat_e6 / 1e6 AS DECIMAL(9,3)) AS from_lat,
                CAST(from_lon_e6 / 1e6 AS DECIMAL(9,3)) AS from_lon,
                CAST(to_lat_e6 / 1e6 AS DECIMAL(9,3)) AS to_lat,
                CAST(to_lon_e6 / 1e6 AS DECIMAL(9,3)) AS to_lon
            FROM legs WHERE from_lat_e6 IS NOT NULL AND to_lat_e6 IS NOT NULL AND use_id IS NOT NULL
        )
        GROUP BY ALL ORDER BY legs DESC, from_lat, from_lon, to_lat, to_lon
    """
    placed = "FROM legs WHERE from_lat_e6 IS NOT NULL AND to_lat_e6 IS NOT NULL AND use_id IS NOT NULL"
    if not teller.engine.one(f"SELECT count(*) {placed}"):
        return
    ends = ("from latitude", "from longitude", "to latitude", "to longitude")
    columns = (*(Column(name, "position") for name in ends), Column("legs", "count"))
    words = teller.fact(
        "chart.map",
        teller.counted(f"SELECT count(*) {placed}", "leg"),
        " have both ends on the map, of ",
        teller.count("SELECT count(*) FROM legs WHERE use_id IS NOT NULL"),
        " of logged uses; a line is drawn straight between two places, not along the way taken. ",
        found_by=f"SELECT unnest(sources) FROM uses WHERE use_id IN (SELECT use_id {placed})",
    )
    table = teller.table(
        "chart.map.legs", "Legs between two places, both ends known", columns, query, "movements.csv"
    )
    yield Chart("chart.map", "map", "Legs between places", "legs", (words,), table)
