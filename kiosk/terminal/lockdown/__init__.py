"""How locked this computer is: `readers` reads facts, `judging` turns them into findings, no more.

Reading never fails: what cannot be read is None, and what is None is judged unknown. Judging is pure.
Nothing here starts a program or opens a connection.
"""
