"""From marks to a certificate: the ladder's rules, the decision with its reasons, the papers and proofs.

`ladder` reads the rules an admin edits, `deciding` applies them and knows nothing else; `signed_sheets`
takes in what assessors and simulators signed; `evidence` gathers what is known of a person; `issuing`
grants and revokes.
"""
