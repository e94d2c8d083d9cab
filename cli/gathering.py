"""The program that the commands join, and its common options."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.terminal import common

app = typer.Typer(
    name="chantu",
    help="产图：工业用地储备与园区规划 · land reserve and industrial-park planning. "
    "退出码 exit: 0 完成 done, 2 拒绝 refused, 3 冲突 conflict.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    database: Annotated[
        str,
        typer.Option("--database", "-d", envvar="CHANTU_DATABASE_URL", help="数据库地址 · database, sqlite:///PATH"),
    ] = "",
    lang: Annotated[str, typer.Option("--lang", help="zh | en")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 · answer in JSON")] = False,
) -> None:
    """Keep the options that hold for every command; they may stand anywhere on the line."""
    common.database = database
    if lang and lang.lower()[:2] not in {"zh", "en"}:
        raise typer.BadParameter(lang, param_hint="--lang")
    common.lang = lang.lower()[:2] or common.lang
    common.as_json = as_json
