"""``dokuei phantom``: make the synthetic cases for a demo, a test or a measurement."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from dokuei.phantom import cases

phantom_app = typer.Typer(no_args_is_help=True, help="Make the synthetic cases.")

Target = Annotated[Path, typer.Argument(help="Folder for the cases; what is complete there is kept.")]
Names = Annotated[list[str] | None, typer.Option("--case", help="Only this case; may be given several times.")]
Small = Annotated[bool, typer.Option("--small", help="Tiny matrices, for tests.")]


@phantom_app.command("make")
def make(target: Target, case: Names = None, small: Small = False) -> None:
    """Make the cases (about 2.2 GB in full size), with a bar for each."""
    made = made_with_bars(target, names=case, small=small)
    table = Table(title=f"cases in {target}", title_justify="left")
    for heading in ("case", "files", "MB"):
        table.add_column(heading, justify="left" if heading == "case" else "right")
    for one in made.cases:
        size = sum(file.stat().st_size for file in one.files)
        table.add_row(one.case_id, str(len(one.files)), f"{size / 1e6:.0f}")
    Console(soft_wrap=True).print(table)


@phantom_app.command("list")
def list_cases() -> None:
    """Show which cases there are."""
    table = Table()
    for heading in ("case", "what it is", "right", "left"):
        table.add_column(heading)
    for one in cases.CASES:
        table.add_row(one.case_id, one.title, one.category_right, one.category_left)
    Console(soft_wrap=True).print(table)


def made_with_bars(target: Path, *, names: list[str] | None = None, small: bool = False) -> cases.PhantomSet:
    """The cases, with a progress bar for each that is made now."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bars:
        tasks: dict[str, Any] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        return (cases.make_small if small else cases.make)(target, cases=names, progress=progress)
