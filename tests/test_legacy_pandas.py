"""pandas' names and calls of before 1.0, where pandas is installed."""

import pytest

pytest.importorskip("pandas")


def test_calls_that_pandas_1_1_took(run_script):
    # Printed by pandas 1.1.5 on Python 3.7.
    out, err, status = run_script("""
        import pandas as pd
        table = pd.DataFrame({"a": [2, 1], "b": ["x", "y"]})
        print(table.append({"a": 5, "b": "z"}, ignore_index=True).values.tolist())
        print(table.append(table).index.tolist(), [name for name, _ in table.iteritems()])
        print(table.mean().to_dict(), table.drop("b", 1).values.tolist())
        print(pd.concat([table, table], 1).shape, pd.np.zeros(1), table.a.mad())
        print(pd.get_dummies(table.b).values.tolist(), pd.get_dummies(table).values.dtype)
        table.to_csv("table.csv", line_terminator=";", index=False)
        print(open("table.csv").read())
        open("rows.csv", "w").write("a,b\\n1,2\\n1,2,3\\n")
        print(pd.read_csv("rows.csv", error_bad_lines=False).values.tolist())
        """)
    assert (status, out) == (0, [
        "[[2, 'x'], [1, 'y'], [5, 'z']]", "[0, 1, 0, 1] ['a', 'b']", "{'a': 1.5} [[2], [1]]",
        "(2, 4) [0.] 0.5", "[[1, 0], [0, 1]] int64", "a,b;2,x;1,y;", "[[1, 2]]"]), err


def test_names_of_before_1_0(run_script):
    # By pandas 0.25's documents: .ix takes labels, or positions where no label is an integer.
    out, err, status = run_script("""
        import pandas as pd
        from pandas.tools.plotting import scatter_matrix
        table = pd.DataFrame({"a": [2, 1], "b": [3, 4]}, index=["x", "y"])
        print(table.ix[0, "b"], table.ix["y", 1], table.ix[0:1, :].values.tolist())
        print(table.ix[:, 1:].values.tolist(), table.ix[table.a > 1].index.tolist())
        table.ix[0, 0] = 7
        numbered = table.reset_index(drop=True)
        print(numbered.ix[0:1].values.tolist(), numbered.ix[:, 0].tolist())
        print(table.as_matrix().tolist(), table.as_matrix(["b"]).tolist())
        print(table.sort("a").a.tolist(), table.a.order().tolist())
        print(pd.rolling_mean(pd.Series([1., 2., 3.]), 2).tolist())
        print(table.set_value("x", "a", 5).get_value("x", "a"), table.a.nonzero()[0].tolist())
        table.to_csv("table.csv")
        print(pd.DataFrame.from_csv("table.csv", parse_dates=False).values.tolist())
        pd.concat([table, table]).ix[0]
        """)
    assert (status, out) == (1, [
        "3 4 [[2, 3]]", "[[3], [4]] ['x']", "[[7, 3], [1, 4]] [7, 1]",
        "[[7, 3], [1, 4]] [[3], [4]]",
        "[1, 7] [1, 7]", "[nan, 1.5, 2.5]", "5 [0, 1]", "[[5, 3], [1, 4]]"]), err
    assert "labels occur twice, is not served: write table.iloc" in err
