"""Existing agents of any client become sources: read, translated back, checked, written."""
