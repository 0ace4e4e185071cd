"""QTI items as source items: `read_item` is all a caller needs.

`dialect` makes one vocabulary of the versions' names, `declarations` and `processing` give the
scoring side as `kiosk.scoring.rules` values, `interactions` the seat's side, `item` puts them together.
"""

from kiosk.authoring.qti.item import SourceItem, read_item, read_rules

__all__ = ["SourceItem", "read_item", "read_rules"]
