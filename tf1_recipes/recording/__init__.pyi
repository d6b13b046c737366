from tf1_recipes.recording.hook import RecordingHook as RecordingHook
from tf1_recipes.recording.sessions import record_sessions as record_sessions
