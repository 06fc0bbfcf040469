"""One code speaks for several connectors."""

import pytest

from reconciler.cli.exit_codes import EXIT_CODES_HELP, ExitCode, combine_exit_codes

OK, ERROR, REFUSED = ExitCode.OK, ExitCode.ERROR, ExitCode.REFUSED
PARTIAL, CHANGES = ExitCode.PARTIAL, ExitCode.CHANGES


@pytest.mark.parametrize(
    ("code", "codes"),
    [
        (OK, []),
        (OK, [OK, OK]),
        (PARTIAL, [OK, PARTIAL]),
        (CHANGES, [PARTIAL, CHANGES]),
        (REFUSED, [PARTIAL, REFUSED, OK]),
        (REFUSED, [CHANGES, REFUSED]),
        (ERROR, [REFUSED, ERROR, PARTIAL]),
        (ExitCode.USAGE, [ERROR, ExitCode.USAGE]),
        (ExitCode.INTERRUPTED, [ERROR, ExitCode.INTERRUPTED, OK]),
    ],
)
def test_one_beats_three_beats_four(code, codes):
    """In whatever order the connectors came."""
    assert [code, code] == [combine_exit_codes(codes), combine_exit_codes(codes[::-1])]


def test_every_code_has_a_rank():
    """A code without one would end a run with a fault of ours."""
    assert {combine_exit_codes([code]) for code in ExitCode} == set(ExitCode)


def test_the_numbers_are_the_documented_ones():
    """Pipelines are written against them; 2 is never used."""
    assert [int(code) for code in ExitCode] == [0, 1, 3, 4, 10, 64, 130]
    assert all(f"  {int(code)} " in EXIT_CODES_HELP for code in ExitCode)
