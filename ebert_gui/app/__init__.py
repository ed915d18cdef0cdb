"""Puts the program together; the only room that knows all of its parts."""
