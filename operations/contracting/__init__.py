"""Contracts: templates as data, filled with the facts of an application, shown as PDF and Word (LEG-1)."""
