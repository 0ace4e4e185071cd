"""The author's side: from items others wrote to a sealed bank.

`qti` reads an item, `compile` makes its text safe, `source_bank` is a folder of items with its
standard, `lint` says what is wrong with one, `seal` makes `.bank` and `.scoring` of it.
"""
