"""The fourth step: which of the receiver's fields get what of a lead."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from destinations import configured, wizard
from destinations.configured import platform_of
from destinations.forms.changes import Change, Changed, change_of, changed
from destinations.forms.mapping import ShownRow, is_blank_row, name_of, open_rows, posted_rows, shown_rows
from destinations.forms.samples import EXAMPLES
from destinations.forms.tables import Tables
from destinations.mapping import TRANSFORMATIONS, MappingRow, Suggestion, suggest
from destinations.mapping.tables import key_of
from destinations.models import Destination
from destinations.platforms.port import TargetField, Targets
from destinations.target_fields import TYPES
from destinations.views import steps
from destinations.views.common import find, get_or_post, says_why, wants_fragment
from destinations.views.previews import Preview, Previewing, RowPreview
from destinations.views.problems import Problem, problems_of
from destinations.views.samples import sample_of, stored_leads
from destinations.views.sources import Sources, sources_of
from destinations.wizard.completeness import RowProblem
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.fields import known_fields
from leadconduit.accounts.models import Role

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
        return _preview(request, destination) if live else _save(request, destination)
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
        self.sample = sample_of(request, known)
        self.variables = self.sample.variables(destination)
        self.sources = sources_of(request.account, known, self.variables)
        self.tables = configured.tables_of(self.standing.revision.document)

    def targets(self, action: configured.Document) -> Targets:
        setup = platform_of(self.standing.destination).setup
        return setup.targets(self.standing.values, action["action_id"])

    def previewing(self) -> Previewing:
        variables = None if self.sample.lead is None else self.variables
        return Previewing(self.standing, self.tables, variables, self.sources.paths, self.sources.own)


# --- Saving


@requires(Role.ADMIN)
@says_why
def _save(request: MemberRequest, destination: Destination) -> HttpResponse:
    mapped = Mapped(request, destination)
    change = change_of(request.POST)
    posted = _posted(request, mapped, change)
    tables = Tables(mapped.tables, request.POST, request.FILES, in_use=_lookups(mapped, posted))
    wizard.save_mapping(
        destination=destination,
        mappings={
            action: [row for row in of_action.rows if not is_blank_row(row)]
            for action, of_action in posted.items()
        },
        tables=None if tables.wrong else tables.tables,
        by=request.member,
        now=timezone.now(),
    )
    stays = tables.wrong or tables.refused
    return (None if stays else steps.leave(request, destination, "map")) or _page(
        request, Mapped(request, destination), posted, tables
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
            new = _new_rows(mapped.sources, mapped.targets(action), now.rows) if change.word else {}
            now = changed(rows, change, new)
        posted[id] = now.keeping_open(rows[prefix] for prefix in open_rows(id, request.POST))
    return posted


def _new_rows(
    sources: Sources, targets: Targets, rows: Sequence[MappingRow]
) -> Mapping[str, Sequence[MappingRow]]:
    """What can be added by one button: a row for a target field, with its suggestion or without, or all of them."""
    unmapped = _unmapped(targets, rows)
    found = suggest(unmapped, sources.fields)
    suggested = {key: MappingRow(key, suggestion.template) for key, suggestion in found.items()}
    taken = {row.target for row in rows}
    return {
        **{f"blank {target.key}": [MappingRow(target.key)] for target in unmapped},
        **{f"suggested {key}": [row] for key, row in suggested.items()},
        "likely": [row for key, row in suggested.items() if found[key].confidence >= LIKELY],
        "own": [MappingRow(field, f"{{{{lead.{field}}}}}") for field in sources.own if field not in taken],
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
) -> HttpResponse:
    standing = mapped.standing
    tables = tables or Tables(mapped.tables, in_use={})
    shows = steps.shows_problems(request, standing.progress, "map")
    sections = [
        _section(mapped, action, (posted or {}).get(action["id"]), tables.names, shows)
        for action in standing.revision.actions
    ]
    found = [problem for section in sections for problem in section.problems]
    found += _of_tables(tables)
    if shows and not sections:
        found += [Problem(sentence, "step") for sentence in standing.progress.step("map").missing]
    return steps.show(
        request,
        standing.destination,
        standing.progress,
        "map",
        problems=found,
        sections=sections,
        tables=tables,
        sample=mapped.sample,
        examples=EXAMPLES,
        sources=mapped.sources,
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
    problem: str

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
    mapped: Mapped,
    action: configured.Document,
    posted: Changed | None,
    tables: Sequence[str],
    shows_problems: bool,
) -> Section:
    id, targets = action["id"], mapped.targets(action)
    found = mapped.standing.progress.mapping[id] if shows_problems else ()
    now = posted or Changed(configured.rows_of(action))
    rows = now.rows or ([MappingRow("")] if not targets.fields else [])
    forms = shown_rows(
        id, rows, problems=_in_place(found, rows), tables=tables, opened=now.opened, focus=now.focus
    )
    filled = [row for row in rows if not is_blank_row(row)]
    previews = mapped.previewing().of(id, rows, targets)
    unmapped = _unmapped(targets, rows)
    suggested = suggest(unmapped, mapped.sources.fields)
    missing = {field: sentence for row, field, sentence in found if row < 0 and field}
    prompts = [
        Prompt(
            target,
            _about(target),
            suggested.get(target.key),
            at=f"needs-{id}-{number}",
            problem=missing.get(target.key, ""),
        )
        for number, target in enumerate(unmapped)
    ]
    name = action["name"] or "An action without a name"
    known = {target.key: target for target in targets.fields}
    general = [sentence for row, field, sentence in found if row < 0 and not field]
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
            *(Problem(f"{name}: {prompt.problem}", prompt.at) for prompt in prompts if prompt.problem),
            *(problem for form in forms for problem in _of_row(form, f"{name}, row {form.number + 1}, ")),
        ],
        own=len([field for field in mapped.sources.own if field not in {row.target for row in filled}]),
        focus=now.focus,
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


def _of_row(form: ShownRow, where: str) -> Iterator[Problem]:
    yield from problems_of(form, where)
    for step in form.steps:
        if step.problem:
            yield Problem(f"{where}{step.label}: {step.problem}", f"{step.prefix}-drop")
        yield from problems_of(step, f"{where}{step.label}, ")
    for words, id in form.rules.mistakes():
        yield Problem(f"{where}condition, {words}", id)


def _in_place(found: Sequence[RowProblem], rows: Sequence[MappingRow]) -> list[RowProblem]:
    """Problems count the rows that were saved; blank ones between them were not."""
    saved = [index for index, row in enumerate(rows) if not is_blank_row(row)]
    return [(saved[row], field, sentence) for row, field, sentence in found if 0 <= row < len(saved)]


# --- While somebody types


@requires(Role.ADMIN)
def _preview(request: MemberRequest, destination: Destination) -> HttpResponse:
    """What rows and actions would send now. Nothing is saved."""
    mapped = Mapped(request, destination)
    previewing = mapped.previewing()
    actions = []
    for action in mapped.standing.revision.actions:
        id = action["id"]
        rows = posted_rows(id, request.POST)
        preview = previewing.of(id, list(rows.values()), mapped.targets(action))
        shown = [
            (ShownRow(row, prefix), of_row)
            for (prefix, row), of_row in zip(rows.items(), preview.rows, strict=True)
        ]
        actions.append({"id": id, "rows": shown, "preview": preview})
    return render(request, "destinations/setup/_previews.html", {"actions": actions})
