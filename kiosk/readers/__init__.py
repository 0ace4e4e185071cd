"""Hostile input, opened safely: XML, images, ZIP and tables, each in one way only.

Everything here raises `InputRefused` with the file (and line, where there is one); nothing here knows
what the content means.
"""
