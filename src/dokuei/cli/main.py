"""The ``dokuei`` command: a group is imported when it is used, so that each process carries only its own."""

import os
import sys
from importlib import import_module

import typer

from dokuei.errors import DokueiError

# name → (module under dokuei.cli, attribute: a Typer group or a command function, help)
COMMANDS = {
    "up": ("up", "up", "Start gateway, hub and viewer of one home folder."),
    "demo": ("demo", "demo", "The same with demo cases and demo people."),
    "status": ("status", "status", "Whether images and documents go the whole way, and which leg is dead."),
    "import": ("import_", "import_media", "Take folders, ZIP files and DICOMDIR media into the gateway."),
    "gateway": ("gateway", "gateway_app", "The hospital's program: run, enrol, status, doctor."),
    "hub": ("hub", "hub_app", "The reading centre's program: run, invite and list gateways."),
    "archive": ("archive", "archive_app", "Rebuild, verify and expire the archive."),
    "audit": ("audit", "audit_app", "Verify and anchor the audit trail."),
    "report": ("report", "report_app", "Verify report files: is this what was signed?"),
    "desk": ("desk", "desk_app", "At a reader's desk: let one's own card sign a report."),
    "token": ("identity", "token_app", "Tokens for programs: DICOMweb, FHIR, metrics."),
    "user": ("identity", "user_app", "People and their sign-in links."),
    "emergency": ("emergency", "emergency_app", "The emergency account: open and close it."),
    "line": ("line", "line_app", "What the line to a hub carries, and what can be read over it."),
    "display": ("displays", "display_app", "Displays on which images are read: what the centre asks of them."),
    "site": ("identity", "site_app", "Hospitals."),
    "phantom": ("phantom", "phantom_app", "Make the synthetic cases."),
}


def build(names: list[str]) -> typer.Typer:
    """The application with these groups and commands."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

    @app.callback()
    def _root() -> None:
        """読影 (dokuei): remote reading of breast imaging."""

    for name in names:
        module, attribute, text = COMMANDS[name]
        member = getattr(import_module(f"dokuei.cli.{module}"), attribute)
        if isinstance(member, typer.Typer):
            app.add_typer(member, name=name, help=text)
        else:
            app.command(name, help=text)(member)
    return app


def main() -> None:
    """Run a command; an error that was foreseen is said in one line, not as a traceback.

    Whatever it writes is for the user it runs as alone: images, databases and logs of patients.
    """
    os.umask(0o077)
    wanted = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), "")
    try:
        build([wanted] if wanted in COMMANDS else list(COMMANDS))()
    except DokueiError as error:
        sys.stderr.write(f"dokuei: {error}\n")
        sys.exit(1)
