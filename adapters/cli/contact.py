"""``funil contact``: people at the client's side."""

from __future__ import annotations

import argparse

from adapters.cli import clients
from adapters.cli.parser import Family
from core.i18n import gettext as _


def options(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    about = clients.Abouts(
        add=_("make a contact and print its id"),
        show=_("print a contact"),
        list=_("print contacts by id"),
        set=_("change what is known of a contact; an empty value clears"),
        remove=_("take contacts out of use; refused while a deal has one"),
        restore=_("take removed contacts into use again"),
        imported=_("make contacts of the rows of a CSV file, all of them or none"),
        id=_("CONTACT"),
    )
    clients.add_verbs(Family(parser), "contacts", about)
