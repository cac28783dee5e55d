"""Settings, from the environment (POOLVIGIL_*) or the home's poolvigil.toml; a home's folders."""

import os
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ByteSize, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pv.errors import UsageError, every, meant

# Bytes: a shorter key can be guessed, and every lot number with it.
SHORTEST_LOT_KEY = 16
# Bytes: the least that may be DuckDB's; what Python, libraries and a reader take.
LEAST_SHARE, ITSELF = 100_000_000, 10**9
# Of the column `seed` of ops.run.
_MOST_SEED = 2**31 - 1
_MOST_BYTES = 10**15


class Settings(BaseSettings):
    """What a night may be told. The environment wins over the home's poolvigil.toml."""

    model_config = SettingsConfigDict(
        env_prefix="POOLVIGIL_", extra="forbid", hide_input_in_errors=True
    )

    memory_limit: ByteSize = Field(
        default=ByteSize(6 * 10**9),
        ge=ITSELF + LEAST_SHARE,
        le=_MOST_BYTES,
        description="Memory of a night, DuckDB's and Python's",
    )
    threads: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=1024,
        description="Threads; all cores if absent",
    )
    engine: Literal["duckdb", "spark"] = Field(
        default="duckdb", description="What counts and blocks duplicates: duckdb or spark"
    )
    spark_master: str = Field(
        default="local[*]", description="Spark's URL of the cluster, or a local one"
    )
    spark_memory: ByteSize = Field(
        default=ByteSize(4 * 10**9),
        ge=10**9,
        le=_MOST_BYTES,
        description="Memory of Spark's driver, which is all of a local one",
    )
    spark_folder: Path | None = Field(
        default=None,
        description="Folder that the cluster sees too; work/spark if absent",
    )
    reader_memory: ByteSize = Field(
        default=ByteSize(10**9),
        ge=500_000_000,
        le=_MOST_BYTES,
        description="What the reader of a small file may take",
    )
    reader_seconds: int = Field(
        default=300, ge=1, le=86_400, description="Seconds that a small file may be read"
    )
    e2b_schemas: Path | None = Field(
        default=None,
        description="ICH's schemas of E2B(R3), against which messages are checked if this is set",
    )
    keep_snapshots: int = Field(default=14, ge=3, description="Published snapshots that stay")
    parts_from: int = Field(
        default=2_000_000,
        ge=1,
        description="Rows from which on a table of cases is stored beside the snapshot's database, "
        "in parts that nights share",
    )
    shareable_cells_from: int | None = Field(
        default=None,
        ge=2,
        le=100,
        description="Smallest count of a country in shareable.duckdb, which is made if this is set",
    )
    seed: int = Field(default=1, ge=0, le=_MOST_SEED, description="Seed of anything random")
    sequential_horizon: float | None = Field(
        default=None,
        gt=0,
        le=2000,
        description="Expected events up to which a sequential test looks; projected if absent",
    )
    redelivery_share: float = Field(
        default=0.9,
        ge=0,
        le=1,
        description="A file that keeps less than this share of the rows of the one before is held",
    )
    deletion_share: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="A list that deletes more than this share of a source's cases is held",
    )
    loss_share: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="What comes to a source that loses more than this share of its cases is held",
    )
    lock_point_days: int = Field(
        default=92,
        ge=1,
        le=36_500,
        description="What moves the data lock point by more than these days is held",
    )
    log_bytes: ByteSize = Field(
        default=ByteSize(10**7),
        ge=1000,
        le=_MOST_BYTES,
        description="From this size on the log is put aside before a night",
    )
    log_keep: int = Field(default=10, ge=1, le=1000, description="Logs put aside that stay")
    log_level: Literal["info", "warning", "error"] = Field(
        default="info", description="The least grave of what the log takes: info, warning, error"
    )
    on_failure: str | None = Field(
        default=None,
        description="Command, or URL, that is told of a night with another exit code than 0",
    )
    on_success: str | None = Field(
        default=None, description="Command, or URL, that is told of a night with exit code 0"
    )
    returns_growth: float = Field(
        default=0.5,
        gt=0,
        le=1000,
        description="A closed signal is back when its cases have grown by this share",
    )
    returns_new_fatal: bool = Field(
        default=True, description="A closed signal is back with a new fatal case"
    )
    returns_new_country: bool = Field(
        default=True, description="A closed signal is back with a case of another country"
    )
    lot_key: SecretStr | None = Field(
        default=None, description="Key of the HMAC of lot numbers; made and kept in work/ if absent"
    )

    @field_validator("lot_key")
    @classmethod
    def _is_long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value().encode()) < SHORTEST_LOT_KEY:
            raise ValueError(f"a key has {SHORTEST_LOT_KEY} bytes or more")
        return key

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then the TOML file named by `toml_file`."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @classmethod
    def of(cls, home: "Home") -> "Settings":
        """The settings that hold in a home. Raises `UsageError` naming what is wrong."""

        if told := _misspelt(frozenset(os.environ)):
            raise UsageError(told)

        class OfHome(cls):
            model_config = SettingsConfigDict(toml_file=home.root / "poolvigil.toml")

        try:
            return OfHome()
        except ValidationError as error:
            told = every(error.errors(), cls.model_fields)
            raise UsageError(
                f"setting {told} (POOLVIGIL_* or {home.root}/poolvigil.toml)"
            ) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{home.root}/poolvigil.toml is not TOML in UTF-8 without byte order mark: {error}"
            ) from error

    @property
    def share(self) -> int:
        """DuckDB's bytes, of which statistics take what their arrays need (`pv.night.memory`)."""
        return self.memory_limit - ITSELF

    def public(self) -> dict[str, object]:
        """The settings without secrets and without what cannot change a result."""
        return {"seed": self.seed, "sequential_horizon": self.sequential_horizon}


