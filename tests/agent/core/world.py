"""A door at which stories are played, with a journal that remembers and checks each promise."""

from dataclasses import dataclass, field, replace
from typing import Final

from agent.core.actions import (
    Action,
    CheckDraft,
    Correct,
    Draft,
    HandDraft,
    Light,
    MarkShown,
    NoteAnswer,
    Ref,
    Settle,
    Show,
    Signal,
    TryStorage,
    Write,
    WriteByHand,
)
from agent.core.decide import decide
from agent.core.events import (
    Answered,
    ButtonPressed,
    CheckCardShown,
    Event,
    EyesDown,
    EyesUp,
    LetInByHand,
    Paused,
    Resumed,
    SeveralShown,
    StorageFailed,
    StorageWorks,
    TakenBack,
    Tick,
    Wished,
    WriteFailed,
    Written,
)
from agent.core.judge import Policy
from agent.core.state import Carried, LastCard, Refused, State
from agent.wire.records import Party
from tests.agent.core.happenings import CARDS, Come, Disk, Happening, Tap, Want
from tests.agent.core.visitors import RULES, card
from tests.agent.examples import ANNA, EPOCH, LIST, LIST_KEY, OTHER_EPOCH, moment

WITH_EVERYTHING: Final = replace(RULES, policy=Policy(ask_assistants=True, spot_check_in=4))
GREEN: Final = (Signal.ACCEPTED, Signal.SPOT_CHECK)
BEFORE: Final = Ref(OTHER_EPOCH, 7)


