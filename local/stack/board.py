"""What is shown of the rosters that arrived: values in, lines and tables out. No I/O."""

from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from local.stack.messages import Change, Person, Roster

_SIGNS = {"joined": "+", "left": "-", "updated": "~", "ended": "."}
_STYLES = {"joined": "green", "left": "red", "updated": "yellow", "ended": "dim"}


@dataclass(frozen=True)
class Arrival:
    """A roster, and when it arrived (with a time zone)."""

    roster: Roster
    at: datetime

    @property
    def delay(self) -> float | None:
        """Seconds from the event at RingCentral to the arrival here; None if no event led to it."""
        if not self.roster.changes or self.roster.event_time is None:
            return None
        return (self.at - datetime.fromisoformat(self.roster.event_time)).total_seconds()


@dataclass(frozen=True)
class Board:
    """The newest roster of each conference."""

    newest: dict[str, Arrival] = field(default_factory=dict)

    def after(self, arrival: Arrival) -> "Board":
        """The board once this has arrived. A roster replaces one of a lower version only."""
        conference_id = arrival.roster.conference_id
        shown = self.newest.get(conference_id)
        if shown and shown.roster.version >= arrival.roster.version:
            return self
        others = {key: other for key, other in self.newest.items() if key != conference_id}
        return Board(others | {conference_id: arrival})

    def roster(self, conference_id: str) -> Roster | None:
        """What is shown of a conference."""
        arrival = self.newest.get(conference_id)
        return arrival.roster if arrival else None


def news(arrival: Arrival) -> list[Text]:
    """What has changed, a line for each change."""
    roster = arrival.roster
    time = arrival.at.astimezone().strftime("%H:%M:%S.%f")[:-3]
    delay = "" if arrival.delay is None else f"{arrival.delay:.2f} s after the event"
    changes = [(_told(change), _STYLES.get(change.type, "")) for change in roster.changes]
    return [
        Text.assemble((f"{time}  v{roster.version:<3}", "dim"), (f"{what:<44}", style), (delay, "dim"))
        for what, style in changes or [("= as it stands", "")]
    ]


def line(roster: Roster) -> str:
    """The whole roster in one line, for output that is no terminal."""
    people = ", ".join(_who(person) for person in roster.participants) or "nobody"
    return f"Roster of {roster.conference_id}, version {roster.version}, {roster.state}: {people}"


def picture(board: Board) -> RenderableType:
    """Every roster, the newest news last."""
    if not board.newest:
        return Text("No roster has arrived yet.", style="dim")
    return Group(*(_table(arrival) for arrival in board.newest.values()))


def _table(arrival: Arrival) -> Table:
    roster = arrival.roster
    table = Table(
        title=Text(f"Conference {roster.conference_id}  ·  version {roster.version}  ·  {roster.state}"),
        caption=Text(_caption(arrival)),
        title_justify="left",
        caption_justify="left",
        min_width=72,
    )
    for heading in ("Role", "Name", "Number", ""):
        table.add_column(heading)
    for person in roster.participants:
        cells = (person.role, person.name or "", person.phone_number or "", "muted" if person.muted else "")
        table.add_row(*map(Text, cells), style="bold cyan" if person.role == "host" else None)
    if not roster.participants:
        table.add_row(Text("nobody", style="dim"))
    return table


def _caption(arrival: Arrival) -> str:
    changes = "; ".join(_told(change) for change in arrival.roster.changes) or "as it stands"
    return changes if arrival.delay is None else f"{changes}  ({arrival.delay:.2f} s after the event)"


def _told(change: Change) -> str:
    sign = _SIGNS.get(change.type, "?")
    if change.participant is None:
        return f"{sign} the conference has {change.type}"
    reason = f" ({change.reason})" if change.reason else ""
    return f"{sign} {change.participant.label} {change.type}{reason}"


def _who(person: Person) -> str:
    return f"{person.label} ({person.role})" if person.role == "host" else person.label
