"""SHACL shapes of the completeness rules that the declarations give."""

from __future__ import annotations


def turtle(profile: str | None = None) -> str:
    return ""
