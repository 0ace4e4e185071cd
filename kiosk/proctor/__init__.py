"""The proctor's desk: reads a terminal's challenge, says what a signature will do, and signs it.

`device` is the disk, `book` what it holds once card and PIN opened it. `desk` and `rooms` decide,
`proposals` are what they decide about, `wording` says it before it is signed, `acts` keeps it before
it is shown. `flow` with its `state` is the window's program without Qt, `showing` makes its `views`,
`screens` draws them.
"""
