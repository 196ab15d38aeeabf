"""pcloud: administration toolkit of a residential property platform (物业云平台)."""

__version__ = "0.1.0"
