"""Measured quality and speed; `make evaluate` prints all of it and checks the floors of floors.json."""
