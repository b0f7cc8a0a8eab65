"""Every kind of event of the house, as ``room:subject:action``.

One list, so that whoever reads the ledger knows every word in it. A change of
state names one of these; a word that is not listed here fails a test. A word
once used is never taken out or given another meaning: old events keep it.
"""

from __future__ import annotations

from enum import Enum, unique


@unique
class Event(Enum):
    """What happened. Sections by room; new words go to the end of their section."""

    # --- accounts: people, roles, invitations, tokens ------------------------------------------------------------------
    INVITATION_SENT = "accounts:invitation:sent"
    INVITATION_ACCEPTED = "accounts:invitation:accepted"
    INVITATION_REVOKED = "accounts:invitation:revoked"
    MEMBERSHIP_ENDED = "accounts:membership:ended"
    ACCOUNT_CLOSED = "accounts:person:closed"
    PASSWORD_CHANGED = "accounts:password:changed"  # noqa: S105 - a word for an event
    EMAIL_CHANGED = "accounts:email:changed"
    SECOND_FACTOR_ADDED = "accounts:second_factor:added"
    SECOND_FACTOR_REMOVED = "accounts:second_factor:removed"
    SIGNED_OUT_EVERYWHERE = "accounts:session:ended_everywhere"
    SESSION_ENDED = "accounts:session:ended"
    PROVIDER_CONNECTED = "accounts:provider:connected"
    MACHINE_MADE = "accounts:machine:made"
    MACHINE_ENDED = "accounts:machine:ended"
    TOKEN_MADE = "accounts:token:made"  # noqa: S105 - a word for an event
    TOKEN_REVOKED = "accounts:token:revoked"  # noqa: S105 - a word for an event
    APPROVAL_ASKED = "accounts:approval:asked"
    APPROVAL_GIVEN = "accounts:approval:given"
    APPROVAL_REFUSED = "accounts:approval:refused"
    APPROVAL_WITHDRAWN = "accounts:approval:withdrawn"

    # --- review: what members submit, and what becomes of it -----------------------------------------------------------
    SUBMISSION_SUBMITTED = "review:submission:submitted"
    SUBMISSION_BEGUN = "review:submission:begun"
    SUBMISSION_EDITED = "review:submission:edited"
    SUBMISSION_QUESTIONED = "review:submission:questioned"
    SUBMISSION_ANSWERED = "review:submission:answered"
    SUBMISSION_COMMENTED = "review:submission:commented"
    SUBMISSION_ACCEPTED = "review:submission:accepted"
    SUBMISSION_REFUSED = "review:submission:refused"
    SUBMISSION_WITHDRAWN = "review:submission:withdrawn"
    UPLOAD_CHECKED = "review:upload:checked"
    ATTACHMENT_ADDED = "review:attachment:added"
    ATTACHMENT_REMOVED = "review:attachment:removed"
    ROUND_OPENED = "review:round:opened"
    ROUND_MOVED = "review:round:moved"
    REMINDER_SENT = "review:reminder:sent"
    CALENDAR_MADE = "review:calendar:made"
    CALENDAR_REVOKED = "review:calendar:revoked"

    # --- plan: what follows from decisions ----------------------------------------------------------------------------
    MILESTONE_ADDED = "plan:milestone:added"
    MILESTONE_MOVED = "plan:milestone:moved"
    MILESTONE_ENDED = "plan:milestone:ended"

    # --- forum: bodies, meetings, papers, positions ---------------------------------------------------------------------
    BODY_FOUNDED = "forum:body:founded"
    RULES_STATED = "forum:rules:stated"
    MEETING_CONVENED = "forum:meeting:convened"
    MEETING_REPORTED = "forum:meeting:reported"
    AGENDA_ADDED = "forum:agenda:added"
    PARTICIPANT_NAMED = "forum:participant:named"
    PAPER_BEGUN = "forum:paper:begun"
    PAPER_EDITED = "forum:paper:edited"
    PAPER_CIRCULATED = "forum:paper:circulated"
    PAPER_COMMENTED = "forum:paper:commented"
    PAPER_OPENED = "forum:paper:opened"
    PAPER_EXTENDED = "forum:paper:extended"
    PAPER_CLOSED = "forum:paper:closed"
    PAPER_CONCLUDED = "forum:paper:concluded"
    PAPER_REVISED = "forum:paper:revised"
    PAPER_DECIDED = "forum:paper:decided"
    PAPER_REFERRED = "forum:paper:referred"
    PAPER_RETURNED = "forum:paper:returned"
    PAPER_WITHDRAWN = "forum:paper:withdrawn"
    PAPER_SHARED = "forum:paper:shared"
    POSITION_DRAFTED = "forum:position:drafted"
    POSITION_TAKEN = "forum:position:taken"
    ABSENCE_NOTED = "forum:absence:noted"
    MEMBER_STAYED_OUTSIDE = "forum:member:stayed_outside"
    MEMBER_REMINDED = "forum:member:reminded"
    CONSULTATION_OPENED = "forum:consultation:opened"
    CONSULTATION_ANSWERED = "forum:consultation:answered"
    CONSULTATION_SUMMARISED = "forum:consultation:summarised"
    CONTACTS_FORGOTTEN = "forum:contacts:forgotten"
    ANSWER_ERASED = "forum:answer:erased"

    # --- alerts: what several members saw -------------------------------------------------------------------------------
    ALERTS_CORRELATED = "alerts:store:correlated"
    ALERTS_ISSUED = "alerts:alert:issued"
    ALERTS_REBUILT = "alerts:store:rebuilt"
    ALERTS_COUNTED = "alerts:figures:counted"
    ALERTS_TOLD = "alerts:alert:told"
    ALERT_DOUBTED = "alerts:alert:doubted"
    WARNING_LIST_LOADED = "alerts:warning_list:loaded"
    WARNING_LIST_REMOVED = "alerts:warning_list:removed"

    # --- spectrum: coordination between two administrations ------------------------------------------------------------
    COORDINATION_BEGUN = "spectrum:coordination:begun"
    COORDINATION_EDITED = "spectrum:coordination:edited"
    COORDINATION_RUN_ASKED = "spectrum:coordination:run_asked"
    COORDINATION_COMPUTED = "spectrum:coordination:computed"
    COORDINATION_RUN_FAILED = "spectrum:coordination:run_failed"
    COORDINATION_SENT = "spectrum:coordination:sent"
    COORDINATION_ACKNOWLEDGED = "spectrum:coordination:acknowledged"
    COORDINATION_ANSWERED = "spectrum:coordination:answered"
    COORDINATION_PASSED = "spectrum:coordination:passed_in_silence"
    COORDINATION_REGISTERED = "spectrum:coordination:registered"
    COORDINATION_WITHDRAWN = "spectrum:coordination:withdrawn"
    COORDINATION_REMINDED = "spectrum:coordination:reminded"

    # --- defend: threat objects, who gives them and who may read them ---------------------------------------------------
    ENVELOPE_ADDED = "defend:envelope:added"
    HUB_OBJECTS_ISSUED = "defend:hub_objects:issued"
    OBJECT_DELETED = "defend:object:deleted"
    STATUS_FORGOTTEN = "defend:status:forgotten"
    STATUS_VALIDATED = "defend:status:validated"
    TAXII_ACCOUNT_MADE = "defend:taxii_account:made"
    TAXII_ACCOUNT_CHANGED = "defend:taxii_account:changed"
    CERTIFICATE_ADDED = "defend:certificate:added"
    CERTIFICATE_REVOKED = "defend:certificate:revoked"
    CEILING_SET = "defend:ceiling:set"

    # --- feeds: what members take in from others, and give to their own machines -----------------------------------------
    FEED_MADE = "feeds:feed:made"
    FEED_PAUSED = "feeds:feed:paused"
    FEED_RESUMED = "feeds:feed:resumed"
    FEED_ENDED = "feeds:feed:ended"

    # --- scams: reports of fraud and harm to consumers -----------------------------------------------------------------
    SCAM_RECEIVED = "scams:report:received"
    SCAM_ADDED_TO = "scams:report:added_to"
    SCAM_WITHDRAWN = "scams:report:withdrawn"
    SCAM_ACCEPTED = "scams:report:accepted"
    SCAM_QUESTIONED = "scams:report:questioned"
    SCAM_REJECTED = "scams:report:rejected"
    SCAM_MERGED = "scams:report:merged"
    SCAM_REOPENED = "scams:report:reopened"
    SCAM_UNCOVERED = "scams:report:uncovered"
    SCAM_APPEAL_RECEIVED = "scams:appeal:received"
    SCAM_APPEAL_PROPOSED = "scams:appeal:proposed"
    SCAM_APPEAL_RETURNED = "scams:appeal:returned"
    SCAM_APPEAL_DECIDED = "scams:appeal:decided"
    SCAM_ANSWERS_REVISED = "scams:answers:revised"
    SCAM_DATA_DELETED = "scams:data:deleted"
    SCAM_FIGURES_PUBLISHED = "scams:figures:published"

    # --- cooperation: what the members' CERTs do together ---------------------------------------------------------------
    CLEARANCE_GIVEN = "cooperation:clearance:given"
    TEAM_DESCRIBED = "cooperation:team:described"
    CONTACT_ENTERED = "cooperation:contact:entered"
    CONTACT_ERASED = "cooperation:contact:erased"
    SHIFT_ENTERED = "cooperation:shift:entered"
    SHIFT_REMOVED = "cooperation:shift:removed"
    HOOK_MADE = "cooperation:hook:made"
    HOOK_ENDED = "cooperation:hook:ended"
    NOTICE_RAISED = "cooperation:notice:raised"
    NOTICE_TOLD = "cooperation:notice:told"
    NOTICE_ACKNOWLEDGED = "cooperation:notice:acknowledged"
    NOTICE_FALSE_POSITIVE = "cooperation:notice:false_positive"
    NOTICE_UNANSWERED = "cooperation:notice:unanswered"
    CASE_OPENED = "cooperation:case:opened"
    CASE_MEMBERS_CHANGED = "cooperation:case:members_changed"
    CASE_WRITTEN = "cooperation:case:written"
    CASE_TASK_CHANGED = "cooperation:case:task_changed"
    CASE_LEAD_CHANGED = "cooperation:case:lead_changed"
    CASE_LABEL_CHANGED = "cooperation:case:label_changed"
    CASE_PARTNERS_CHANGED = "cooperation:case:partners_changed"
    CASE_CLOSED = "cooperation:case:closed"
    CASE_REOPENED = "cooperation:case:reopened"
    NOTE_WRITTEN = "cooperation:note:written"
    QUESTION_ASKED = "cooperation:question:asked"
    QUESTION_ANSWERED = "cooperation:question:answered"
    QUESTION_CLOSED = "cooperation:question:closed"
    NOTICE_WITHDRAWN = "cooperation:notice:withdrawn"
    COOPERATION_TIDIED = "cooperation:old:erased"

    POLICY_QUESTION_ASKED = "forum:question:asked"
    POLICY_QUESTION_ANSWERED = "forum:question:answered"

    # --- ledger: the ledger about itself -------------------------------------------------------------------------------
    EPOCH_BEGUN = "ledger:epoch:begun"
    KEY_ACCEPTED = "ledger:key:accepted"
    KEY_ROTATED = "ledger:key:rotated"
    EVENT_ERASED = "ledger:event:erased"

    @property
    def is_public(self) -> bool:
        """Whether everybody may read events of this kind: what the ledger says about itself, naming nobody."""
        return self.value.startswith("ledger:")
