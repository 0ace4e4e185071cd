"""Who may sign what now: key stores, the TUF repository and its reader, the time floor.

A station writes a signed folder (`repository`), a device installs it from there (`installed`) and
from then on believes what is installed, with no repository at hand. Private keys live in `keystore`
and `proctor_keys`; `durable` is how any of this reaches the disk.
"""
