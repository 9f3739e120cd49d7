"""The records of a kiosk, made of what the core decided. Their numbers are the journal's to give."""

from dataclasses import dataclass

from agent.core.actions import Correct, Draft, HandDraft, Ref
from agent.wire.records import ByHand, Correction, RecordName, Scan
from agent.wire.sealing import seal


@dataclass(frozen=True, slots=True)
class RecordMaker:
    """At ``venue``; a card's code is sealed to the fleet's public key."""

    venue: str
    sealing_key: bytes

    def scan(self, draft: Draft) -> Scan:
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
