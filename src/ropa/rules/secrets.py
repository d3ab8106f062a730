"""Personal data that do not belong in a record: identity codes, card and account numbers; and masking them."""

from __future__ import annotations

import datetime
import re
from typing import Final

IDENTITY_CODE: Final = "henkilötunnus"
CARD: Final = "payment card number"
ACCOUNT: Final = "account number"

_CHECK: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
# The sign tells the century; the newer letters stand beside the old ones since 2023.
_CENTURY: Final = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
_CODE: Final = re.compile(r"(?<!\d)(\d{6})([-+YXWVUABCDEF])(\d{3})([0-9A-FHJ-NPR-Y])(?![0-9A-Za-z])", re.IGNORECASE)
_CARD: Final = re.compile(r"(?<!\d)(?:\d{4}[ -]){3}\d{1,7}(?!\d)|(?<![\d-])\d{13,19}(?![\d-])")
_IBAN: Final = re.compile(
    r"(?<![0-9A-Za-z])[A-Za-z]{2}\d{2}(?:[ -]?[0-9A-Za-z]{4}){2,7}(?:[ -]?[0-9A-Za-z]{1,3})?(?![0-9A-Za-z])"
)


def is_identity_code(match: re.Match[str]) -> bool:
    """Say whether a match is a valid Finnish identity code: a day that exists and the right check character."""
    digits, sign, number, check = match[1], match[2].upper(), match[3], match[4].upper()
    try:
        datetime.date(_CENTURY[sign] + int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return False
    return int(number) >= 2 and _CHECK[int(digits + number) % 31] == check


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_card(match: re.Match[str]) -> bool:
    """Say whether a match can be a payment card: a card's first digit and Luhn's check."""
    digits = re.sub(r"[ -]", "", match[0])
    return digits[0] in "23456" and _luhn(digits)


def is_iban(match: re.Match[str]) -> bool:
    """Say whether a match is an account number, or begins with one: ISO 7064's check."""
    groups = re.split(r"[ -]", match[0])
    return any(_iban("".join(groups[:end])) for end in range(len(groups), 0, -1))


def _iban(text: str) -> bool:
    shortest = 15  # Norway's
    return len(text) >= shortest and int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def personal(text: str, *, accounts: bool = True) -> str | None:
    """Return what kind of number a text holds, or None. An organisation's account number is no personal data."""
    if any(is_identity_code(match) for match in _CODE.finditer(text)):
        return IDENTITY_CODE
    if any(is_card(match) for match in _CARD.finditer(text)):
        return CARD
    if accounts and any(is_iban(match) for match in _IBAN.finditer(text)):
        return ACCOUNT
    return None


def masked(text: str) -> str:
    """Return the text with identity codes, card and account numbers blacked out."""
    for pattern, test in ((_CODE, is_identity_code), (_CARD, is_card), (_IBAN, is_iban)):
        for match in [found for found in pattern.finditer(text) if test(found)]:
            text = text.replace(match[0], "*" * len(match[0]))
    return text
