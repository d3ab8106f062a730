"""The command line: the only place that prints or exits."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import click

from ropa import __version__, io
from ropa.errors import MissingExtraError, ReadError, RopaError, WriteError
from ropa.findings import Finding
from ropa.model import Record
from ropa.text import printable

if TYPE_CHECKING:
    from ropa.output import Run

T = TypeVar("T")

LANGUAGES = ("en", "fi", "sv")
MANY = 20
"""From how many files on a progress bar is shown, on a terminal."""
NEXT = {
    "en": "wrote {output}. Next: ropa check {output}",
    "fi": "kirjoitettu: {output}. Seuraavaksi: ropa check {output}",
    "sv": "skrev {output}. Härnäst: ropa check {output}",
}
FORMATS = (*io.TEXT_FORMATS, *io.RDF_FORMATS)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 clean, 1 findings, 2 unreadable input or wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = cli.main(args=None if argv is None else list(argv), prog_name="ropa", standalone_mode=False)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except (ReadError, WriteError) as error:
        _tell(error.findings)
        return 2
    except (RopaError, MissingExtraError) as error:
        click.echo(printable(f"ropa: {error}"), err=True)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 2
    except OSError as error:
        click.echo(printable(f"ropa: {error.filename or ''}: {error.strerror or error}"), err=True)
        return 2
    return code if isinstance(code, int) else 0


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ropa")
def cli() -> None:
    """GDPR records of processing and privacy notices: check, convert, look up terms.

    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 unreadable input
    or wrong usage. "-" is standard input or output. No command opens a network
    connection, and none gives legal advice.
    """


# -- helpers -------------------------------------------------------------------


def _walk(items: Sequence[T], what: str) -> Iterator[T]:
    """Go through items, with a progress bar on a terminal if they are many."""
    if len(items) < MANY or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console  # noqa: PLC0415  # 80 ms that a single file need not pay
    from rich.progress import track  # noqa: PLC0415  # as above

    yield from track(items, description=what, console=Console(stderr=True), transient=True)


def _read(path: str) -> tuple[Record, io.Source]:
    if path != "-":
        return io.read_path(path)
    raw = _stdin()
    return io.read_bytes(raw, _sniff(raw), "-")


def _stdin() -> bytes:
    if sys.stdin is None:
        raise RopaError("-: there is no standard input")
    return sys.stdin.buffer.read()


_SIGNS = (
    ("jsonld", re.compile(rb'[\[{\s]*"@')),
    ("json", re.compile(rb"\s*[\[{]")),
    ("rdfxml", re.compile(rb"\s*<(\?xml|rdf:RDF|!--)")),
    ("turtle", re.compile(rb"(\s|#[^\n]*\n)*(<|@prefix|@base|PREFIX\s|BASE\s)", re.IGNORECASE)),
)


def _sniff(raw: bytes) -> str:
    """Tell the format of standard input by how it begins; N-Triples are Turtle."""
    begin = raw[:4096].removeprefix(io.BOM)
    return next((format_ for format_, sign in _SIGNS if sign.match(begin)), "yaml")


def _place(finding: Finding) -> str:
    return ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part is not None)


def _tell(findings: Iterable[Finding]) -> None:
    for finding in findings:
        hint = f" ({finding.hint})" if finding.hint else ""
        path = f" {finding.path}:" if finding.path else ""
        place = _place(finding) or "ropa"
        click.echo(printable(f"{place}: {finding.severity} {finding.code}{path} {finding.message}{hint}"), err=True)


def _write(path: str | None, text: str) -> None:
    if path is None or path == "-":
        click.echo(text, nl=False)
    else:
        io.write_file(path, text)


# -- check ---------------------------------------------------------------------


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    type=click.Choice(["record", "notice", "processor", "fi"]),
    help="Which rules; may be given several times. Default: what the record says it serves.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Day for which dated facts are looked up (default: today).",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "sarif", "junit", "github"]),
    default="text",
    show_default=True,
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    help="From which severity on the exit code is 1.  [default: error]",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the messages (default: the record's).")
@click.option("--full", is_flag=True, help="Show every finding, with an example of what to write.")
@click.option("--baseline", metavar="FILE", help="Show only what this file does not hold.")
@click.option("--update-baseline", is_flag=True, help="Write what is found now to the baseline file.")
@click.option("--config", metavar="FILE", help="Settings (default: the nearest ropa.toml, or [tool.ropa]).")
def check(
    paths: tuple[str, ...],
    profiles: tuple[str, ...],
    as_of: datetime.datetime | None,
    format_: str,
    fail_on: str | None,
    lang: str | None,
    full: bool,
    baseline: str | None,
    update_baseline: bool,
    config: str | None,
) -> int:
    """Check records and say what they do not state, or state twice.

    PATH is a file (.json .yaml .ttl .nt .jsonld .rdf, or .jsonl with a record
    a line), a record folder, a folder of records, a pattern, or "-".
    """
    # Everything below is only needed here, not for --help.
    from ropa import plaintext  # noqa: PLC0415
    from ropa.checking import Checker  # noqa: PLC0415
    from ropa.config import baseline_of, load_settings, settings_in  # noqa: PLC0415
    from ropa.output import rendered  # noqa: PLC0415

    day = as_of.date() if as_of else datetime.datetime.now().astimezone().date()
    settings = settings_in(config) if config else load_settings()
    kept = baseline or settings.baseline
    if update_baseline and kept is None:
        raise click.UsageError("--update-baseline needs --baseline FILE, or `baseline` in the settings")
    checker = Checker(settings, day, profiles=profiles, language=lang, baseline=None if update_baseline else kept)
    run = checker.run(paths, _read, lambda names: _walk(names, "Checking"))
    if update_baseline and kept is not None:
        io.write_file(kept, baseline_of(checker.every))
        click.echo(f"ropa: wrote {kept}: {len(checker.every)} findings", err=True)
        run = run._replace(results=[r._replace(findings=() if r.readable else r.findings) for r in run.results])
    if format_ == "text":
        for line in plaintext.as_text(run, checker.speaks, _source_lines(run), full=full):
            click.echo(line)
    else:
        click.echo(rendered(_carried(run), format_), nl=False)
    if not all(result.readable for result in run.results):
        return 2
    limit = {"error": 0, "warning": 1, "never": -1}[fail_on or settings.fail_on or "error"]
    return int(any(finding.severity.rank <= limit for result in run.results for finding in result.findings))


def _carried(run: Run) -> Run:
    """Return the run without characters that a format cannot carry: a broken file, or a file's name, may have them."""

    def clean(finding: Finding) -> Finding:
        return attrs.evolve(
            finding,
            file=finding.file and printable(finding.file),
            path=printable(finding.path),
            message="\n".join(map(printable, finding.message.split("\n"))),
            hint="\n".join(map(printable, finding.hint.split("\n"))),
        )

    results = [
        result._replace(file=printable(result.file), findings=[clean(finding) for finding in result.findings])
        for result in run.results
    ]
    return run._replace(results=results)


