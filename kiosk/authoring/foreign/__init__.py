"""Questions of other programs (spreadsheets, GIFT, Aiken, Moodle) as drafts of QTI 3 items.

`recognise.read_drafts` is all a caller needs. Every reader gives `Draft`s; `qti3` writes their items,
which are then read by the same code as anybody's QTI, so that no second way into a bank exists.
"""
