"""The two looks of the house, dark and light; Textual's own themes can be chosen beside them."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="funil-dark",
    primary="#7AA2F7",
    secondary="#9AA5CE",
    accent="#7DCFFF",
    foreground="#D3D7E0",
    background="#13161B",
    surface="#191D24",
    panel="#232934",
    success="#9ECE6A",
    warning="#E0AF68",
    error="#F7768E",
    dark=True,
    variables={"block-cursor-text-style": "none", "input-selection-background": "#7AA2F7 35%"},
)

LIGHT: Final = Theme(
    name="funil-light",
    primary="#2F5FD0",
    secondary="#5B6478",
    accent="#0B7FA8",
    foreground="#2A2E36",
    background="#FBFAF7",
    surface="#F3F1EC",
    panel="#E7E4DC",
    success="#3F7D20",
    warning="#9A6200",
    error="#C0243C",
    dark=False,
    variables={"block-cursor-text-style": "none", "input-selection-background": "#2F5FD0 25%"},
)
