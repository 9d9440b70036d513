"""What can be done with cases and tasks, each in one transaction: rights, forms, advancing, rows, audit.

Functions that change something take a `Step` first (see `house`).
"""
