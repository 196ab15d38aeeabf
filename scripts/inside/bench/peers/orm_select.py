"""The least that `community list` can cost: map the classes it maps, open, select a row."""

import sys

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from pcloud_cli.models import account, house, installation, role, trail  # noqa: F401 - maps them
from pcloud_cli.models.community import Community

with Session(create_engine(sys.argv[1])) as session:
    for community in session.scalars(select(Community)):
        print(community.name)
