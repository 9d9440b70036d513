"""Looking up customers in registers outside the house, by a connector or by hand (INT-6, FND-4)."""
