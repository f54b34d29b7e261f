"""Under what condition a flow delivers to an action: one level of and/or, beside `flows.forms.step.RuleFormSet`."""

from django import forms


class ConditionForm(forms.Form):
    op = forms.ChoiceField(
        label="Deliver a lead when",
        choices=[("and", "All of these rules match"), ("or", "Any of these rules matches")],
        initial="and",
    )
