"""Permissions, passwords, keys, field encryption, masking and the audit chain. Pure: no SQL."""
