"""The fourth step: which of the receiver's fields get what of a lead."""

from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django_htmx.http import reswap, retarget

from destinations import configured, wizard
from destinations.configured import platform_of
from destinations.forms.changes import Change, Changed, Removed, change_of, changed
from destinations.forms.mapping import (
    Mistake,
    ShownRow,
    fresh_rows,
    is_blank_row,
    name_of,
    open_rows,
    posted_row,
    posted_rows,
    removed_of,
    removed_row,
    shown_rows,
)
from destinations.forms.samples import EXAMPLES
from destinations.forms.tables import Tables
from destinations.mapping import TRANSFORMATIONS, MappingRow, SourceField, Suggestion, suggest
from destinations.mapping.tables import key_of
from destinations.models import Destination
from destinations.platforms.port import PlatformError, TargetField, Targets
from destinations.target_fields import TYPES
from destinations.views import steps
from destinations.views.common import find, get_or_post, says_why, wants_fragment
from destinations.views.previews import Preview, Previewing, RowPreview
from destinations.views.problems import Problem, problems_of
from destinations.views.samples import sample_of, stored_leads
from destinations.views.sources import Source, returned_by, sources_of
from destinations.wizard import SavedMeanwhile
from destinations.wizard.completeness import RowProblem, mapping_problems
from destinations.wizard.snapshot import sample_receipts
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.fields import known_fields
from leadconduit.accounts.models import Role
from leadconduit.leads.names import Names

LIKELY = 60
"""From this confidence on, a suggestion is accepted together with others."""

FEW = 8
"""Optional fields that are shown without being asked for."""


