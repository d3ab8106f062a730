"""GDPR records of processing and privacy notices as one typed data model.

    >>> import ropa
    >>> record = ropa.Record(
    ...     id="https://example.org/ropa/vesi",
    ...     language="fi",
    ...     registers=(ropa.Register(name="Asiakasrekisteri", transfers=()),),
    ... )
    >>> ropa.state(record.registers[0], "transfers")
    <State.NONE: 'none'>
    >>> ropa.state(record.registers[0], "recipients")
    <State.NOT_STATED: 'not stated'>

`None` = the source does not say. `()` = the source says there is none. Values
= what it says. No function gives legal advice, and no finding or the absence
of findings says that the law is followed.
"""

from ropa.access import State, each, get, related, replace, state
from ropa.codec import from_dict, to_dict
from ropa.errors import MissingExtraError, ModelError, PathError, ReadError, RopaError, WriteError
from ropa.findings import Finding, Severity
from ropa.io import dump, dumps, from_graph, load, load_all, loads, read_graph, to_graph
from ropa.model import (
    Agreement,
    Assessment,
    AutomatedDecision,
    Concept,
    Contact,
    DataCategory,
    DataItem,
    DataSource,
    DataSubjectCategory,
    Document,
    Evidence,
    Exclusion,
    Extension,
    JointArrangement,
    LawReference,
    LegalBasis,
    Notice,
    Organisation,
    Pairing,
    Provision,
    Purpose,
    Recipient,
    Record,
    Register,
    RetentionRule,
    RightsProcedure,
    RightStatement,
    SecurityMeasure,
    System,
    Transfer,
)
from ropa.rules.check import check
from ropa.schema import json_schema, schema_errors
from ropa.text import Text

Controller = Organisation
"""An organisation in the role that `Record.controller` gives it."""
Processor = Organisation
"""An organisation in the role that `Record.processor` gives it."""

__version__ = "0.1.0"

__all__ = [
    "Agreement",
    "Assessment",
    "AutomatedDecision",
    "Concept",
    "Contact",
    "Controller",
    "DataCategory",
    "DataItem",
    "DataSource",
    "DataSubjectCategory",
    "Document",
    "Evidence",
    "Exclusion",
    "Extension",
    "Finding",
    "JointArrangement",
    "LawReference",
    "LegalBasis",
    "MissingExtraError",
    "ModelError",
    "Notice",
    "Organisation",
    "Pairing",
    "PathError",
    "Processor",
    "Provision",
    "Purpose",
    "ReadError",
    "Recipient",
    "Record",
    "Register",
    "RetentionRule",
    "RightStatement",
    "RightsProcedure",
    "RopaError",
    "SecurityMeasure",
    "Severity",
    "State",
    "System",
    "Text",
    "Transfer",
    "WriteError",
    "__version__",
    "check",
    "dump",
    "dumps",
    "each",
    "from_dict",
    "from_graph",
    "get",
    "json_schema",
    "load",
    "load_all",
    "loads",
    "read_graph",
    "related",
    "replace",
    "schema_errors",
    "state",
    "to_dict",
    "to_graph",
]
