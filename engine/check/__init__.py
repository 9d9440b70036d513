"""What `loanflow check` finds in a process package, and what forbids its deployment."""

from engine.check.checking import check, check_source, unreadable
from engine.check.finding import Finding
from engine.check.registry import RULES, Rule

__all__ = ["RULES", "Finding", "Rule", "check", "check_source", "unreadable"]
