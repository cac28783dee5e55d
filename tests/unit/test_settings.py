"""Settings: environment over the home's file, secrets kept out of what is published."""

import math
import os
from pathlib import Path

import pytest

from pv.errors import UsageError
from pv.settings import Home, Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in [name for name in os.environ if name.startswith("POOLVIGIL_")]:
        monkeypatch.delenv(name)
    return Home(tmp_path)


def write(home: Home, text: str) -> None:
    (home.root / "poolvigil.toml").write_text(text, encoding="utf-8")


def test_a_home_without_a_file_has_the_defaults(home: Home) -> None:
    settings = Settings.of(home)

    assert (settings.keep_snapshots, settings.seed, settings.lot_key) == (14, 1, None)


def test_the_homes_file_sets(home: Home) -> None:
    write(home, 'memory_limit = "2GB"\nkeep_snapshots = 3\n')

    settings = Settings.of(home)

    assert (settings.memory_limit, settings.keep_snapshots) == (2 * 10**9, 3)


def test_the_environment_wins_over_the_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, "keep_snapshots = 3\n")
    monkeypatch.setenv("POOLVIGIL_KEEP_SNAPSHOTS", "5")

    assert Settings.of(home).keep_snapshots == 5


def test_each_home_has_its_own_settings(home: Home, tmp_path: Path) -> None:
    write(home, "seed = 7\n")

    assert (Settings.of(home).seed, Settings.of(Home(tmp_path / "other")).seed) == (7, 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("threads = 0\n", "setting threads"),
        ("keep_snapshots = 2\n", "setting keep_snapshots"),
        ("sequential_horizon = 0\n", "setting sequential_horizon"),
        ("memory = 3\n", "setting memory"),
        ("seed = true or false\n", "not TOML"),
        ("\ufeffseed = 1\n", "not TOML in UTF-8 without byte order mark"),
    ],
)
def test_a_wrong_or_unknown_setting_is_refused_by_its_name(
    home: Home, text: str, told: str
) -> None:
    write(home, text)

    with pytest.raises(UsageError, match=told) as refused:
        Settings.of(home)

    assert f"{home.root}/poolvigil.toml" in str(refused.value)


def test_a_file_in_another_encoding_is_told(home: Home) -> None:
    (home.root / "poolvigil.toml").write_bytes("# für alle\n".encode("latin-1"))

    with pytest.raises(UsageError, match="not TOML in UTF-8"):
        Settings.of(home)


WRONG = ["", "x", "-1", "0", "nan", "inf", "-inf", "1e9", "1e400", "1.5.2", f"{2**64}", f"{10**30}"]
BOUNDS = {
    "memory_limit": (11 * 10**8, 10**15),
    "threads": (1, 1024),
    "reader_memory": (5 * 10**8, 10**15),
    "reader_seconds": (1, 86_400),
    "keep_snapshots": (3, math.inf),
    "parts_from": (1, math.inf),
    "shareable_cells_from": (2, 100),
    "seed": (0, 2**31 - 1),
    "sequential_horizon": (0, 2000),
    "redelivery_share": (0, 1),
    "deletion_share": (0, 1),
    "loss_share": (0, 1),
    "lock_point_days": (1, 36_500),
    "log_bytes": (1000, 10**15),
    "log_keep": (1, 1000),
    "log_level": None,
    "on_failure": None,
    "on_success": None,
    "returns_growth": (0, 1000),
    "returns_new_fatal": None,
    "returns_new_country": None,
    "lot_key": None,
    "e2b_schemas": None,
    "engine": None,
    "spark_master": None,
    "spark_memory": (5 * 10**8, 10**15),
    "spark_folder": None,
}


@pytest.mark.parametrize("name", Settings.model_fields)
@pytest.mark.parametrize("text", WRONG)
def test_a_setting_is_within_its_bounds_or_refused_in_one_line(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(f"POOLVIGIL_{name.upper()}", text)
    bounds = BOUNDS[name]

    try:
        value = getattr(Settings.of(home), name)
    except UsageError as refused:
        assert f"setting {name}: " in str(refused)
        assert "\n" not in str(refused)
    else:
        assert bounds is None or bounds[0] <= value <= bounds[1]


@pytest.mark.parametrize(
    ("name", "text"),
    [("memory_limit", "abc"), ("memory_limit", "-1GB"), ("memory_limit", "12 parsecs"),
     ("memory_limit", "80%"), ("memory_limit", "1099MB"), ("memory_limit", "2000TB"),
     ("threads", "1000000000"), ("seed", "-1"), ("seed", "2147483648"), ("seed", "1.5"),
     ("reader_memory", "2000TB"), ("reader_seconds", "86401"), ("deletion_share", "5%")],
)  # fmt: skip
def test_a_setting_that_no_night_can_use_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(f"POOLVIGIL_{name.upper()}", text)

    with pytest.raises(UsageError, match=f"setting {name}: ") as refused:
        Settings.of(home)

    assert refused.value.exit_code == 2


def test_a_secret_is_shown_nowhere(home: Home) -> None:
    write(home, 'lot_key = "hush, hush, hush"\n')

    settings = Settings.of(home)

    assert "hush" not in repr(settings)
    assert "hush" not in str(settings.public())


def test_what_is_public_does_not_depend_on_the_machine(home: Home) -> None:
    """The fingerprint of a night is made of it: the same night on four cores is the same night."""
    write(home, 'threads = 4\nmemory_limit = "2GB"\n')

    assert Settings.of(home).public() == {"seed": 1, "sequential_horizon": None}


@pytest.mark.parametrize("key", ["", "fifteen letters", "               "])
def test_a_lot_key_that_can_be_guessed_is_refused_and_not_repeated(
    home: Home, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("POOLVIGIL_LOT_KEY", key)

    with pytest.raises(UsageError, match=r"setting lot_key: .* 16 bytes or more") as refused:
        Settings.of(home)

    assert refused.value.exit_code == 2
    assert not key or f"{key!r}" not in f"{refused.value} {refused.value.__cause__}"


def test_a_lot_key_is_measured_in_bytes(home: Home) -> None:
    write(home, 'lot_key = "acht Täß"\n')  # 10 bytes
    with pytest.raises(UsageError, match="setting lot_key"):
        Settings.of(home)

    write(home, 'lot_key = "äöüßäöüß"\n')
    assert Settings.of(home).lot_key is not None


def test_the_vocabulary_of_a_home_is_there_only_when_its_folder_is(home: Home) -> None:
    assert home.vocab is None

    (home.root / "vocab").mkdir()

    assert home.vocab == home.root / "vocab"
