"""What the processes of `tests.kills` are forked off with; nothing here begins a session."""
# ruff: noqa: F401
import matplotlib.pyplot

import tf1_recipes.recording.sessions
import tf1_recipes.traces.compare_command
import tf1_recipes.traces.html_report
import tf1_recipes.traces.map_command
import tf1_recipes.transfer.cache
from tf1_recipes.v1 import tf
