"""The seeds of random ops in each release, and the values drawn from them."""
