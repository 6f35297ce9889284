"""What the tests of the command line share."""

import pytest

from helpers.command import Cutline


@pytest.fixture
def cutline(capsys: pytest.CaptureFixture[str]) -> Cutline:
    """Cutline, called in this process."""
    return Cutline(capsys)
