"""Carrying over a network what otherwise goes on a stick or as a code: the room's own network.

Everything that matters is an artefact that is signed or sealed already; here it is only carried.
Nothing depends on it: without an answer the terminal goes on, and sends again.

`client` is the terminal's side, `answering` the desk's, `store` what the desk keeps, `board` what it
shows, `room` the server. The format is `kiosk.artefacts.exchange`.
"""
