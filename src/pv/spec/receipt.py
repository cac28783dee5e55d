"""Receipt: which dates of receipt are believed."""

from pydantic import BaseModel, ConfigDict, Field


class Receipt(BaseModel):
    """What a date of receipt may be.

    `grace_days` after the last day that its delivery can hold a report is still taken for one of
    it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "default"
    version: int = 1
    grace_days: int = Field(default=7, ge=0, le=366)
