"""The rows that the terminal shows, kept until they are stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._styles_cache import StylesCache
from textual.geometry import Region
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.widget import Widget


class LineCache(StylesCache):
    """Takes the place of a widget's own cache of rows, which puts borders, padding, tint and filters around each row.

    A board has none of the former, and applies filters to the parts that it keeps. The compositor asks for every row
    of a widget at each repaint, so that handing over the kept ones must cost nothing.
    """

    def render_widget(self, widget: Widget, crop: Region) -> list[Strip]:
        """Return rows of a widget, painting those that are stale or not kept."""
        width = widget.size.width
        if width != self._width:
            self.clear()
            self._width = width
        kept, stale = self._cache, self._dirty_lines
        rows = range(crop.y, crop.bottom)
        for y in rows:
            if y in stale or y not in kept:
                kept[y] = widget.render_line(y)
        stale.difference_update(rows)
        if (crop.x, crop.right) == (0, width):
            return [kept[y] for y in rows]
        return [kept[y].crop(crop.x, crop.right) for y in rows]
