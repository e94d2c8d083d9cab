"""A short run with another seed each time the code of the readers changes: every spoiled file ends as an answer."""

from __future__ import annotations

import hashlib
import random

from tests.conftest import REPOSITORY
from tests.fuzz.reading import Reader
from tests.fuzz.running import main
from tests.fuzz.spoiling import spoiled


def test_a_short_run_finds_no_fault(tmp_path, capsys):
    code = b"".join(path.read_bytes() for path in sorted((REPOSITORY / "exchange").rglob("*.py")))
    seed = int.from_bytes(hashlib.sha256(code).digest()[:3])
    assert main(["--inputs", "600", "--seed", str(seed), "--keep", str(tmp_path), "--processes", "1"]) == 0, (
        capsys.readouterr().out
    )


def test_the_judge_sees_what_is_not_sound(monkeypatch):
    """The run can fail: a row outside the country, an error that nobody foresaw and a secret are told."""
    from exchange import judging  # noqa: PLC0415

    good = b'{"type":"Polygon","coordinates":[[[120,29.3],[120.01,29.3],[120.01,29.31],[120,29.3]]]}'
    with Reader() as reader:
        assert (reader.verdict(good).ended, reader.verdict(good).fault) == ("read", "")
        assert reader.verdict(b"").ended == "refused: file_empty"
        monkeypatch.setattr(judging, "mend_shapes", lambda judged: judged.geoms.fill(None))
        assert "not those that were refused" in reader.verdict(good).fault
        monkeypatch.setattr(judging, "mend_shapes", lambda _: 1 / 0)
        assert "ZeroDivisionError" in reader.verdict(good).fault
        monkeypatch.setattr(judging, "judge", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("root:x:0")))
        assert reader.verdict(good).ended == "told a secret"


def test_spoiling_is_repeatable_and_spoils():
    body = bytes(range(256)) * 4
    made = [spoiled(body, [b"other"], random.Random(seed)) for seed in range(300)]  # noqa: S311
    assert made == [spoiled(body, [b"other"], random.Random(seed)) for seed in range(300)]  # noqa: S311
    assert sum(each != body for each in made) > 280
