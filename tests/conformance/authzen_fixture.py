"""The fixture of the AuthZEN certification scenario: two users, two records, three actions, eight decisions.

Transcribed from `certification/authorization-api-1_0-scenario.md` of the OpenID AuthZEN working group (August 2026).
"""

from __future__ import annotations

from serantau.govern.authzen import Decided, Entity, Evaluation

USERS = {"alice": {}, "bob": {"role": "admin"}}
RECORDS = {"record-1": {"status": "active"}, "record-2": {"status": "archived"}}


class Fixture:
    """The policy that the scenario asks for."""

    def evaluate(self, question: Evaluation) -> Decided:
        """Rules 1 to 8 of the scenario; whatever it does not speak of is denied."""
        user, action, record = question.subject, question.action, question.resource
        if user.type != "user" or record.type != "record" or user.id not in USERS or record.id not in RECORDS:
            return Decided(decision=False, context={})
        archived = record.properties.get("status", RECORDS[record.id]["status"]) == "archived"
        if action.name == "read":
            return Decided(decision=True, context={})
        if action.name == "write" and archived:
            # In a search, attributes are the policy's own; in an evaluation they come with the request (rule 6).
            return Decided(decision=user.properties.get("role") == "admin", context={})
        if action.name == "write":
            return Decided(decision=user.id == "alice", context={})
        return Decided(decision=action.properties.get("soft") is True, context={})

    def _may(self, user, action, record, context):
        return self.evaluate(Evaluation(user, action, record, context)).decision

    def subjects(self, question):
        """Users who may."""
        found = [
            Entity("user", name, {**held, **question.subject.properties})
            for name, held in USERS.items()
            if question.subject.type == "user"
        ]
        return [
            {"type": "user", "id": one.id}
            for one in found
            if self._may(one, question.action, question.resource, question.context)
        ]

    def resources(self, question):
        """Records to which it may be done."""
        found = [
            Entity("record", name, {**held, **question.resource.properties})
            for name, held in RECORDS.items()
            if question.resource.type == "record"
        ]
        return [
            {"type": "record", "id": one.id}
            for one in found
            if self._may(question.subject, question.action, one, question.context)
        ]

    def actions(self, question):
        """Actions that may be done."""
        from serantau.govern.authzen import Action

        return [
            {"name": name}
            for name in ("read", "write", "delete")
            if self._may(question.subject, Action(name), question.resource, question.context)
        ]
