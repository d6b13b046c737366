"""``tf1-recipes cluster``: starting, watching and ending the members, without TensorFlow.

Its servers are plain sockets here. tests/cluster/test_recipes_on_a_cluster.py has TensorFlow's.
"""
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tf1_recipes import cli
from tf1_recipes.cluster import guard, supervision
from tf1_recipes.cluster.addresses import held_addresses, listens
from tf1_recipes.cluster.members import members_of, with_addresses
from tf1_recipes.cluster.output import Output

ROOT = Path(__file__).resolve().parents[2]

# A member that listens as TensorFlow's server does. What a test's script does then stands behind.
START = """
import json, os, signal, socket, subprocess, sys, time
config = json.loads(os.environ["TF_CONFIG"])
job, task = config["task"]["type"], config["task"]["index"]
host, port = config["cluster"][job][task].split(":")
def listen():
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((host, int(port)))
    server.listen(9)
    return server
def wait_for_the_launcher(server):
    server.accept()  # it looks whether we listen
def join(server):
    while True:
        server.accept()
"""
WELL = "server = listen()\nwait_for_the_launcher(server)\nif job == 'ps': join(server)\n"


def well(source):
    """A script that comes up; what its workers do then is given."""
    return WELL + textwrap.dedent(source)


@pytest.fixture
def cluster(tmp_path):
    """A function that runs the command; returns its exit status, and lines of stdout and stderr."""
    def run(source, *options, arguments=(), start=START):
        with started(tmp_path, source, *options, arguments=arguments, start=start) as process:
            out, err = process.communicate(timeout=120)
        return process.returncode, out.splitlines(), err.splitlines()
    return run


@contextlib.contextmanager
def started(folder, source, *options, arguments=(), start=START):
    """The command's process, whose members hold a mark of the test's in their environment."""
    (folder / "script.py").write_text(start + textwrap.dedent(source), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "tf1_recipes", "cluster", *options, "script.py", *arguments],
        cwd=folder, env=dict(os.environ, PYTHONPATH=str(ROOT), CLUSTER_TEST=str(folder)),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
    assert_nothing_is_left(folder)


def assert_nothing_is_left(folder):
    """Waits until no process of the test is left, for up to a minute."""
    entry = ("CLUSTER_TEST=%s" % folder).encode()
    deadline = time.monotonic() + 60
    left = True
    while left and time.monotonic() < deadline:
        left = [name for name in os.listdir("/proc") if name.isdigit() and entry in environment(
            name)]
    assert not left


