"""What the answers of many tell of the items and of the test: arrays in, values out.

Nothing here knows a file, a registry or a word of any language. Scores are arrays of shape
(candidates, items), NaN where a candidate has no score of an item; `weights` says how many candidates
a row stands for. A figure that cannot be had (an item everyone got right has no correlation) is NaN,
never a guess. Where to look each figure up is said where it is computed.
"""
