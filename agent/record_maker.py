"""The records of a kiosk, made of what the core decided. Their numbers are the journal's to give."""

from dataclasses import dataclass
from typing import Final

from agent.core.actions import CheckDraft, Correct, Draft, HandDraft, Ref
from agent.wire.card_code import CardCode
from agent.wire.records import ByHand, Correction, Party, RecordName, Scan
from agent.wire.sealing import seal

NO_CODE: Final = CardCode("TEST")


@dataclass(frozen=True, slots=True)
class RecordMaker:
    """At ``venue``; a card's code is sealed to the fleet's public key."""

    venue: str
    sealing_key: bytes

    def scan(self, draft: Draft | CheckDraft) -> Scan:
        if isinstance(draft, CheckDraft):
            return self._check(draft)
        judgement = draft.judgement
        return Scan(
            seq=0,
            verdict=judgement.verdict,
            reason=judgement.reason,
            marks=judgement.marks,
            code_sealed=seal(draft.code, self.sealing_key),
            symbology=draft.symbology,
            card_kind=judgement.kind,
            party=draft.party,
            venue=self.venue,
            clock=draft.at.stamp(),
            judged_by_date=draft.today.isoformat() if draft.today else None,
            list=draft.list,
        )

    def _check(self, draft: CheckDraft) -> Scan:
        """The test card's text is the fleet's own and says nothing: a word is sealed in its place."""
        return Scan(
            seq=0,
            verdict="accepted",
            reason="test",
            code_sealed=seal(NO_CODE, self.sealing_key),
            symbology=draft.symbology,
            card_kind=None,
            test=True,
            party=Party(adults=0),
            venue=self.venue,
            clock=draft.at.stamp(),
            judged_by_date=draft.today.isoformat() if draft.today else None,
            list=draft.list,
        )

    def by_hand(self, draft: HandDraft) -> ByHand:
        return ByHand(
            seq=0,
            adopts=_name(draft.adopts) if draft.adopts else None,
            party=draft.party,
            reason=draft.reason,
            venue=self.venue,
            clock=draft.at.stamp(),
        )

    def correction(self, correct: Correct) -> Correction:
        return Correction(
            seq=0, of=_name(correct.of), party=correct.party, why=correct.why, clock=correct.at.stamp()
        )


def _name(ref: Ref) -> RecordName:
    return RecordName(epoch=ref.epoch, seq=ref.seq)