def _source_lines(run: Run) -> dict[str, list[str]]:
    """Return the lines of the text files with findings, for carets; one that went away meanwhile has none."""
    found: dict[str, list[str]] = {}
    for result in run.results:
        for name in {finding.file for finding in result.findings if finding.line is not None and finding.file}:
            try:
                found[name] = Path(name).read_text(encoding="utf-8-sig", errors="replace").split("\n")
            except OSError:
                continue
    return found


# -- convert -------------------------------------------------------------------


@cli.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--from", "from_", type=click.Choice(FORMATS), help="Format of IN (default: by its ending).")
@click.option("--to", "to", type=click.Choice(FORMATS), help="Format of OUT (default: by its ending).")
def convert(source: str, target: str, from_: str | None, to: str | None) -> int:
    """Convert a record between JSON, YAML and RDF without loss.

    IN may be a foreign DPV graph: what is not understood is listed, and the
    exit code is 1. OUT without an ending is a record folder.
    """
    record, unread = _read_any(source, from_)
    if source != "-" and Path(source).exists() and Path(target).exists() and Path(source).samefile(target):
        raise RopaError(f"{target}: OUT is IN; comments would be lost: give another name")
    if target == "-":
        _write(None, io.dumps(record, to or "json"))
    elif to is not None:
        _write(target, io.dumps(record, to))
    else:
        io.dump(record, target)
    for line in unread:
        click.echo(printable(line), err=True)
    if unread:
        click.echo(printable(f"ropa: {source}: not read: {len(unread)} (see above)"), err=True)
    return int(bool(unread))


def _read_any(source: str, from_: str | None) -> tuple[Record, list[str]]:
    if source == "-":
        raw = _stdin()
        found = io.Source(from_ or _sniff(raw), raw, source)
    elif io.is_folder(source):
        return io.read_path(source)[0], []
    else:
        found = io.read_source(Path(source), from_)
    if found.format not in io.RDF_FORMATS:
        return io.read_bytes(found.raw, found.format, found.file)[0], []
    from ropa.rdf import adopt, formats  # noqa: PLC0415  # rdflib takes long to import
    from ropa.rdf.terms import nt_term  # noqa: PLC0415  # as above

    try:
        draft = adopt.read_graph(formats.parse(found.raw, found.format))
    except ReadError as error:
        raise ReadError(io.locate(error.findings, found)) from None
    return draft.record, [f"{nt_term(s)} <{p}> {nt_term(o)} ." for s, p, o in formats.numbered(draft.unread)]


# -- rule, terms, schema, new --------------------------------------------------


