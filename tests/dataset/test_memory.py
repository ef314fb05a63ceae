"""What a process does before it works, so that it takes less memory."""

import subprocess
import sys

WRITING = """
import sys
from archive.dataset.memory import leave_pandas_out
leave_pandas_out()

import pyarrow as pa
table = pa.table({"a": pa.array([1, 2])})
print("pandas" in sys.modules, list(table.to_pandas()["a"]))
"""


def test_arrow_loads_pandas_only_for_a_data_frame() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITING], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False [1, 2]\n"
