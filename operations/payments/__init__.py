"""Paying disbursements out: orders (operations), the errand that carries them, and the bank behind an interface."""