@cache
def _misspelt(names: frozenset[str]) -> str:
    """What is wrong with the names of an environment that look like a setting's; "" if nothing."""
    known = {f"POOLVIGIL_{field.upper()}" for field in Settings.model_fields}
    return next(
        (
            f"there is no setting {name} in the environment{guess}"
            for name in sorted(names)
            if name.upper() not in known and (guess := meant(name.upper(), known))
        ),
        "",
    )


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one installation.

    A what-if reads the same inbox and settings, and works and publishes in folders of its own.
    """

    root: Path
    what_if: bool = False

    @property
    def inbox(self) -> Path:
        """Files as received; never changed."""
        return self.root / "inbox"

    @property
    def decisions(self) -> Path:
        """What officers decide, in files that they edit."""
        return self.root / "decisions"

    @property
    def work(self) -> Path:
        """The warehouse, the lock and scratch files; nobody's but the night's."""
        return self.root / "work" / "what-if" if self.what_if else self.root / "work"

    @property
    def warehouse(self) -> Path:
        """The database that the night writes."""
        return self.work / "warehouse.duckdb"

    @property
    def lot_key(self) -> Path:
        """The key of the HMAC of lot numbers, where none is set; a what-if has it too."""
        return self.root / "work" / "lot.key"

    @property
    def published(self) -> Path:
        """Snapshots; `current` links to the newest."""
        return self.root / "published" / "what-if" if self.what_if else self.root / "published"

    @property
    def current(self) -> Path:
        """The newest snapshot's database."""
        return self.published / "current" / "poolvigil.duckdb"

    @property
    def last(self) -> Path:
        """The newest snapshot of a night, also for a what-if."""
        return self.root / "published" / "current"

    @property
    def reports(self) -> Path:
        """Reports for people; `latest.html` is the newest."""
        return self.published / "reports" if self.what_if else self.root / "reports"

    @property
    def logs(self) -> Path:
        """One JSON line per event of a night."""
        return self.root / "logs"

    @property
    def vocab(self) -> Path | None:
        """The home's own vocabulary tables, if there are any."""
        folder = self.root / "vocab"
        return folder if folder.is_dir() else None

    @property
    def spec(self) -> dict[str, Path]:
        """The home's own parts of the specification, by name: spec/*.toml and retention.toml.

        Raises `UsageError` when the retention is there twice.
        """
        files = {file.stem: file for file in sorted((self.root / "spec").glob("*.toml"))}
        beside = self.root / "retention.toml"
        if not beside.is_file():
            return files
        if "retention" in files:
            raise UsageError(f"{beside} and {files['retention']}: keep one of them")
        return {**files, "retention": beside}
