"""Repair tickets (报修工单): one table of steps moves them, nothing else does (2.3.2)."""
