"""Chinese by pinyin, within the program: what letters spell, and which words to choose from.

No Qt, no other process, and nothing on the disk: an input method of the session would be a second
program beside the exam, and most of them learn from what is typed.
"""

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz'")
"""What pinyin is spelled with."""
