"""What a script prints of its graph, against what TensorFlow 1.15.5 on Python 3.7 printed."""

SCRIPT = """
import tensorflow as tf
with tf.control_dependencies([tf.no_op("first")]):
    x = tf.constant(2.5, name="x")
y = tf.add(x, x)
print(tf.get_default_graph().as_graph_def())
print(y.op.node_def)
print((x + x).op.type, tf.add("a", "b").op.type, tf.math.add(1, 2).op.name)
"""
OF_1_15 = """\
node {
  name: "first"
  op: "NoOp"
}
node {
  name: "x"
  op: "Const"
  input: "^first"
  attr {
    key: "dtype"
    value {
      type: DT_FLOAT
    }
  }
  attr {
    key: "value"
    value {
      tensor {
        dtype: DT_FLOAT
        tensor_shape {
        }
        float_val: 2.5
      }
    }
  }
}
node {
  name: "Add"
  op: "Add"
  input: "x"
  input: "x"
  attr {
    key: "T"
    value {
      type: DT_FLOAT
    }
  }
}
versions {
  producer: 134
}

name: "Add"
op: "Add"
input: "x"
input: "x"
attr {
  key: "T"
  value {
    type: DT_FLOAT
  }
}

AddV2 Add Add_3
"""


def test_a_graph_is_printed_as_then(run_script):
    done = run_script(SCRIPT)
    assert (done.stdout, done.status) == (OF_1_15, 0), done.stderr


OPS = """
import tensorflow as tf
x = tf.Variable(10, name="x")
y = tf.add(x, 1)
for node in (x.op.node_def, y.op.node_def):
    print([line for line in str(node).splitlines() if line.startswith("op:")])
"""


def test_ops_are_called_as_then(run_script):
    found = [run_script(OPS, options=["--as-of", era]).lines for era in ("0.12", "1.7")]
    # Printed by TensorFlow 0.12.1 on Python 2.7, and by 1.7.1 on Python 3.6.
    assert found == [["['op: \"Variable\"']", "['op: \"Add\"']"],
                     ["['op: \"VariableV2\"']", "['op: \"Add\"']"]]
