"""
The table: everything pemcheck can complain about, one row each.

To add a rule, add a row to the file of its subject, and a ``Demand`` to each target that asks it.
"""

from __future__ import annotations

from typing import Any

from . import certificate, chain, key, names, options, pem, public, reimport, request, roles, signatures
from .table import Rule

RULES: tuple[Rule[Any], ...] = (
    *pem.RULES,
    *roles.RULES,
    *key.RULES,
    *certificate.RULES,
    *names.RULES,
    *chain.RULES,
    *signatures.RULES,
    *public.RULES,
    *reimport.RULES,
    *request.RULES,
    *options.RULES,
)
"""Every rule.  The tuples it is made of carry no annotation: type checkers take ``it`` of each row from its scope."""

BY_NAME: dict[str, Rule[Any]] = {rule.name: rule for rule in RULES}
