"""Telling people and customers: what is to be told becomes deliveries, and these leave by mail, message or webhook."""