@dataclass
class World:
    """A door with a journal that remembers what it was told, and checks each promise at each action."""

    state: State
    now: float = 100.0
    pending: Draft | CheckDraft | HandDraft | None = None
    records: dict[Ref, tuple[int, bool]] = field(default_factory=dict)
    """Key of each record, and whether it lets in."""
    open: Ref | None = None
    settled: list[Ref] = field(default_factory=list)
    light: Signal | None = None
    asks_for_disk: bool = False
    showed_green: set[Ref] = field(default_factory=set)
    shown_again: set[Ref] = field(default_factory=set)
    """Of the same card, whichever of its records was meant."""
    adopted: set[Ref] = field(default_factory=set)
    void: set[Ref] = field(default_factory=set)
    hands: set[Ref] = field(default_factory=set)
    """Records of the staff's hands."""
    by_hand_just_now: bool = False

    def on(self, event: Event) -> None:
        self.state, actions = decide(self.state, event, WITH_EVERYTHING)
        for number, action in enumerate(actions):
            self.act(action, actions[number + 1 :])

    def act(self, action: Action, rest: tuple[Action, ...]) -> None:
        match action:
            case Write(draft) | WriteByHand(draft):
                assert self.pending is None, "one record at a time"
                self.pending = draft
            case Correct(of):
                assert self.pending is None, "one record at a time"
                assert of in self.showed_green | self.shown_again | self.hands, (
                    "only who was let in can be taken back"
                )
                assert of not in self.void, "once"
                self.void.add(of)
                self.settle()
            case Light((Signal.ACCEPTED | Signal.SPOT_CHECK) as signal):
                self.green(rest)
                self.light = signal
            case Light(signal):
                self.light = signal
            case MarkShown() as mark:
                self.mark(mark)
            case NoteAnswer(ref):
                assert ref == self.open, "only the open record can be answered"
            case Settle(ref):
                assert ref == self.open, "only the open record can be settled"
                self.settle()
            case TryStorage():
                self.asks_for_disk = True
            case Show():
                pass

    def mark(self, mark: MarkShown) -> None:
        ref = mark.ref
        if ref in self.hands:
            assert self.light in GREEN
            return
        assert ref == self.open, "only the open record can be marked"
        if mark.shown == "green":
            assert self.light in GREEN
            assert ref not in self.adopted, "counted with the staff's record already"
            self.showed_green.add(ref)
        else:
            # A commit that hangs sends its visitor to the staff first, and is out of order, or paused, later.
            assert self.light in (Signal.ASK_STAFF, Signal.OUT_OF_ORDER, Signal.PAUSED)

    def green(self, rest: tuple[Action, ...]) -> None:
        """A green light is of a card that is on the disk and lets in."""
        if self.by_hand_just_now:
            return
        mark = next((action for action in rest if isinstance(action, MarkShown)), None)
        if mark is not None:
            assert self.records[mark.ref][1]
        else:
            last = self.state.last
            assert last is not None
            again = {ref for ref, record in self.records.items() if record == (last.key, True)}
            assert again
            self.shown_again |= again

    def settle(self) -> None:
        if self.open is not None:
            assert self.open not in self.settled
            self.settled.append(self.open)
        self.open = None

    def disk(self, *, works: bool) -> None:
        if self.asks_for_disk and works:
            self.asks_for_disk = False
            self.on(StorageWorks(moment(self.now)))
        if (draft := self.pending) is None:
            return
        self.pending = None
        if not works:
            self.on(WriteFailed(moment(self.now)))
            return
        self.settle()
        ref = Ref(EPOCH, len(self.records) + len(self.hands) + 1)
        if isinstance(draft, HandDraft):
            self.hands.add(ref)
            self.adopt(draft.adopts)
        elif isinstance(draft, CheckDraft):
            self.open = ref
            self.records[ref] = (draft.key, False)
        else:
            self.open = ref
            self.records[ref] = (draft.key, draft.judgement.lets_in)
        self.by_hand_just_now = isinstance(draft, HandDraft)
        self.on(Written(ref, moment(self.now)))
        self.by_hand_just_now = False

    def adopt(self, ref: Ref | None) -> None:
        if ref is not None:
            assert ref in self.records
            assert ref not in self.adopted, "a scan is adopted once"
            assert ref not in self.showed_green, "who came in by a green light needs no hand"
            self.adopted.add(ref)

    def happen(self, what: Happening) -> None:  # noqa: C901, PLR0912  (one arm an event)
        at = moment(self.now)
        match what:
            case Come(which, away_s, dice):
                code, row = CARDS[which]
                self.on(replace(card(code, self.now, row=row, away_s=away_s), dice=dice))
            case Disk(works):
                self.disk(works=works)
            case Tap(which, count, about):
                self.on(Answered(Ref(EPOCH, which), about, count, at))
            case Want(which, wanted):
                self.on(Wished(Ref(EPOCH, which), "children", wanted, at))
            case "button":
                self.on(ButtonPressed(1, at))
            case "more time":
                self.on(ButtonPressed("more_time", at))
            case "two cards":
                self.on(SeveralShown(at))
            case "pause":
                self.on(Paused("", at))
            case "resume":
                self.on(Resumed(at))
            case "test card":
                self.on(CheckCardShown("qr", LIST, at))
            case "by hand":
                self.on(LetInByHand(Party(), "button", at))
            case "take back":
                self.on(TakenBack("mistake", at))
            case "eyes up":
                self.on(EyesUp(at))
            case "eyes down":
                self.on(EyesDown(at))
            case "note failed":
                self.on(StorageFailed(at))

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.on(Tick(moment(self.now)))


def a_door(*, unshown: bool) -> World:
    if not unshown:
        return World(State())
    key = LIST_KEY.card_key(ANNA)
    carried = Carried(BEFORE, key, lets_in=True, shown=False, until=700.0)
    refused = Refused(BEFORE, LastCard(key, lets_in=True), until=220.0)
    state = State(open=BEFORE, carried=carried, refused=refused)
    return World(state, open=BEFORE, records={BEFORE: (key, True)})


def play(story: list[tuple[Happening, float]], *, unshown: bool) -> World:
    world = a_door(unshown=unshown)
    for what, pause in story:
        world.happen(what)
        world.wait(pause)
    return world
