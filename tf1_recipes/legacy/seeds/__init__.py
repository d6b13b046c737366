"""The seeds of random ops as each release gave them, and what they then drew."""
