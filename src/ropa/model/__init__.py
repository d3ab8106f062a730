"""The classes of the model: declarations only.

Frozen, keyword-only; every collection is a tuple. `None`: the source does not
say. `()`: the source says that there is none. Values: what it says.
"""

from ropa.model.base import Base, Document, Evidence, Node
from ropa.model.data import DataCategory, DataItem, DataSource, DataSubjectCategory, SecurityMeasure, System
from ropa.model.flows import Exclusion, Extension, Recipient, RetentionRule, Transfer
from ropa.model.law import Assessment, LawReference, LegalBasis, Purpose
from ropa.model.parties import Agreement, Contact, JointArrangement, Organisation
from ropa.model.record import Concept, Record
from ropa.model.register import Pairing, Register
from ropa.model.rights import AutomatedDecision, Notice, Provision, RightsProcedure, RightStatement

__all__ = [
    "Agreement",
    "Assessment",
    "AutomatedDecision",
    "Base",
    "Concept",
    "Contact",
    "DataCategory",
    "DataItem",
    "DataSource",
    "DataSubjectCategory",
    "Document",
    "Evidence",
    "Exclusion",
    "Extension",
    "JointArrangement",
    "LawReference",
    "LegalBasis",
    "Node",
    "Notice",
    "Organisation",
    "Pairing",
    "Provision",
    "Purpose",
    "Recipient",
    "Record",
    "Register",
    "RetentionRule",
    "RightStatement",
    "RightsProcedure",
    "SecurityMeasure",
    "System",
    "Transfer",
]