def environment(number):
    try:
        return Path("/proc", number, "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def line_of(process, beginning):
    """Reads the stdout of a process up to a line with that beginning."""
    for line in process.stdout:
        if line.startswith(beginning):
            return line.rstrip("\n")
    raise AssertionError("it ended without the line " + beginning)


def states(err):
    """{member: state} of the table at the end."""
    rows = [re.match(r"tf1-recipes: (\w+(?: \d+)?) +127\.0\.0\.1:\d+  (.+)$", line)
            for line in err]
    return {row.group(1): row.group(2) for row in rows if row}


def test_every_member_is_told_its_place(cluster):
    status, out, err = cluster(well("print(json.dumps(config))"), "--ps", "2", "--workers", "2")
    assert status == 0
    told = dict(line.split(" | ") for line in out)
    assert sorted(told) == ["worker 0", "worker 1"]
    for task in (0, 1):
        config = json.loads(told["worker %d" % task])
        assert config["task"] == {"type": "worker", "index": task}
        assert {job: len(hosts) for job, hosts in config["cluster"].items()} == {
            "ps": 2, "worker": 2}
        assert len({host for hosts in config["cluster"].values() for host in hosts}) == 4
    assert states(err) == {"ps 0": "stopped", "ps 1": "stopped", "worker 0": "ended well",
                           "worker 1": "ended well"}


@pytest.mark.parametrize("definition, options, flags", [
    ("parser.add_argument('--job_name')", [], True),
    ("tf.app.flags.DEFINE_string('job_name', '', '')", [], True),
    ("TF_CONFIG", [], False),
    ("parser.add_argument('--job_name')", ["--tf-config"], False),
    ("TF_CONFIG", ["--flags"], True),
])
def test_a_script_that_defines_the_flags_is_given_them(cluster, definition, options, flags):
    source = WELL + "# %s\nprint(sys.argv[1:])" % definition
    status, out, _ = cluster(source, *options, arguments=["--steps", "3"])
    assert status == 0
    given = re.sub(r"127\.0\.0\.1:\d+", "HOST", out[0].partition(" | ")[2])
    assert given == str(["--steps", "3"] + [
        "--job_name=worker", "--task_index=0", "--ps_hosts=HOST", "--worker_hosts=HOST"] * flags)


def test_estimators_get_a_chief(cluster):
    status, out, err = cluster(well("print(json.dumps(config))"), "--chief", "--workers", "2")
    assert status == 0
    assert {name: json.loads(config)["task"] for name, config in (
        re.split(r" +\| ", line) for line in out)} == {
            "chief": {"type": "chief", "index": 0}, "worker 0": {"type": "worker", "index": 0}}
    assert states(err) == {
        "ps 0": "stopped", "chief": "ended well", "worker 0": "ended well"}


def test_output_is_shown_by_line_and_kept_in_logs(cluster, tmp_path):
    status, out, err = cluster(well("""
        print("a line", file=sys.stderr)
        sys.stdout.write("no newline at the end")
        """), "--logs", "logs")
    assert status == 0
    assert out == ["worker 0 | no newline at the end"]
    assert err[0] == "worker 0 | a line"
    assert sorted(each.name for each in (tmp_path / "logs").iterdir()) == [
        "ps-0.log", "worker-0.log"]
    assert (tmp_path / "logs" / "worker-0.log").read_text() in (
        "a line\nno newline at the end", "no newline at the enda line\n")
    assert (tmp_path / "logs" / "ps-0.log").read_text() == ""


def test_lines_are_cut_to_the_width_of_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with os.fdopen(reading, "rb") as pipe:
        output = Output(len("worker 0"))
        output.add("ps 0", "ps-0", [pipe])
        os.write(writing, b"x" * 100 + b"\n\n")
        os.close(writing)
        output.drain([pipe])
    assert capsys.readouterr().out.splitlines() == [
        "ps 0     | " + 69 * "x", "ps 0     | " + 31 * "x", "ps 0     | "]


@pytest.mark.parametrize("failing, status, state", [
    ("sys.exit(3)", 3, "failed with status 3"),
    ("os.kill(os.getpid(), signal.SIGKILL)", 137, "was killed by SIGKILL"),
])
def test_a_member_that_fails_ends_the_others(cluster, failing, status, state):
    """The chief here; the other worker and the parameter server would wait forever."""
    found, _, err = cluster(well("""
        if task == 1: join(server)
        """) + failing, "--workers", "2")
    assert found == status
    assert "tf1-recipes: worker 0 " + state in err
    assert states(err) == {"ps 0": "stopped", "worker 0": state, "worker 1": "stopped"}


class EndedProcess:
    """A process that has ended by the time anybody looks."""

    status, outputs = 3, ()

    def ended(self):
        return True

    def kill(self):
        pass

    close = kill


def test_a_worker_that_failed_before_anybody_looked_is_seen():
    with held_addresses(["worker 0"]) as addresses, contextlib.closing(Output(8)) as output:
        members = with_addresses(members_of(0, 1), addresses)
        supervisor = supervision.Supervisor(
            members, lambda member, again: EndedProcess(), output, start_timeout=60)
        supervisor.run()
    assert supervisor.status == 3
    assert supervisor.problem == (
        "worker 0 failed with status 3 before it listened on " + addresses[0])


def test_a_parameter_server_that_fails_ends_the_workers(cluster):
    status, _, err = cluster("""
        server = listen()
        wait_for_the_launcher(server)
        if job == "ps": sys.exit(4)
        join(server)
        """)
    assert status == 4
    assert states(err) == {"ps 0": "failed with status 4", "worker 0": "stopped"}


def test_a_parameter_server_may_end_by_itself(cluster):
    status, _, err = cluster("server = listen()\nwait_for_the_launcher(server)")
    assert status == 0
    assert states(err)["worker 0"] == "ended well"


def test_a_worker_that_fails_is_started_anew_if_asked(cluster, tmp_path):
    status, out, err = cluster(well("""
        tried = os.path.exists("tried")
        open("tried", "w").close()
        print("again" if tried else "first", flush=True)
        if not tried: os.kill(os.getpid(), signal.SIGKILL)
        """), "--restarts", "1", "--logs", "logs")
    assert (status, out) == (0, ["worker 0 | first", "worker 0 | again"])
    assert "tf1-recipes: worker 0 was killed by SIGKILL; it is started anew (1 of 1)" in err
    assert (tmp_path / "logs" / "worker-0.log").read_text() == "first\nagain\n"


def test_a_script_that_ignores_its_flags_is_named_when_it_ends(cluster):
    status, _, err = cluster("if job == 'ps': join(listen())\nprint('I train alone')")
    assert status == 2
    assert re.sub(r":\d+", ":N", [line for line in err if "never" in line][0]) == (
        "tf1-recipes: worker 0 ended with status 0, and was never seen to listen on 127.0.0.1:N: "
        "does the script start tf.train.Server for the job that TF_CONFIG, or --job_name and "
        "--task_index, give it?")
    assert states(err) == {"ps 0": "stopped", "worker 0": "ended, and was never seen to listen"}


def test_members_that_do_not_come_up_are_named_within_the_time(cluster):
    begin = time.monotonic()
    status, _, err = cluster("""
        if job == "worker" and task > 0: signal.pause()
        join(listen())
        """, "--workers", "3", "--start-timeout", "15")
    assert status == 2
    assert time.monotonic() - begin < 15 + supervision.GRACE + 30
    assert re.sub(r":\d+", ":N", err[0]) == (
        "tf1-recipes: running, but not listening after 15 s (--start-timeout): worker 1 "
        "(127.0.0.1:N), worker 2 (127.0.0.1:N); does the script start tf.train.Server for the job "
        "that TF_CONFIG, or --job_name and --task_index, give it?")
    assert states(err) == dict.fromkeys(["ps 0", "worker 0", "worker 1", "worker 2"], "stopped")


def test_a_training_that_takes_too_long_is_stopped(cluster):
    status, _, err = cluster("join(listen())", "--timeout", "3")
    assert status == 1
    assert err[0] == "tf1-recipes: worker 0 did not end within 3 s (--timeout)"
    assert states(err) == {"ps 0": "stopped", "worker 0": "stopped"}


def test_a_busy_port_names_its_member(cluster):
    with held_addresses(["one", "two", "three"]) as addresses:
        ports = sorted(int(each.rpartition(":")[2]) for each in addresses)
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports[1]))
        other.listen(1)
        status, out, err = cluster(WELL, "--port-base", str(ports[1] - 1))
    assert (status, out) == (2, [])
    assert "port %d of worker 0 is busy" % ports[1] in err[0]
    assert err[0].endswith("; name another base, or leave it out to get free ports")


