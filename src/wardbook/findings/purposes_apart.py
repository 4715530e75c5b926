"""A purpose stated in the log that the calendar of the same movements does not bear out."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.findings.phrases import counted, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.link.purposes import PUBLIC_CLASSES
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine, literal


def _apart(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "purposes_apart", public=", ".join(literal(name) for name in PUBLIC_CLASSES))
    for row in engine.dicts("SELECT * FROM purposes_apart ORDER BY vehicle, month"):
        uses = counted(row["times"], "use")
        yield Observation(
            title=f"Log and calendar give {uses} of {row['vehicle']} unlike purposes, {row['month']}",
            condition=f"{listed(row['told'])}.",
            effect="Who must pay hangs on the purpose. The facts follow the log until a person judges.",
            evidence=tuple(row["evidence"]),
            uses=tuple(row["use_ids"]),
        )


PURPOSES_APART = Procedure(
    code="INT-19",
    name="Another purpose in the calendar than in the log",
    criterion="The purpose that the log states is that of the drive.",
    doc=(
        "The class of the stated purpose, and the class of the calendar events that the use's recorded "
        "movements lead to, lead from or lie in: listed where one is public business and the other is not, "
        "or is mixed. Both are read by the same words; events without a word of the list say nothing. One "
        "finding per vehicle and month."
    ),
    run=_apart,
    innocent_explanations=(
        "The drive was for other business at the place of the event, or near it.",
        "The event was canceled, or moved, and the calendar was not kept.",
        "The title of the event is not what it was: a reception may be a working meeting.",
        "Who went to the event was another rider.",
    ),
)
