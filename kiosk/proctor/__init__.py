"""The proctor's desk: reads a terminal's challenge, says what a signature will do, and signs it.

`desk` decides (no Qt), `acts` keeps what was signed, `wording` says it, `screens` is the window.
"""
