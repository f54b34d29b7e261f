"""Deleting a field of the account's own: one rule for the page and for the API."""

from django.db import transaction

from flows import usages
from leadconduit.accounts.models import CustomField, User


@transaction.atomic
def delete(field: CustomField, *, by: User | None) -> list[tuple[str, str]]:
    """Delete it, and tell which flows list it, saved or deployed: the id and the name of each, by name.

    They are no obstacle, as they are none to LeadConduit: a flow goes on taking the field, and reads it by the type that
    the field had.
    """
    flows = usages.flows_by_field(field.account).get(field.field_id, [])
    field.discard(by=by)
    return flows
