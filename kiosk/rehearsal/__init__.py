"""A whole exam day on one machine, through the real code of every program: `kiosk demo`.

Nothing here is a stand-in: the station's registry, the trust repository on a folder that plays the
stick, terminals as processes with their own disks, proctors' desks, codes read from the pixels of a
screen. What is simulated is people.
"""
