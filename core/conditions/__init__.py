"""Conditions: nested groups of ALL, ANY and NOT over fields, as the board file writes them.

``{all: [{field: deal.amount, op: ">", value: 5000}, {not: {field: contact.name, op: empty}}]}``

How values are compared (Bitrix24's behaviour where it documents or publishes one):

- **Text** by letter: case, accents and spaces count, after Unicode NFC. ``contains`` looks anywhere in the text.
- **Numbers and money** as decimals, never as binary fractions. Currencies are not converted.
- **Dates and times** in the company's zone. A value of day precision compares days, a clock time (``"09:00"``) compares
  the clock, and a range of clock times may cross midnight; both ends of ``between`` belong to it. Where a date meets a
  moment, the date is its midnight.
- **Nothing** (no value, blank text, an empty list): only ``!=``, ``not_contains``, ``not_in`` and ``empty`` hold. A
  custom bool that nobody has set is false.
- **A multiple field** matches when any element does, whatever the operator: ``!=`` asks whether some element differs.
  For *no element is* write ``{not: {field, op: "=", value}}``.
- **A condition that cannot be judged** (its field is gone, its stage was removed) does not hold as a whole, so that
  nothing is sent by mistake; ``trouble`` says why.
"""

from __future__ import annotations

from core.conditions.compiling import Compiled, check, compile_condition, judge
from core.conditions.operators import OPERATORS, operators_for
from core.conditions.sentences import read_back
from core.conditions.verdict import Comparison, Verdict

__all__ = [
    "OPERATORS",
    "Comparison",
    "Compiled",
    "Verdict",
    "check",
    "compile_condition",
    "judge",
    "operators_for",
    "read_back",
]
