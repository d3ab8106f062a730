"""Settings for all tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

# Records are drawn from 350 fields: slow to draw and large by nature.
settings.register_profile(
    "ropa",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
settings.register_profile("long", parent=settings.get_profile("ropa"), max_examples=2000)
settings.load_profile(os.environ.get("ROPA_HYPOTHESIS", "ropa"))


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of the five examples."""
    return Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of background papers, where it is present."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the folder with the original notices and DPV files is not here; own fixtures show the same")
    return folder
