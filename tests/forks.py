"""The program in a process of its own that need not import anything: a fork of one that has.

What a small night imports takes a quarter of its time. `Forks` starts this file, which reads one
order a line from its standard input: the arguments, the environment, the folder to stand in, and
files for what is said. For each it writes two lines: the number of the process, and how it ended.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer


class Forks:
    """A process that forks; it ends with this one."""

    def __init__(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(
        self, arguments: list[str], environment: dict[str, str], timeout: float
    ) -> tuple[int, str, str]:
        """Run the program to its end: its exit code, and what it said on either output.

        It is the head of a process group, which is gone at the end, or after `timeout` seconds.
        """
        with TemporaryDirectory() as folder:
            said = [Path(folder) / name for name in ("out", "err")]
            asked = [arguments, environment, str(Path.cwd()), *map(str, said)]
            number = int(self._answer(json.dumps(asked)))
            late = Timer(timeout, _kill, [number])
            late.start()
            code = int(self._answer(""))
            late.cancel()
            _kill(number)
            out, err = (file.read_text(encoding="utf-8") for file in said)
            return code, out, err

    def _answer(self, order: str) -> str:
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(f"{order}\n")
        self.server.stdin.flush()
        return self.server.stdout.readline()


def _kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def serve() -> None:
    """Fork as ordered until nobody is there any more."""
    _import()
    while order := sys.stdin.readline():
        arguments, environment, folder, out, err = json.loads(order)
        number = os.fork()
        if number == 0:
            os.setsid()
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(folder)
            for descriptor, file in enumerate((os.devnull, out, err)):
                flags = os.O_RDWR | (os.O_CREAT if descriptor else 0)
                os.dup2(os.open(file, flags, 0o600), descriptor)
            os._exit(_called(arguments))
        print(number, flush=True)
        sys.stdin.readline()
        print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)


def _called(arguments: list[str]) -> int:
    from pv.cli import main

    sys.argv = ["poolvigil", *arguments]
    code = 1
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:  # as Python itself would tell it
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _import() -> None:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import duckdb_engine  # noqa: F401
    import pandas  # noqa: F401
    import pyarrow  # noqa: F401
    import splink  # noqa: F401

    import pv.cases
    import pv.cli
    import pv.night.judge
    import pv.night.steps
    import pv.report
    import pv.sources
    import pv.warehouse.publish  # noqa: F401
    from pv.night import code
    from pv.quality import gx
    from pv.report import pages

    with gx.without_spark():
        import great_expectations  # noqa: F401
    for step in code.STEPS:
        code.digest(step)  # which is kept
    for template in pages.environment().list_templates(["html"]):
        pages.environment().get_template(template)  # so is this


if __name__ == "__main__":
    serve()
