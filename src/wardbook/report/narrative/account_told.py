"""The account in sentences: what was spent, who bears it, what is owed, what does not agree."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.records.engine import literal
from wardbook.report.figures import UNDETERMINED
from wardbook.report.narrative.document import Block, Chart, Column, Paragraph, Section, TableBlock
from wardbook.report.narrative.sentence import Name, Sentence, Told
from wardbook.report.narrative.teller import Teller, ended

_SHARES = """
    SELECT a.payer, a.cost_class, a.currency, a.amount, a.use_id, a.cost_id, a.method, a.cites, c.sources
    FROM allocations AS a JOIN costs AS c ON c.cost_id = a.cost_id AND c.currency = a.currency
"""


def account_told(teller: Teller, public_body: str) -> Iterator[Section]:
    """The account: totals with their scope, payers, receivables, and invoices against rates."""
    if not teller.engine.count("costs"):
        none = teller.frame("account.none", "No cost is on record, so no account can be drawn up. ")
        yield Section("account", "The account", 1, (Paragraph((none,)),))
        return
    blocks = (
        Paragraph(tuple(_totals(teller))),
        Paragraph(tuple(_payers(teller, public_body))),
        _classes(teller),
    )
    yield Section("account", "The account", 1, blocks)
    yield Section("account.time", "Costs over time", 2, tuple(_over_time(teller)))
    invoices = tuple(_invoices(teller))
    if invoices:
        yield Section("account.invoices", "Invoices against rates", 2, (Paragraph(invoices),))
    if teller.engine.count("receivables"):
        yield Section("account.receivables", "What is owed", 2, tuple(_receivables(teller)))
    yield from _orders(teller)
    yield from _per_diem(teller)


def _totals(teller: Teller) -> Iterator[Sentence]:
    for (currency,) in teller.engine.rows("SELECT DISTINCT currency FROM costs ORDER BY 1"):
        where = f"FROM costs WHERE currency = {literal(currency)}"
        yield teller.fact(
            f"account.total.{currency}",
            "Costs on record come to ",
            teller.amount(f"SELECT sum(amount) {where}", currency),
            ", in ",
            teller.counted(f"SELECT count(*) {where}", "cost"),
            " of ",
            teller.counted(f"SELECT count(DISTINCT use_id) {where}", "use"),
            "; a use without an invoice, a rate, or an expense on record is not in this sum. ",
            found_by=f"SELECT unnest(sources) {where}",
        )
        bases = teller.engine.rows(f"SELECT basis {where} GROUP BY 1 ORDER BY 1")
        for number, (basis,) in enumerate(bases):
            own = f"{where} AND basis = {literal(basis)}"
            yield teller.fact(
                f"account.total.{currency}.{number}",
                teller.amount(f"SELECT sum(amount) {own}", currency),
                " of it by ",
                basis,
                ". ",
                found_by=f"SELECT unnest(sources) {own}",
            )


def _payers(teller: Teller, public_body: str) -> Iterator[Sentence]:
    rows = teller.engine.rows(
        "SELECT payer, currency, sum(amount) AS total FROM allocations "
        "GROUP BY 1, 2 ORDER BY 2, total DESC, 1"
    )
    for number, (payer, currency, _total) in enumerate(rows[:40]):
        where = f"FROM ({_SHARES}) WHERE payer = {literal(payer)} AND currency = {literal(currency)}"
        found = f"SELECT unnest(sources) {where}"
        amount = teller.amount(f"SELECT sum(amount) {where}", currency)
        uses = teller.counted(f"SELECT count(DISTINCT use_id) {where}", "use")
        alone = teller.counted(f"SELECT count(DISTINCT cost_id) {where} AND use_id IS NULL", "cost")
        loose = () if alone[0].text == "0" else (" and of ", alone, " that no use on record explains")
        if payer == UNDETERMINED:
            yield teller.fact(
                f"account.payer.{number}", "Who bears ", amount, " of ", uses, *loose,
                " cannot be determined from the records. ", found_by=found,
            )  # fmt: skip
        else:
            stays = " bears, as the public body, " if payer == public_body else " bears "
            name = Name(payer, "public" if payer == public_body else "payer", "a payer")
            yield teller.fact(
                f"account.payer.{number}", name, stays, amount, " of ", uses, *loose, ". ", found_by=found
            )


def _classes(teller: Teller) -> TableBlock:
    query = f"""
        SELECT payer, cost_class, count(DISTINCT cost_id) AS costs, count(DISTINCT use_id) AS uses,
            CAST(sum(amount) AS DECIMAL(18,2)) AS amount, currency
        FROM ({_SHARES}) GROUP BY payer, cost_class, currency ORDER BY currency, payer, cost_class
    """
    columns = (
        Column("payer", "payer"),
        Column("cost class"),
        Column("costs", "count"),
        Column("uses", "count"),
        Column("amount", "amount"),
        Column("currency"),
    )
    caption = "Shares by payer and cost class; the shares of a cost add up to it to the cent"
    return teller.table("account.classes", caption, columns, query, "allocations.csv")


def _over_time(teller: Teller) -> Iterator[Block]:
    for (currency,) in teller.engine.rows("SELECT DISTINCT currency FROM costs ORDER BY 1"):
        for key, by, title in (
            ("payer", "s.payer", "Costs by year and payer"),
            ("purpose", "coalesce(d.purpose, 'cannot be determined')", "Costs by year and purpose"),
        ):
            query = f"""
                SELECT coalesce(strftime(u.date, '%Y'), 'no day on record') AS year, {by} AS part,
                    CAST(sum(s.amount) AS DECIMAL(18,2)) AS amount
                FROM ({_SHARES}) AS s
                LEFT JOIN uses AS u USING (use_id) LEFT JOIN determinations AS d USING (use_id)
                WHERE s.currency = {literal(currency)} GROUP BY 1, 2 ORDER BY 1, 2
            """
            columns = (
                Column("year"),
                Column(key, "payer" if key == "payer" else "text"),
                Column("amount", "amount"),
            )
            where = f"FROM costs WHERE currency = {literal(currency)}"
            words = teller.fact(
                f"chart.{key}.{currency}",
                f"{title}: ",
                teller.amount(f"SELECT sum(amount) {where}", currency),
                " in all. ",
                found_by=f"SELECT unnest(sources) {where}",
            )
            table = teller.table(
                f"chart.{key}.{currency}.rows", f"{title}, in {currency}", columns, query, "allocations.csv"
            )
            yield Chart(f"chart.{key}.{currency}", "bars", title, currency, (words,), table)


def _invoices(teller: Teller) -> Iterator[Sentence]:
    both = "FROM costs WHERE invoiced IS NOT NULL AND computed IS NOT NULL"
    if not teller.engine.one("SELECT count(*) FROM costs WHERE invoiced IS NOT NULL"):
        return
    if not teller.engine.one(f"SELECT count(*) {both}"):
        yield teller.fact(
            "invoices.alone",
            teller.counted("SELECT count(*) FROM costs WHERE invoiced IS NOT NULL", "invoice"),
            " stand beside no rate in force or no hours, and cannot be tested. ",
            found_by="SELECT unnest(sources) FROM costs WHERE invoiced IS NOT NULL",
        )
        return
    yield teller.fact(
        "invoices.compared",
        teller.counted(f"SELECT count(*) {both}", "invoice"),
        " can be compared with hours or distance times the rate in force; ",
        teller.count(f"SELECT count(*) {both} AND invoiced = computed"),
        " agree to the cent. ",
        found_by=f"SELECT unnest(sources) {both}",
    )
    apart = f"{both} AND invoiced <> computed"
    for (currency,) in teller.engine.rows(f"SELECT DISTINCT currency {apart} ORDER BY 1"):
        own = f"{apart} AND currency = {literal(currency)}"
        yield teller.fact(
            f"invoices.apart.{currency}",
            "The others are invoiced at ",
            teller.amount(f"SELECT sum(invoiced) {own}", currency),
            " and computed at ",
            teller.amount(f"SELECT sum(computed) {own}", currency),
            ". ",
            found_by=f"SELECT unnest(sources) {own}",
        )


def _receivables(teller: Teller) -> Iterator[Block]:
    query = """
        SELECT payer, cost_class, uses, amount, currency FROM receivables
        ORDER BY payer, cost_class, currency, amount
    """
    columns = (
        Column("payer", "payer"),
        Column("cost class or instrument"),
        Column("uses", "count"),
        Column("amount", "amount"),
        Column("currency"),
    )
    caption = (
        "Receivables: for uses by cost class, and what is left of orders; "
        "not to be added where they rest on the same uses"
    )
    yield teller.table("account.receivables", caption, columns, query, "receivables.csv")


def _orders(teller: Teller) -> Iterator[Section]:
    """Orders and settlements: the state of each, and what is due on which day."""
    if not teller.engine.count("order_states"):
        return
    sentences = []
    rows = teller.engine.dicts("SELECT * FROM order_states ORDER BY instrument, payer, currency")
    for number, row in enumerate(rows):
        own = (
            f"FROM order_states WHERE instrument = {literal(row['instrument'])} "
            f"AND payer = {literal(row['payer'])} AND currency = {literal(row['currency'])}"
        )
        since = (" since ", teller.day(f"SELECT since {own}")) if row["since"] else ()
        sentences.append(
            teller.fact(
                f"order.{number}",
                Told(f"“{row['instrument']}”", "record"),
                " against ",
                Name(row["payer"], "payer", "a payer"),
                " is ",
                Told(row["state"], "working"),
                since,
                ": due ",
                teller.amount(f"SELECT due {own}", row["currency"]),
                ", paid ",
                teller.amount(f"SELECT paid {own}", row["currency"]),
                ", left to pay ",
                teller.amount(f"SELECT outstanding {own}", row["currency"]),
                ". ",
                Told(ended(row["reason"][:1].upper() + row["reason"][1:]), "working")
                if row["reason"]
                else (),
                " ",
                found_by=f"SELECT unnest(sources) {own}",
            )
        )
    blocks: list[Block] = [Paragraph((one,)) for one in sentences]
    if teller.engine.count("due_items"):
        query = """
            SELECT instrument, payer, due_on, amount, paid, open, age, coalesce(remark, '') AS remark, sources
            FROM due_items ORDER BY instrument, payer, due_on NULLS LAST, amount
        """
        columns = (
            Column("instrument"),
            Column("payer", "payer"),
            Column("due on", "day"),
            Column("due", "amount"),
            Column("paid", "amount"),
            Column("open", "amount"),
            Column("age"),
            Column("remark"),
        )
        caption = "What is due on which day; a payment fills the oldest first"
        blocks.append(teller.table("account.due", caption, columns, query, "due_items.csv"))
    yield Section("account.orders", "Orders, settlements and payments", 2, tuple(blocks))


def _per_diem(teller: Teller) -> Iterator[Section]:
    """Lodging and meals beside the per diem, where both are on record."""
    if not teller.engine.count("per_diem_tests"):
        return
    query = """
        SELECT day, place, cost_class, rate_place, expense, cap, over, verdict, words, sources
        FROM per_diem_tests ORDER BY day NULLS LAST, place, cost_class, expense_id
    """
    columns = (
        Column("day", "day"),
        Column("place", "route"),
        Column("cost class"),
        Column("rate of", "route"),
        Column("spent", "amount"),
        Column("per diem", "amount"),
        Column("over", "amount"),
        Column("verdict"),
        Column("working", "detail"),
    )
    caption = "Lodging and meals beside the per diem of place, season and fiscal year"
    table = teller.table("account.per_diem", caption, columns, query, "per_diem_tests.csv")
    yield Section("account.per_diem", "Lodging and meals beside the per diem", 2, (table,))
