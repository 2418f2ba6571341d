"""The simulator held against a second writing of its rule, against the machine, and against itself."""
