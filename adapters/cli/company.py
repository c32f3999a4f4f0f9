"""``funil company``: client companies."""

from __future__ import annotations

import argparse

from adapters.cli import clients
from adapters.cli.parser import Family
from core.i18n import gettext as _


def options(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    about = clients.Abouts(
        add=_("make a client company and print its id"),
        show=_("print a client company"),
        list=_("print client companies by id"),
        set=_("change what is known of a client company; an empty value clears"),
        remove=_("take client companies out of use; refused while a deal has one"),
        restore=_("take removed client companies into use again"),
        imported=_("make client companies of the rows of a CSV file, all of them or none"),
        id=_("COMPANY"),
    )
    clients.add_verbs(Family(parser), "companies", about)
