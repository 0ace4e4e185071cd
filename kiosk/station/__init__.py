"""The station: plans sessions, receives what terminals return, and keeps the results.

`home` is one station's folder, keys and registry; `enrol` and `banks` admit parties and banks;
`plan_file`, `roster`, `planning` and `publish` make a session; `intake`, `receiving` and
`transparency` take packages in; `results` tells them. SQL lives in `registry` alone.
"""
