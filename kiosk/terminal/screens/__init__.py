"""The candidate's program on the screen: draws a `View`, sends `Intent`s, knows nothing else."""
