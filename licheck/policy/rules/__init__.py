"""The rules, one file each: a rule's docstring is its documentation.

A document rule gets a `Case` and yields findings about one document on one use; a project rule gets the `Context`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TypeAlias

from licheck.model.finding import Finding
from licheck.policy.case import Case, Context
from licheck.policy.rules import (
    attribution,
    audited_use,
    competing_use,
    drift,
    fields_of_use,
    gate,
    generator_terms,
    hosted_service,
    license_copy,
    license_list,
    name,
    no_derivatives,
    no_redistribution,
    non_commercial,
    notice,
    output_training,
    registration,
    relicensing,
    reported,
    research_only,
    revenue_threshold,
    scraped_content,
    share_alike,
    state_changes,
    tag_and_text,
    territory,
    unknown_license,
    unknown_route,
    unread,
    update_duty,
    use_policy,
    user_threshold,
)

DocumentRule: TypeAlias = Callable[[Case], Iterator[Finding]]
ProjectRule: TypeAlias = Callable[[Context], Iterator[Finding]]

DOCUMENT_RULES: tuple[ModuleType, ...] = (
    name,
    attribution,
    notice,
    license_copy,
    state_changes,
    use_policy,
    non_commercial,
    research_only,
    registration,
    output_training,
    generator_terms,
    user_threshold,
    revenue_threshold,
    territory,
    fields_of_use,
    no_derivatives,
    no_redistribution,
    share_alike,
    hosted_service,
    competing_use,
    update_duty,
    reported,
)
PROJECT_RULES: tuple[ModuleType, ...] = (
    relicensing,
    unknown_license,
    unknown_route,
    scraped_content,
    drift,
    tag_and_text,
    unread,
    gate,
    audited_use,
    license_list,
)
