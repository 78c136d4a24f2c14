"""The reference: PostgreSQL's own pgbench with prepared statements, on the same table in the same run."""

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy.engine import URL

WARM_UP: Final = 10  # transactions at the start of a connection that plan and fill caches, and are not counted
MICROSECONDS_COLUMN: Final = 2  # of a line of pgbench's transaction log


@dataclass(frozen=True)
class Pgbench:
    """Runs scripts against one database; `programs` is the folder of the embedded server's own."""

    programs: Path
    database: URL
    folder: Path
    server_options: str = ""

    def latencies(self, script: str, *, transactions: int) -> list[float]:
        """Run a script at one client; returns each transaction's milliseconds, commit included, without the warm-up."""
        with TemporaryDirectory(dir=self.folder) as folder:
            self._run(script, Path(folder), "-c1", f"-t{transactions + WARM_UP}", "-l", "--log-prefix=times")
            [log] = Path(folder).glob("times*")
            lines = log.read_text("ascii").splitlines()
        return [int(line.split()[MICROSECONDS_COLUMN]) / 1000 for line in lines[WARM_UP:]]

    def run(self, script: str, *, clients: int, transactions: int) -> float:
        """Run `transactions` altogether at some clients; returns transactions a second, without the connecting."""
        options = (f"-c{clients}", "-j2", f"-t{max(transactions // clients, 1)}")
        with TemporaryDirectory(dir=self.folder) as folder:
            told = self._run(script, Path(folder), *options)
        [rate] = re.findall(r"^tps = ([0-9.]+)", told, re.MULTILINE)
        return float(rate)

    def _run(self, script: str, folder: Path, *options: str) -> str:
        path = folder / "script.sql"
        path.write_text(script, "utf-8")
        address = self.database.set(drivername="postgresql").render_as_string(hide_password=False)
        command = [str(self.programs / "pgbench"), "-n", "-Mprepared", f"-f{path}", *options, address]
        environment = {**os.environ, "PGOPTIONS": self.server_options}
        done = subprocess.run(  # noqa: S603  our own program
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            message = f"pgbench: {done.stderr}"
            raise RuntimeError(message)
        return done.stdout


def bare_claim(pools: Sequence[int], person_id: int) -> str:
    """One statement that takes the best ready case of these pools: as little as a safe claim can be."""
    return f"""
        UPDATE survey_case SET state = 'held', holder_id = {person_id}, lease_until = now() + interval '15 minutes'
        WHERE id = (
            SELECT best.id FROM unnest(ARRAY[{",".join(map(str, pools))}]::bigint[]) AS served(pool_id),
            LATERAL (
                SELECT id, priority, due_at FROM survey_case
                WHERE pool_id = served.pool_id AND state = 'ready'
                ORDER BY priority DESC, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
            ) AS best
            ORDER BY best.priority DESC, best.due_at, best.id LIMIT 1
        ) RETURNING id, sample_unit_id;
    """.replace("\n", " ")


def bare_update(size: int) -> str:
    """Update one row by its id, moving it in its index as every change of a case's state does."""
    return (
        f"\\set case random(1, {size})\n"
        "UPDATE survey_case SET due_at = due_at + interval '1 microsecond' WHERE id = :case;"
    )
