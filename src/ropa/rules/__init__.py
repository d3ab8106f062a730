"""The rules: one function each, or one declaration; a registry; and `check()`."""

from ropa.rules.check import check, check_record, profiles_of
from ropa.rules.registry import PROFILES, RULES, Rule, rule

__all__ = ["PROFILES", "RULES", "Rule", "check", "check_record", "profiles_of", "rule"]
