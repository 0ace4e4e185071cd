"""Papers that leave the room: plain values to PDF. Names are text in them, never markup."""
