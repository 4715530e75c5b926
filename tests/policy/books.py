"""Rulebooks written for tests: a small whole one, and one with given rows."""

from __future__ import annotations

FRONT = """\
---
title: Cars of the town
jurisdiction: Town of Elm
authority: Town council
version: 1
home_region: NY
time_zone: America/New_York
currency: USD
---
"""

LAW = """
## Law

### Town code § 4 {#code-4}

> Cars of the town are for the business of the town.

### Town code § 5 {#code-5}

> Whoever uses a car of the town otherwise pays for it.
"""

FACTS = """
## Facts

| fact | reads | type | values | question | settled by |
|---|---|---|---|---|---|
| purpose | | enum | official, political (campaign, electoral), personal | What for? | the trip log |
| aboard | protectee_aboard | yes/no | | Was a protectee aboard? | the rider list |
| hours | | decimal | | How many hours? | the meter |
| agency | | text | | Which agency? | the log's heading |
| note kept | - | yes/no | | Was a note kept? | the note itself |
"""

QUESTION = """
## Question: May it be used?

| rule | cites | in force | overrides | purpose | aboard | => permitted | => costs | note |
|---|---|---|---|---|---|---|---|---|
| town | code-4 | always | | official | | yes | town | the town's business |
| other | code-4; code-5, first sentence | 2019-05-15.. | | not official | no | no | user | no town business |
| guarded | code-4 | 2019-05-15.. | | political, personal | yes | yes | user | a protectee was aboard |
"""

COSTS = """
## Costs

| arrangement | cost class | payer | method | cites | write down |
|---|---|---|---|---|---|
| town | any other | nobody | none | code-4 | the log |
| user | mileage | campaign | full | code-5 | the meter |
| user | salary | campaign | none | code-4 | |
"""

EXAMPLES = """
## Examples

| case | date | purpose | aboard | => permitted | => costs |
|---|---|---|---|---|---|
| business | 2020-01-01 | official | | yes | town |
| riders not on record | 2020-01-01 | campaign | | undetermined: aboard | undetermined: aboard |
| before the rule | 2018-01-01 | campaign | no | undetermined: no rule | |
"""

WHOLE = FRONT + LAW + FACTS + QUESTION + COSTS + EXAMPLES


def with_rules(table: str, facts: str = FACTS, costs: str = "", examples: str = "") -> str:
    """The small rulebook with another decision table under its only question."""
    return FRONT + LAW + facts + "\n## Question: May it be used?\n\n" + table + "\n" + costs + examples


def line_of(text: str, part: str) -> int:
    """The line (from 1) on which ``part`` first stands."""
    return text[: text.index(part)].count("\n") + 1
