"""A short run with another seed each time the code of the readers changes: every spoiled file ends as an answer."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys

from tests.conftest import REPOSITORY
from tests.fuzz.spoiling import spoiled

# no driver of GDAL takes part in reading it
TXT = """[属性描述]
坐标系=2000国家大地坐标系
几度分带=3
计量单位=米
带号=40
[地块坐标]
4,5.7200,甲,地块,面,,,,@
J1,1,3239670.818,40503190.471
J2,1,3239724.875,40503444.789
J3,1,3239509.682,40503490.529
J4,1,3239455.625,40503236.211
""".encode("gb18030")


def test_a_short_run_finds_no_fault(tmp_path):
    code = b"".join(path.read_bytes() for path in sorted((REPOSITORY / "exchange").rglob("*.py")))
    seed = int.from_bytes(hashlib.sha256(code).digest()[:3])
    command = [sys.executable, "-m", "tests.fuzz", "--inputs", "300", "--seed", str(seed), "--keep", str(tmp_path)]
    told = subprocess.run([*command, "--processes", "1"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


JUDGING = """
import sys
from exchange import judging
from tests.fuzz.reading import Reader

body = sys.stdin.buffer.read()
mend, judge = judging.mend_shapes, judging.judge
with Reader() as reader:
    print(reader.verdict(body).ended, reader.verdict(body).fault == "")
    print(reader.verdict(b"").ended)
    judging.mend_shapes = lambda judged, *_: judged.geoms.fill(None)
    print("not those that were refused" in reader.verdict(body).fault)
    judging.mend_shapes = lambda *_: 1 / 0
    print("ZeroDivisionError" in reader.verdict(body).fault)
    judging.judge = lambda *_, **__: (_ for _ in ()).throw(RuntimeError("root:x:0"))
    print(reader.verdict(body).ended)
"""


def test_the_judge_sees_what_is_not_sound():
    """The run can fail: a row that was lost, an error that nobody foresaw and a secret are told."""
    command = [sys.executable, "-c", JUDGING]
    told = subprocess.run(command, cwd=REPOSITORY, input=TXT, capture_output=True, check=True)
    assert told.stdout.decode().splitlines() == ["read True", "refused: file_empty", "True", "True", "told a secret"]


def test_spoiling_is_repeatable_and_spoils():
    body = bytes(range(256)) * 4
    made = [spoiled(body, [b"other"], random.Random(seed)) for seed in range(300)]  # noqa: S311
    assert made == [spoiled(body, [b"other"], random.Random(seed)) for seed in range(300)]  # noqa: S311
    assert sum(each != body for each in made) > 280