@get_or_post
@requires(Role.VIEWER)
def map_fields(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destination = find(request, instance_id)
    if request.method == "POST":
        live = request.POST.get("preview") == "live"
        return _preview(request, destination) if live else _posted_page(request, destination)
    if wants_fragment(request) and "leads" in request.GET:
        context = {
            "leads": stored_leads(request),
            "search": request.GET["leads"],
            "sample": sample_of(request),
        }
        return render(request, "destinations/setup/_map_leads.html", context)
    if wants_fragment(request) and "fields" in request.GET:
        sources = Mapped(request, destination).sources
        return render(request, "destinations/setup/_map_sources_rest.html", {"sources": sources})
    return _page(request, Mapped(request, destination))


class Mapped:
    """All that the page is made of, asked once: what stands in the draft, the sample, what templates may name."""

    def __init__(self, request: MemberRequest, destination: Destination) -> None:
        self.standing = wizard.standing(destination)
        known = known_fields(request.account)
        # A mapping stands in no flow: its rules may name what any flow's leads have.
        self.names = Names({id: field.type for id, field in known.items()}, are_all=False)
        self.sample = sample_of(request, known)
        self.variables = self.sample.variables(destination)
        actions = self.standing.revision.actions
        self.variables["receipts"] = sample_receipts(self.standing)
        self.sources = sources_of(
            request.account, known, self.variables, returned=returned_by(actions[:-1], self.variables)
        )
        self.tables = configured.tables_of(self.standing.revision.document)
        self.live = wizard.Live(destination, self.standing.revision.document).targets()

    def targets(self, action: configured.Document) -> Targets:
        setup = platform_of(self.standing.destination).setup
        return setup.targets(self.standing.values, action["action_id"])

    def earlier(self, id: str) -> list[Source]:
        """What the actions before this one return, which it may use."""
        actions = self.standing.revision.actions
        before = takewhile(lambda action: action["id"] != id, actions)
        return returned_by(list(before), self.variables)

    def suggest(self, action: str, targets: Sequence[TargetField]) -> dict[str, Suggestion]:
        returned = [SourceField(source.path, source.name) for source in self.earlier(action)]
        return suggest(targets, [*self.sources.fields, *returned])

    def previewing(self, action: str) -> Previewing:
        variables = None if self.sample.lead is None else self.variables
        paths = {**self.sources.paths, **{source.path: source.type for source in self.earlier(action)}}
        return Previewing(self.standing, self.tables, variables, paths, self.sources.own)


# --- Saving


@requires(Role.ADMIN)
@says_why
def _posted_page(request: MemberRequest, destination: Destination) -> HttpResponse:
    mapped = Mapped(request, destination)
    change = change_of(request.POST)
    posted = _posted(request, mapped, change)
    if change and change.verb == "options" and wants_fragment(request):
        return _options(request, mapped, change, posted)
    tables = Tables(mapped.tables, request.POST, request.FILES, in_use=_lookups(mapped, posted))
    try:
        _save(request, destination, posted, tables)
    except SavedMeanwhile:
        return _page(request, mapped, posted, tables, conflict=True)
    if not (tables.wrong or tables.refused) and (left := steps.leave(request, destination, "map")):
        return left
    if "discover" in request.POST:
        unanswered = _discover(request, destination)
        return _page(request, Mapped(request, destination), posted, tables, unanswered=unanswered)
    now = Mapped(request, destination)
    if change and wants_fragment(request) and now.tables == mapped.tables and not tables.wrong:
        return _changed_action(request, now, change, posted)
    return _page(request, now, posted, tables)


def _discover(request: MemberRequest, destination: Destination) -> str:
    """Ask the system which fields it has: for one action, or for all of which that is not known. Why it did not answer."""
    live, wanted = wizard.Live(destination), request.POST["discover"]
    actions = [
        id for id, known in live.targets().items() if wanted == id or (wanted == "stale" and known.stale)
    ]
    try:
        live.discover(actions, now=timezone.now())
    except PlatformError as refused:
        return refused.sentence
    return ""


def _save(
    request: MemberRequest, destination: Destination, posted: Mapping[str, Changed], tables: Tables
) -> None:
    """Raises SavedMeanwhile."""
    wizard.save_mapping(
        destination=destination,
        mappings={
            action: [row for row in of_action.rows if not is_blank_row(row)]
            for action, of_action in posted.items()
        },
        tables=None if tables.wrong else tables.tables,
        by=request.member,
        now=timezone.now(),
        seen=steps.seen(request),
    )


def _posted(request: MemberRequest, mapped: Mapped, change: Change | None) -> dict[str, Changed]:
    """The rows of each action that the page had, after what was pressed."""
    posted: dict[str, Changed] = {}
    for action in mapped.standing.revision.actions:
        id = action["id"]
        if name_of(id) not in request.POST:
            continue
        rows = posted_rows(id, request.POST)
        now = Changed(list(rows.values()))
        if change and change.action == id:
            now = changed(rows, change, _new_rows(request, mapped, action, change, now.rows))
        now = now.keeping_open(rows[prefix] for prefix in open_rows(id, request.POST))
        # Who wants to go on is asked for all of it.
        fresh = [] if "continue" in request.POST else fresh_rows(id, request.POST)
        posted[id] = now.keeping_fresh(rows[prefix] for prefix in fresh)
    return posted


def _new_rows(
    request: MemberRequest,
    mapped: Mapped,
    action: configured.Document,
    change: Change,
    rows: Sequence[MappingRow],
) -> Mapping[str, Sequence[MappingRow]]:
    if change.verb == "bring-back":
        return {change.word: [removed_row(action["id"], request.POST)]}
    is_asked = change.verb == "add" and change.word
    return _addable(mapped, action, rows) if is_asked else {}


def _addable(
    mapped: Mapped, action: configured.Document, rows: Sequence[MappingRow]
) -> Mapping[str, Sequence[MappingRow]]:
    """What can be added by one button: a row for a target field, with its suggestion or without, or all of them."""
    unmapped = _unmapped(mapped.targets(action), rows)
    found = mapped.suggest(action["id"], unmapped)
    suggested = {key: MappingRow(key, suggestion.template) for key, suggestion in found.items()}
    taken = {row.target for row in rows}
    return {
        **{f"blank {target.key}": [MappingRow(target.key)] for target in unmapped},
        **{f"suggested {key}": [row] for key, row in suggested.items()},
        "likely": [row for key, row in suggested.items() if found[key].confidence >= LIKELY],
        "own": [
            MappingRow(field, f"{{{{lead.{field}}}}}") for field in mapped.sources.own if field not in taken
        ],
    }


def _unmapped(targets: Targets, rows: Sequence[MappingRow]) -> list[TargetField]:
    mapped = {row.target for row in rows}
    return [target for target in targets.fields if target.key not in mapped]


def _lookups(mapped: Mapped, posted: Mapping[str, Changed]) -> dict[str, str]:
    """Which row, in words, looks something up in a table, by the table's key."""
    found: dict[str, str] = {}
    for action in mapped.standing.revision.actions:
        rows = posted[action["id"]].rows if action["id"] in posted else configured.rows_of(action)
        for number, row in enumerate(rows, 1):
            for step in row.transformations:
                if step.get("use") == "lookup":
                    where = f"row {number} of “{action['name']}”"
                    found.setdefault(key_of(str(step.get("table", ""))), where)
    return found


# --- The page


def _page(
    request: MemberRequest,
    mapped: Mapped,
    posted: Mapping[str, Changed] | None = None,
    tables: Tables | None = None,
    *,
    conflict: bool = False,
    unanswered: str = "",
) -> HttpResponse:
    """`unanswered`: why the system did not say which fields it has."""
    standing = mapped.standing
    tables = tables or Tables(mapped.tables, in_use={})
    sections = [
        _section(request, mapped, action, (posted or {}).get(action["id"]), tables.names)
        for action in standing.revision.actions
    ]
    found = _of_tables(tables)
    # Who only comes back is told at the rows, not by a summary of what is wrong.
    if "continue" in request.POST:
        found = [*(problem for section in sections for problem in section.problems), *found]
        if not sections:
            found += [Problem(sentence, "step") for sentence in standing.progress.step("map").missing]
    return steps.show(
        request,
        standing.destination,
        standing.progress,
        "map",
        revision=standing.revision,
        conflict=conflict,
        unsaved=tables.wrong,
        problems=found,
        sections=sections,
        unanswered=unanswered,
        discovers=not unanswered and any(known.stale for known in mapped.live.values()),
        tables=tables,
        sample=mapped.sample,
        examples=EXAMPLES,
        sources=mapped.sources,
        has_rules=any(row.form.is_open for section in sections for row in section.rows),
        leads=stored_leads(request),
        search=request.POST.get("leads", ""),
        transformations=TRANSFORMATIONS.values(),
    )


def _of_tables(tables: Tables) -> list[Problem]:
    # What stands already shows no field for its name.
    named = [
        (form, f"Table “{form.saved.name if form.saved else form['name'].value()}”, ")
        for form in [*tables.forms, tables.new]
    ]
    found = [problem for form, where in named for problem in problems_of(form, where)]
    return [*found, Problem(tables.refused, "tables")] if tables.refused else found


class Prompt(NamedTuple):
    """A target field that no row fills, and what might."""

    target: TargetField
    about: str
    suggestion: Suggestion | None
    at: str

    @property
    def is_likely(self) -> bool:
        return self.suggestion is not None and self.suggestion.confidence >= LIKELY


class Row(NamedTuple):
    """A row with what it sends; `target` is the receiver's field that it fills, if it is a declared one."""

    form: ShownRow
    preview: RowPreview
    target: TargetField | None
    about: str


class Section(NamedTuple):
    """One action on the page."""

    id: str
    name: str
    rows_name: str
    rows: Sequence[Row]
    required: Sequence[Prompt]
    optional: Sequence[Prompt]
    targets: Targets
    preview: Preview
    general: Sequence[str]
    problems: Sequence[Problem]
    own: int
    focus: str
    removed: Removed | None
    action_id: str
    live: wizard.KnownTargets | None

    @property
    def brings_back(self) -> list[tuple[str, str]]:
        """The row that was removed, as its fields would post it."""
        return list(posted_row(self.removed.row, removed_of(self.id))) if self.removed else []

    @property
    def attention_at(self) -> str:
        """Where the first field stands that needs attention."""
        missing = (prompt.at for prompt in self.required)
        return next((row.form.prefix for row in self.rows if row.preview.needs_attention), next(missing, ""))

    @property
    def mapped(self) -> int:
        return sum(not is_blank_row(row.form.row) for row in self.rows)

    @property
    def suggested(self) -> int:
        """How many suggestions are accepted with one button."""
        return sum(prompt.is_likely for prompt in [*self.required, *self.optional])

    @property
    def doubtful(self) -> bool:
        """Are there others?"""
        return any(prompt.suggestion and not prompt.is_likely for prompt in [*self.required, *self.optional])

    @property
    def few(self) -> bool:
        return len(self.optional) <= FEW


def _section(
    request: MemberRequest,
    mapped: Mapped,
    action: configured.Document,
    posted: Changed | None,
    tables: Sequence[str],
) -> Section:
    id, targets = action["id"], mapped.targets(action)
    now = posted or Changed(configured.rows_of(action))
    rows = now.rows or ([MappingRow("")] if not targets.fields else [])
    fresh = now.fresh | {index for index, row in enumerate(rows) if is_blank_row(row)}
    found = _problems(mapped, targets, rows)
    forms = shown_rows(
        id,
        rows,
        problems=found,
        tables=tables,
        names=mapped.names,
        opened=now.opened,
        fresh=fresh,
        focus=now.focus,
    )
    filled = [row for row in rows if not is_blank_row(row)]
    previews = mapped.previewing(id).of(id, rows, targets, found)
    unmapped = _unmapped(targets, rows)
    suggested = mapped.suggest(id, unmapped)
    missing = {field: sentence for row, field, sentence in found if row < 0 and field}
    prompts = [
        Prompt(target, _about(target), suggested.get(target.key), at=f"needs-{id}-{number}")
        for number, target in enumerate(unmapped)
    ]
    name = action["name"] or "An action without a name"
    known = {target.key: target for target in targets.fields}
    # Nobody is told that the page is empty who has only come to it, or is filling it in.
    asked = "continue" in request.POST or (not posted and mapped.standing.progress.step("map").begun)
    general = [sentence for row, field, sentence in found if row < 0 and not field] if asked else []
    return Section(
        id=id,
        name=name,
        rows_name=name_of(id),
        rows=[
            Row(form, preview, (target := known.get(form.row.target)), _about(target) if target else "")
            for form, preview in zip(forms, previews.rows, strict=True)
        ],
        required=[prompt for prompt in prompts if prompt.target.required],
        optional=[prompt for prompt in prompts if not prompt.target.required],
        targets=targets,
        preview=previews,
        general=general,
        problems=[
            *(Problem(f"{name}: {sentence}", f"action-{id}") for sentence in general),
            *(
                Problem(f"{name}: {missing[prompt.target.key]}", prompt.at)
                for prompt in prompts
                if prompt.target.key in missing
            ),
            *(
                Problem(f"{name}, row {form.number + 1}, {label}: {sentence}", at)
                for form in forms
                for label, at, sentence in form.mistakes()
            ),
        ],
        own=len([field for field in mapped.sources.own if field not in {row.target for row in filled}]),
        focus=now.focus,
        removed=now.removed,
        action_id=action["action_id"],
        live=mapped.live.get(action["action_id"]),
    )


def _about(target: TargetField) -> str:
    """What the receiver says about a field, in a line."""
    said = ["Required"] if target.required else []
    said.append(TYPES.get(target.type, target.type))
    if target.max_length is not None:
        said.append(f"at most {target.max_length:,} characters")
    if target.choices:
        named = ", ".join(choice.value for choice in target.choices[:3])
        said.append(f"{len(target.choices)} choices: {named}{', …' if len(target.choices) > 3 else ''}")
    return " · ".join(said)


def _problems(mapped: Mapped, targets: Targets, rows: Sequence[MappingRow]) -> list[RowProblem]:
    """Of rows as they stand on the page, blank ones between them, which are not saved."""
    filled = [index for index, row in enumerate(rows) if not is_blank_row(row)]
    found = mapping_problems(targets, [rows[index] for index in filled], mapped.tables)
    # That there are too many rows is said at the first that is.
    places = [*filled, *filled[-1:]]
    return [(places[row] if row >= 0 else row, field, sentence) for row, field, sentence in found]


def _changed_action(
    request: MemberRequest, mapped: Mapped, change: Change, posted: Mapping[str, Changed]
) -> HttpResponse:
    """For htmx only the action that a button changed; with it what tells whether the page is up to date."""
    document = mapped.standing.revision.document
    action = mapped.standing.revision.action(change.action)
    if action is None:
        return _page(request, mapped, posted)
    tables = [table.name for table in mapped.tables]
    section = _section(request, mapped, action, posted.get(change.action), tables)
    context = {
        "section": section,
        "transformations": TRANSFORMATIONS.values(),
        "can_change": True,
        "seen": wizard.stamps(document),
    }
    answer = render(request, "destinations/setup/_map_changed.html", context)
    return retarget(reswap(answer, "outerHTML"), f"#action-{change.action}")


def _options(
    request: MemberRequest, mapped: Mapped, change: Change, posted: Mapping[str, Changed]
) -> HttpResponse:
    """The options of one row, which were folded. Nothing is saved."""
    action = mapped.standing.revision.action(change.action)
    now = posted.get(change.action)
    if action is None or now is None:
        return _page(request, mapped, posted)
    tables = [table.name for table in mapped.tables]
    section = _section(request, mapped, action, now, tables)
    row = next((row.form for row in section.rows if row.form.prefix == change.of), None)
    if row is None:
        return _page(request, mapped, posted)
    context = {
        "form": row,
        "transformations": TRANSFORMATIONS.values(),
        "can_change": True,
        "focus": now.focus,
        "sources": mapped.sources,
    }
    return render(request, "destinations/setup/_map_options.html", context)


# --- While somebody types


@requires(Role.ADMIN)
def _preview(request: MemberRequest, destination: Destination) -> HttpResponse:
    """What rows and actions would send now, and what is wrong with them. Nothing is saved."""
    mapped = Mapped(request, destination)
    actions = [
        _previewed(
            mapped,
            action,
            posted_rows(action["id"], request.POST),
            fresh_rows(action["id"], request.POST),
        )
        for action in mapped.standing.revision.actions
    ]
    return render(request, "destinations/setup/_previews.html", {"actions": actions})


class Previewed(NamedTuple):
    """An action while somebody types. `mistakes` belong at the rows' fields, which are not sent again."""

    id: str
    rows: Sequence[tuple[ShownRow, RowPreview]]
    preview: Preview
    mistakes: Sequence[tuple[str, Mistake]]
    attention_at: str


def _previewed(
    mapped: Mapped, action: configured.Document, rows: Mapping[str, MappingRow], fresh: Collection[str]
) -> Previewed:
    targets, standing = mapped.targets(action), list(rows.values())
    found = _problems(mapped, targets, standing)
    preview = mapped.previewing(action["id"]).of(action["id"], standing, targets, found)
    tables = [table.name for table in mapped.tables]
    forms = [
        ShownRow(
            row,
            prefix,
            problems=[(field, sentence) for at, field, sentence in found if at == index],
            is_fresh=prefix in fresh,
            tables=tables,
        )
        for index, (prefix, row) in enumerate(rows.items())
    ]
    shown = list(zip(forms, preview.rows, strict=True))
    return Previewed(
        action["id"],
        shown,
        preview,
        [(form.prefix, mistake) for form in forms for mistake in form.mistakes()],
        next((form.prefix for form, of_row in shown if of_row.needs_attention), ""),
    )
