"""The database as a whole: init, backup, restore, verify, and serve, which runs the app over it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from cli import terminal
from cli.gathering import app

_ROOT: Final = Path(__file__).resolve().parent.parent
_SQLITE: Final = "sqlite:///"


@app.command()
def init(
    sample: Annotated[bool, typer.Option("--sample", help="装入示例数据 · with the schematic sample")] = False,
    crs: Annotated[
        str, typer.Option("--crs", metavar="EPSG:N", help="存储坐标系 · storage CRS, projected, metres")
    ] = "EPSG:4549",
) -> int:
    """建库 · make a database."""
    from geo.crs import CrsRefused, authority_code, read_crs
    from planning import seeding
    from planning.atlas import Atlas

    code = authority_code(read_crs(f"EPSG:{crs}" if crs.strip().isdigit() else crs.strip()))
    if code is None or code[0] != "EPSG":
        raise CrsRefused("crs_without_epsg", crs=crs)
    db = seeding.create(terminal.url(), epsg=int(code[1]), sample=sample, actor=terminal.actor())
    terminal.tell("init", {"url": db.url, "epsg": db.epsg, "parcels": len(Atlas(db).parcels()), "sample": sample})
    return terminal.DONE


@app.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> int:
    """备份（可在使用中进行）· copy the database while it is in use."""
    from planning import guarding

    copy = guarding.backup(terminal.open_database(), file)
    terminal.tell("copied", _copy_values(copy.path, copy.size_bytes, copy.sha256, copy.head_hash))
    return terminal.DONE


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    replace: Annotated[
        bool, typer.Option("--replace", help="覆盖已有数据库（旧库另存）· replace, keeping the old aside")
    ] = False,
) -> int:
    """恢复备份，先核验 · put a backup back, after proving it whole."""
    from planning import guarding

    copy = guarding.restore(file, terminal.url(), replace=replace, actor=terminal.actor())
    terminal.tell("restored", _copy_values(copy.path, copy.size_bytes, copy.sha256, copy.head_hash))
    return terminal.DONE


@app.command()
def verify() -> int:
    """核验审计链与面积合计 · prove the audit chain and the sums."""
    from planning import guarding

    found = guarding.verify(terminal.open_database())
    values = {
        "parcels": found.parcels, "area_m2": str(found.area_m2), "audit_entries": found.audit_entries,
        "head_hash": found.head_hash, "checks": list(found.checks), "ok": found.ok,
    }  # fmt: skip
    if not found.ok:
        if terminal.common.as_json:
            faults = [
                {"code": fault.code, "values": dict(fault.values), "where": fault.where} for fault in found.faults
            ]
            terminal.tell_json({**values, "faults": faults})
        terminal.complain([(fault.code, fault.values, fault.where) for fault in found.faults])
        return terminal.REFUSED
    terminal.tell("verified", values)
    return terminal.DONE


@app.command()
def serve(
    port: Annotated[int, typer.Option("--port", help="端口 · port")] = 8501,
    address: Annotated[str, typer.Option("--address", help="监听地址 · address to listen on")] = "127.0.0.1",
) -> int:
    """启动网页 · serve the app."""
    from planning.errors import Fault, Refused

    if not 0 < port < 65_536:  # noqa: PLR2004 - the range of ports
        raise Refused(Fault("port_malformed", {"port": port}))
    if not (_ROOT / "app.py").is_file():
        raise Refused(Fault("app_missing"))
    # opened once here: what is wrong with it is said on this terminal and not on a page
    terminal.open_database().close()
    # the app runs in the project's folder, so the address must not depend on this one
    os.environ["CHANTU_DATABASE_URL"] = _absolute(terminal.url())
    os.chdir(_ROOT)
    sys.stdout.flush()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.address",
        address,
    ]
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, no shell


def _absolute(url: str) -> str:
    if not url.startswith(_SQLITE):
        return url
    return f"{_SQLITE}{Path(url.removeprefix(_SQLITE)).absolute()}"


def _copy_values(path: Path, size_bytes: int, sha256: str, head_hash: str) -> dict[str, object]:
    return {"path": str(path), "size_bytes": size_bytes, "sha256": sha256, "head_hash": head_hash}
