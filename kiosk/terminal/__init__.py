"""The candidate's program.

`flow` is the state machine (no Qt), `views` what a screen shows and what it may ask for, `screens` the
widgets, `journal` the durable record, `outbox` the packages that wait for a receipt.
"""
