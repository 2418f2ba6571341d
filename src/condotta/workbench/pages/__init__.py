"""The pages: one file for each, with one frozen context and one template."""
