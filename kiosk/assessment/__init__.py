"""All that a seat needs to know of an exam, and nothing a seat must not have.

Pure values and functions: no screen, no disk, no clock, no key, no scoring rule.
`content` is what a candidate sees, `items` what is asked, `responses` what may be answered,
`paper` in which order, `sitting` what happened.
"""
