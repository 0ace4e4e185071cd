"""What the desktop programs share in Qt.

`tokens` are the values of the design and `theme` the look made of them; `controls`, `panels`, `fields`
and `option_list` what a person presses and types in; `document` sets content, `content_view` shows it,
`item_view` a whole question; `battery` says what power is left; `qr_view` shows a code and `scan` takes one in.
"""
