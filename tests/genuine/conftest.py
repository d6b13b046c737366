"""``genuine(release)`` gives a test the interpreter of an old release, or skips it: says why."""
import pytest

from tests.genuine.environments import Unavailable, python_of


def pytest_collection_modifyitems(items):
    for item in items:
        if "genuine" in item.path.parts:
            item.add_marker(pytest.mark.genuine)


@pytest.fixture(autouse=True)
def no_version_2(monkeypatch):
    """Today's TensorFlow, where a test has imported it, sets this, and 1.15 would heed it."""
    monkeypatch.delenv("TF2_BEHAVIOR", raising=False)


@pytest.fixture(scope="session")
def genuine():
    def interpreter(release):
        try:
            return python_of(release)
        except Unavailable as reason:
            pytest.skip(str(reason))
    return interpreter
