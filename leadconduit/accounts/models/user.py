from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from leadconduit.accounts.models.account import Account
from leadconduit.lib.ids import IdField, new_id


class Theme(models.TextChoices):
    SYSTEM = "system", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    VIEWER = "viewer", "Viewer"

    def reaches(self, least: "Role") -> bool:
        """Whether this role may do what `least` may: an owner all an admin may, an admin all a viewer may."""
        order = [Role.VIEWER, Role.ADMIN, Role.OWNER]
        return order.index(self) >= order.index(least)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address. Support staff have `is_staff` and no membership."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    is_staff = models.BooleanField("support staff", default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            # People are looked up by the lower-case address: another spelling could never sign in.
            models.CheckConstraint(name="user_email_lower_case", condition=models.Q(email=Lower("email")))
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Every form that keeps an address calls this: it is kept in lower case."""
        return super().normalize_username(username).lower()


class Membership(models.Model):
    """A user acts for an account, in a role. One account per user to begin with."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="membership")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"

    @property
    def can_change(self) -> bool:
        return self.reaches(Role.ADMIN)

    def reaches(self, least: Role) -> bool:
        return Role(self.role).reaches(least)
