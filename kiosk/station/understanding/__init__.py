"""Understanding a round: from a matrix file or a session's packages to figures, words, plots, files.

`kiosk.station.analysis` computes; here is where its arrays come from and what becomes of them.
`report.Report` is what a person, a script, a plot and an export all read.
"""
