"""What is right, what it is worth and why: pure values and functions that no seat ever has.

`rules` are the keys and rules of an item as they travel in a `.scoring`; `outcomes` evaluates them;
`standard` and `blueprint` say what a paper measures and what it is worth; `marking` gives an answer
its points and `result` a sitting its score. Arithmetic is exact (`numbers`): 59.5 fails at 60.
"""