@cli.command()
@click.argument("code")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
def rule(code: str, lang: str) -> int:
    """Explain a rule: ROPA501, 501 or transfers-not-stated."""
    from ropa import plaintext  # noqa: PLC0415  # not needed for --help
    from ropa.findings import SEVERITY  # noqa: PLC0415  # as above
    from ropa.rules import RULES  # noqa: PLC0415  # as above
    from ropa.rules.registry import HYGIENE, load_own, name_of, words  # noqa: PLC0415  # as above

    load_own()
    wanted = code.upper().removeprefix("ROPA")
    found = [one for one in RULES if str(one.code) == wanted or one.name == code.lower()]
    # 900 and 907 are told by the checker and by the reader: no rule looks for them.
    numbers = [one.code for one in found] or [n for n in (900, 907) if str(n) == wanted or name_of(n) == code.lower()]
    if not numbers:
        raise click.UsageError(f"there is no rule {code!r}")
    texts = words(numbers[0], lang)
    click.secho(f"ROPA{numbers[0]} {name_of(numbers[0])}", bold=True)
    click.echo(texts.title)
    text = plaintext.WORDS[lang]
    for one in found:
        for profile, strength in one.strength.items():
            articles = ", ".join(one.articles.get(profile, ()))
            level = text[SEVERITY[strength].value][0]
            where = text["always"] if profile == HYGIENE else profile
            click.echo(f"  {where}: {level}" + (f" (Art. {articles})" if articles else ""))
    for paragraph in (texts.what, texts.why):
        click.echo(paragraph)
    click.echo("→ " + re.sub(r"\{[a-z_]+\}", "…", texts.hint))
    if texts.example:
        click.echo("\n" + texts.example.strip())
    return 0


@cli.command()
@click.argument("query", nargs=-1)
@click.option("--in", "root", metavar="TERM", help="Only terms below this one, for example dpv:PersonalData.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 500))
def terms(query: tuple[str, ...], root: str | None, limit: int) -> int:
    """Find DPV and ropa: terms by a word in English, Finnish or Swedish."""
    from ropa import vocab  # noqa: PLC0415  # not needed for --help

    if not query and root is None:
        raise click.UsageError("give a word, or --in TERM for all terms below it")
    if root is not None and not vocab.known(root):
        raise click.UsageError(f"{root} is no term; nearest: {', '.join(vocab.nearest(root)) or 'none'}")
    hits = vocab.search(" ".join(query), root=root, limit=limit)
    exact = [hit for hit in hits if hit.rank < vocab.NEAR]
    if hits and not exact:
        click.echo("nothing found; nearest:", err=True)
    for hit in hits:
        found = vocab.entry(hit.curie)
        assert found is not None
        draft = "" if found.label_status == vocab.CHECKED or hit.labels.keys() == {"en"} else "  (draft labels)"
        click.echo(f"{hit.curie:42} {' · '.join(hit.labels.get(tag, '–') for tag in LANGUAGES)}{draft}")
        if found.parents:
            click.echo(f"{'':42} below {', '.join(found.parents)}")
    if not hits:
        click.echo("nothing found", err=True)
    return 0 if exact else 1


@cli.command()
@click.option("--kind", type=click.Choice(["json", "context", "shacl"]), default="json", show_default=True)
@click.option(
    "--profile", type=click.Choice(["record", "notice", "processor"]), help="For shacl: the shapes of one profile."
)
@click.option("-o", "--output", help="File to write (default: standard output).")
def schema(kind: str, profile: str | None, output: str | None) -> int:
    """Print the JSON Schema, the JSON-LD context or the SHACL shapes."""
    import orjson  # noqa: PLC0415  # not needed for --help

    from ropa import schema as schemas  # noqa: PLC0415  # as above
    from ropa import shapes  # noqa: PLC0415  # as above

    if kind == "shacl":
        text = shapes.turtle(profile)
    else:
        made: Any = schemas.json_schema() if kind == "json" else schemas.context()
        text = orjson.dumps(made, option=orjson.OPT_INDENT_2).decode() + "\n"
    _write(output, text)
    return 0


@cli.command()
@click.option("--sector", type=click.Choice(["water", "heat", "electricity"]), default="water", show_default=True)
@click.option("--lang", type=click.Choice(LANGUAGES), default="fi", show_default=True)
@click.option("-o", "--output", required=True, help="File to write, .yaml; an existing file is left alone.")
def new(sector: str, lang: str, output: str) -> int:
    """Write a commented starter of a customer register, its gaps left open."""
    text = resources.files("ropa").joinpath(f"_data/starters/{sector}.{lang}.yaml").read_text("utf-8")
    if output != "-" and Path(output).exists():
        raise click.UsageError(f"{output} is there already: choose another name")
    if output != "-" and Path(output).suffix.lower() not in (".yaml", ".yml"):
        raise click.UsageError(f"{output}: a starter is YAML, name it .yaml")
    _write(output, text)
    if output != "-":
        click.echo(NEXT[lang].format(output=output), err=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
