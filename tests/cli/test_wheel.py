"""From the wheel alone: nothing of the checkout is needed to set up and to migrate."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.program import PROJECT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_migrations_catalogue_and_nothing_of_the_workshop(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
    versions = {
        f"pcloud_cli/db/alembic/versions/{path.name}"
        for path in (PROJECT / "alembic/versions").glob("*.py")
    }
    assert versions
    assert versions <= names
    assert "pcloud_cli/db/alembic/env.py" in names
    assert "pcloud_cli/locale/zh_CN/LC_MESSAGES/pcloud.mo" in names
    assert "pcloud_cli/py.typed" in names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"pcloud_cli"}
    entries = next(name for name in names if name.endswith("entry_points.txt"))
    with zipfile.ZipFile(wheel) as content:
        assert "pcloud = pcloud_cli.app:main" in content.read(entries).decode()


def test_from_the_wheel_alone_it_sets_up_migrates_and_reads_a_workbook(
    wheel: Path, tmp_path: Path
) -> None:
    place, home = tmp_path / "site", tmp_path / "home"
    home.mkdir()
    with zipfile.ZipFile(wheel) as content:
        content.extractall(place)
    libraries = Path(pytest.__file__).parents[1]
    # -S: no .pth of an editable checkout; the path names the wheel, then the libraries
    start = (
        "import sys; sys.path[:0] = sys.argv[1:3]; del sys.argv[1:3]\n"
        "import pcloud_cli; assert pcloud_cli.__file__.startswith(sys.path[0])\n"
        "from pcloud_cli.app import main; main()"
    )

    def pcloud(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-S", "-c", start, str(place), str(libraries), *words],
            capture_output=True,
            text=True,
            cwd=home,
            env={"HOME": str(home), "PATH": os.defpath, "LANG": "zh_CN.UTF-8"},
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    assert "初始密码" in pcloud("init", "--no-input")
    assert "已是最新" in pcloud("db", "upgrade")
    assert '"is_head": true' in pcloud("db", "current", "-o", "json")
