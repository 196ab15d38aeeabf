"""Workbooks in and out: bounded reading, header and address understanding, judging, writing."""
