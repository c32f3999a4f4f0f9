"""The backtest: what a rule or trigger would have done in the last days, on what has really happened. Reads only.

It goes in steps, each a short read: whoever asks may show how far it is and stop whenever they like. Deals are taken as
they stood at the time, as far as their history tells; what has no history (clients, users, constants, the other rules
and triggers) is taken as it is today, and each row names what of that it has used.
"""

from core.backtesting.base import Backtest, Row
from core.backtesting.of_rules import RuleBacktest
from core.backtesting.of_triggers import TriggerBacktest

__all__ = ["Backtest", "Row", "RuleBacktest", "TriggerBacktest"]
