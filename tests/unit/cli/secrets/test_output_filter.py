"""The last gate: no stream shows a secret, whoever writes to it."""

import io
import json
import sys

import click
import pytest

from reconciler.cli.secrets import output_filter

SECRET = "a-secret-of-this-run"


def test_whatever_is_written_is_starred(capsys):
    """By click, by the progress line, by a library's warning."""
    with output_filter.filter_output():
        assert output_filter.register_secret(SECRET) == SECRET
        click.echo(f"see {SECRET}")
        sys.stdout.write(f"{SECRET}\n")
        sys.stderr.write(f"\r\x1b[K{SECRET}")
        click.echo(SECRET, err=True)
    assert capsys.readouterr() == ("see ***\n***\n", "\r\x1b[K******\n")


def test_after_it_the_streams_are_what_they_were():
    """And the secrets of one command are not the next one's."""
    before = sys.stdout, sys.stderr
    with output_filter.filter_output():
        output_filter.register_secret(SECRET)
        assert sys.stdout is not before[0]
    assert (sys.stdout, sys.stderr) == before
    assert output_filter.clean(SECRET) == SECRET


def test_a_stream_that_was_replaced_meanwhile_stays(monkeypatch):
    """The reader is gone, and the null device took its place."""
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # put back after the test
    null = io.StringIO()
    with output_filter.filter_output():
        sys.stdout = null
    assert sys.stdout is null


def test_a_command_within_a_command_shares_the_gate(capsys):
    """The demo runs several; what the first read stays secret."""
    with output_filter.filter_output():
        output_filter.register_secret(SECRET)
        with output_filter.filter_output():
            click.echo(SECRET)
        click.echo(SECRET)
    assert capsys.readouterr().out == "***\n***\n"


def test_what_a_signer_comes_to_hold_is_starred(capsys):
    """Access tokens are issued while the command runs."""
    held = []
    with output_filter.filter_output():
        output_filter.add_secret_source(lambda: held)
        held.append(SECRET)
        click.echo(SECRET)
    assert capsys.readouterr().out == "***\n"


def test_bytes_do_not_pass_by_it():
    """A buffer beneath would be a way round."""
    with output_filter.filter_output():
        assert not hasattr(sys.stdout, "buffer")
        with pytest.raises(TypeError):
            sys.stdout.write(SECRET.encode())


def test_a_token_that_was_asked_for_is_handed_over(capsys):
    """`sandbox serve` prints its own, which is good for nothing else."""
    token = "00" + "aB3dE6gH9j" * 4
    output_filter.print_unfiltered(token)
    with output_filter.filter_output():
        click.echo(token)
        output_filter.print_unfiltered(token)
    assert capsys.readouterr().out == f"{token}\n***\n{token}\n"


def test_a_stream_set_to_ascii_spells_every_name(monkeypatch):
    """A name is not a reason to fail."""
    beneath = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(beneath, encoding="ascii"))
    with output_filter.filter_output():
        click.echo("Zoë")
        sys.stdout.flush()
    assert beneath.getvalue() == "Zoë\n".encode()


@pytest.mark.parametrize("encoding", ["iso8859-1", "iso8859-15", "cp1252", "cp437", "utf-8"])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_what_a_terminal_has_no_character_for_is_spelled_out(monkeypatch, encoding, stream):
    """A Polish name in a Western terminal is no reason to fail."""
    beneath = io.BytesIO()
    monkeypatch.setattr(sys, stream, io.TextIOWrapper(beneath, encoding=encoding))
    with output_filter.filter_output():
        click.echo("Zoë \u0141ukasz \u65e5 \ud800", err=stream == "stderr")
        getattr(sys, stream).flush()
    said = beneath.getvalue().decode(encoding)
    assert said.startswith("Zoë ")
    assert said.endswith("\\u{d800}\n")
    assert encoding == "utf-8" or "\\u{141}ukasz \\u{65e5}" in said


def test_the_gate_is_the_stream_in_all_else(monkeypatch):
    """Whether somebody watches decides on colour and progress."""

    class Terminal(io.StringIO):
        encoding, errors = "utf-8", "strict"

        def isatty(self):
            return True

        def fileno(self):
            return 7

    monkeypatch.setattr(sys, "stdout", Terminal())
    with output_filter.filter_output():
        stream = sys.stdout
        assert (stream.isatty(), stream.fileno(), stream.writable()) == (True, 7, True)
        assert (stream.encoding, stream.errors) == ("utf-8", "strict")


@pytest.mark.parametrize(
    "writes",
    [("see ##[error]x ##[group]",), ("##", "[error]x"), ("#", "#[error]"), ("#", "#", "[a")],
)
def test_nothing_that_is_written_commands_the_runner(capsys, writes):
    """Whoever wrote it, in one piece or in several."""
    with output_filter.filter_output():
        for text in writes:
            sys.stdout.write(text)
    assert "##[" not in capsys.readouterr().out


def test_data_stays_what_it_is(capsys):
    """The escape is one of JSON's own."""
    data = {"ticket": "##[error]x"}
    with output_filter.filter_output():
        click.echo(json.dumps(data))
    assert json.loads(capsys.readouterr().out) == data
