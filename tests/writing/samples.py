"""A question that is answered with a few words."""

from kiosk.assessment.content import Field, Paragraph, Text
from kiosk.assessment.items import Item, ItemText, TextEntry


def short_answer(base_type="string"):
    def said(before, after):
        return ItemText((Paragraph((Text(before), Field("R"), Text(after))),), {})

    return Item(
        "short-answer",
        (TextEntry("R", base_type, 8),),
        {
            "zh-CN": said("稀土分离中最常用的方法是 ", " 法。"),
            "en": said("Rare earths are most often separated by ", "."),
        },
    )
