from leadconduit.accounts.models.account import Account
from leadconduit.accounts.models.api_key import ApiKey
from leadconduit.accounts.models.audit_event import AuditEvent
from leadconduit.accounts.models.custom_field import CustomField
from leadconduit.accounts.models.user import Membership, Role, Theme, User

__all__ = ["Account", "ApiKey", "AuditEvent", "CustomField", "Membership", "Role", "Theme", "User"]
