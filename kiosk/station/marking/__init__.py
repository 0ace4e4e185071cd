"""Marking by people: anonymous scripts, dealt, marked once or twice, decided, and counted.

A *script* is one candidate's answer to one item, known to markers by its handle alone. Each has *turns*:
a first mark, a second where it is doubled, a third by an adjudicator where the two differ by more than
the bound, and a review where somebody asked for one. `dealing`, `deciding` and `statistics` are pure;
`opening`, `desk` and `settling` do what they say with the registry.
"""
