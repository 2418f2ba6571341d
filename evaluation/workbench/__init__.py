"""The workbench measured: how long pages take on a large case, and pictures of all of them."""