def test_held_ports_are_given_to_nobody_else_but_can_be_listened_on():
    with held_addresses(["ps 0"]) as (address,):
        assert not listens(address)
        port = int(address.rpartition(":")[2])
        with socket.socket() as plain, pytest.raises(OSError):
            plain.bind(("127.0.0.1", port))
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("127.0.0.1", port))
            server.listen(1)
            assert listens(address)
    assert not listens(address)


GRANDCHILDREN = """
for own_session in (False, True):
    subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"],
                     start_new_session=own_session)
"""


@pytest.mark.parametrize("number, status", [
    (signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_reaches_the_workers_and_nothing_is_left(tmp_path, number, status):
    source = well(GRANDCHILDREN) + """
def heard(number, frame):
    print("worker heard", number, flush=True)
    sys.exit(0)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, heard)
print("ready", flush=True)
while True: signal.pause()
"""
    with started(tmp_path, source) as process:
        line_of(process, "worker 0 | ready")
        process.send_signal(number)
        assert line_of(process, "worker 0 | worker heard") == (
            "worker 0 | worker heard %d" % number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == status
    assert states(err.splitlines()) == {"ps 0": "stopped", "worker 0": "stopped"}


def test_a_second_interrupt_kills_what_does_not_end(tmp_path):
    source = WELL + """
def heard(*_):
    print("I go on", flush=True)
signal.signal(signal.SIGINT, heard)
print("ready", flush=True)
while True: signal.pause()
"""
    with started(tmp_path, source) as process:
        line_of(process, "worker 0 | ready")
        process.send_signal(signal.SIGINT)
        line_of(process, "worker 0 | I go on")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert states(err.splitlines())["worker 0"] == "killed: you interrupted again"


def test_grandchildren_end_with_the_cluster(cluster):
    assert cluster(well(GRANDCHILDREN))[0] == 0  # `cluster` looks for them


def test_nothing_is_left_of_a_launcher_that_is_killed(tmp_path):
    with started(tmp_path, well(GRANDCHILDREN) + "print('ready', flush=True)\njoin(server)"
                 ) as process:
        line_of(process, "worker 0 | ready")
        process.kill()


def test_a_closed_pipe_ends_the_members(tmp_path):
    with started(tmp_path, WELL + "while True: print('a line' * 99, flush=True)") as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=60) == 1


@pytest.mark.parametrize("arguments, message", [
    (["none.py"], "there is no script none.py"),
    (["--ps", "-1", "--workers", "0", "--restarts", "-2", "x.py"],
     "--ps -1: it must be >= 0; --workers 0: it must be >= 1; --restarts -2: it must be >= 0"),
    (["--timeout", "nan", "--start-timeout", "0", "x.py"],
     "--start-timeout 0: it must be a finite number of seconds > 0; "
     "--timeout nan: it must be a finite number of seconds > 0"),
    (["--record-worker", "2", "x.py"],
     "--record-worker 2: there are workers 0 to 0; --record-worker: it needs --record FOLDER"),
    (["--logs", ".", "--record", "no/traces", "x.py"],
     "--logs .: it exists already: name a new folder; "
     "--record no/traces: there is no folder %s"),
    (["--flags", "--tf-config", "x.py"], "--flags and --tf-config exclude each other"),
    (["--flags", "--chief", "x.py"], "--chief: the script takes flags, which have no chief: leave "
     "it out, or give --tf-config if the script reads TF_CONFIG"),
    (["--timeout", "-1", "--port-base", "65535", "--python", "/none", "x.py"],
     "--port-base 65535: 2 members need ports from 1 to 65535; --timeout -1: it must be a finite "
     "number of seconds > 0; --python /none cannot be run: No such file or directory"),
    (["--restarts", "-1", "none.py"],
     "--restarts -1: it must be >= 0; there is no script none.py"),
    (["--port-base", "65535", "x.py"], "--port-base 65535: 2 members need ports from 1 to 65535"),
    (["x.py", "--task_index", "1"],
     "--task_index: the script gets it from this command, another value in each member"),
    (["--worker", "2", "x.py"], "--worker: there is no such option; did you mean --workers?"),
])
def test_bad_requests_are_one_line_and_start_nothing(tmp_path, monkeypatch, capsys, arguments,
                                                     message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.py").write_text("raise AssertionError")
    assert cli.main(["cluster", *arguments]) == 2
    told = message.replace("%s", str(tmp_path / "no"))
    assert capsys.readouterr() == ("", "tf1-recipes: %s\n" % told)
    assert os.listdir(tmp_path) == ["x.py"]


def test_the_guard_finds_what_has_its_mark_only():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE,
                          env=dict(os.environ, TF1_RECIPES_CLUSTER="mine")) as process:
        while not environment(str(process.pid)):
            pass  # it is being started
        assert guard.marked("min") == []
        while guard.marked("mine") != [process.pid]:
            pass  # until exec has put its environment in place
        process.communicate()
