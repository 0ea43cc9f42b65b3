"""The trail's actions in words: ``case.read`` is "case: read"."""

from django.utils.translation import gettext as _now
from django.utils.translation import pgettext_lazy

from kakehashi.kernel.audit.naming import kind_label
from kakehashi.kernel.shell import Text

WHOLE: dict[str, Text] = {
    "login": pgettext_lazy("audit", "logged in"),
    "logout": pgettext_lazy("audit", "logged out"),
    "login.second_step": pgettext_lazy("audit", "second step of the log-in"),
    "audit.read": pgettext_lazy("audit", "audit trail: read"),
    "audit.list": pgettext_lazy("audit", "audit trail: read"),
    "audit.export": pgettext_lazy("audit", "audit trail: exported"),
    "audit.verify": pgettext_lazy("audit", "audit trail: checked"),
    "sharing.grant": pgettext_lazy("audit", "access granted"),
    "sharing.end_grant": pgettext_lazy("audit", "granted access ended"),
    "sharing.opt_out": pgettext_lazy("audit", "opted out of secondary use"),
    "sharing.opt_in": pgettext_lazy("audit", "opt-out taken back"),
    "sharing.outbreak": pgettext_lazy("audit", "outbreak exception declared"),
    "organisation.place": pgettext_lazy("audit", "organisation: prefecture set"),
    "network.join": pgettext_lazy("audit", "joined a network"),
    "network.leave": pgettext_lazy("audit", "left a network"),
    "peer.grant": pgettext_lazy("audit", "other node: may ask us"),
    "peer.revoke": pgettext_lazy("audit", "other node: may no longer ask us"),
    "peer.stop_asking": pgettext_lazy("audit", "other node: no longer asked"),
    "peer.answered": pgettext_lazy("audit", "other node: answered"),
    "case.diagnose": pgettext_lazy("audit", "case: diagnosed"),
    "case.close": pgettext_lazy("audit", "case: closed without a diagnosis"),
    "match.contact": pgettext_lazy("audit", "match: contacted"),
    "match.discuss": pgettext_lazy("audit", "match: being discussed"),
    "match.answered": pgettext_lazy("audit", "match: answered by the other side"),
    "match.confirm": pgettext_lazy("audit", "match: confirmed"),
    "match.dismiss": pgettext_lazy("audit", "match: dismissed"),
    "match.reopen": pgettext_lazy("audit", "match: opened again"),
    "case.write": pgettext_lazy("audit", "message written to the other side"),
    "case.correspondence": pgettext_lazy("audit", "correspondence read"),
    "side.agree": pgettext_lazy("audit", "side of a conversation: agreed to be named"),
    "side.take_back": pgettext_lazy("audit", "side of a conversation: agreement taken back"),
    "side.name": pgettext_lazy("audit", "side of a conversation: named to the other side"),
    "node.backup": pgettext_lazy("audit", "node: backed up"),
    "node.restore": pgettext_lazy("audit", "node: restored from a back-up"),
    "match.solve": pgettext_lazy("audit", "match: diagnosis recorded"),
    "match.propose": pgettext_lazy("audit", "match: diagnosis proposed to the other side"),
    "proposal.accept": pgettext_lazy("audit", "proposed diagnosis: accepted"),
    "proposal.decline": pgettext_lazy("audit", "proposed diagnosis: declined"),
    "proposal.take_back": pgettext_lazy("audit", "proposed diagnosis: taken back"),
    "mme.match": pgettext_lazy("audit", "other node: asked for similar cases"),
    "mme.heartbeat": pgettext_lazy("audit", "other node: asked whether we are there"),
    "mme.metrics": pgettext_lazy("audit", "other node: asked for counts"),
}
VERBS: dict[str, Text] = {
    "read": pgettext_lazy("audit", "read"),
    "list": pgettext_lazy("audit", "shown in a list"),
    "find": pgettext_lazy("audit", "found by search"),
    "match": pgettext_lazy("audit", "shown as similar"),
    "export": pgettext_lazy("audit", "exported"),
    "print": pgettext_lazy("audit", "printed"),
    "enter": pgettext_lazy("audit", "entered"),
    "edit": pgettext_lazy("audit", "edited"),
    "register": pgettext_lazy("audit", "registered"),
    "withdraw": pgettext_lazy("audit", "withdrawn"),
    "restore": pgettext_lazy("audit", "brought back"),
    "send_for_analysis": pgettext_lazy("audit", "sent for analysis"),
    "call_back": pgettext_lazy("audit", "called back from analysis"),
    "record_analysis": pgettext_lazy("audit", "analysis done"),
    "analyse_again": pgettext_lazy("audit", "sent for analysis again"),
    "diagnosis": pgettext_lazy("audit", "diagnosis recorded"),
    "reopen_diagnosis": pgettext_lazy("audit", "diagnosis reopened"),
    "reopen_closed": pgettext_lazy("audit", "looked into again"),
    "reopen": pgettext_lazy("audit", "brought back as a draft"),
    "import": pgettext_lazy("audit", "imported"),
    "update": pgettext_lazy("audit", "updated by import"),
    "rank_unregistered": pgettext_lazy("audit", "ranked without registering"),
    "save": pgettext_lazy("audit", "saved"),
    "delete": pgettext_lazy("audit", "deleted"),
    "expire": pgettext_lazy("audit", "deleted at the end of its time"),
    "download": pgettext_lazy("audit", "downloaded"),
    "add": pgettext_lazy("audit", "added"),
    "invite": pgettext_lazy("audit", "invited"),
    "invitation_link": pgettext_lazy("audit", "shown the link of an invitation"),
    "grant": pgettext_lazy("audit", "role given"),
    "end": pgettext_lazy("audit", "role ended"),
    "password": pgettext_lazy("audit", "password changed"),
    "address": pgettext_lazy("audit", "e-mail address changed"),
    "language": pgettext_lazy("audit", "language changed"),
    "lock": pgettext_lazy("audit", "locked out"),
    "unlock": pgettext_lazy("audit", "let in again"),
    "second_step.add": pgettext_lazy("audit", "second step added"),
    "second_step.remove": pgettext_lazy("audit", "second step removed"),
    "sign_on.add": pgettext_lazy("audit", "single sign-on connected"),
    "make": pgettext_lazy("audit", "made"),
    "revoke": pgettext_lazy("audit", "revoked"),
    "start": pgettext_lazy("audit", "started"),
    "done": pgettext_lazy("audit", "finished"),
    "failed": pgettext_lazy("audit", "failed"),
    "cancel": pgettext_lazy("audit", "cancelled"),
    "cancelled": pgettext_lazy("audit", "cancelled"),
    "retry": pgettext_lazy("audit", "tried again"),
    "terms": pgettext_lazy("audit", "sharing changed"),
    "told": pgettext_lazy("audit", "told of as similar"),
    "ask_peers": pgettext_lazy("audit", "asked other nodes about it"),
    "sent_to_peers": pgettext_lazy("audit", "sent to other nodes"),
    "write": pgettext_lazy("audit", "written"),
    "taken_over": pgettext_lazy("audit", "taken over"),
}
KINDS = {"people": "person", "file": "storedfile", "token": "apitoken"}
"""Where an action's first word is not the name of a model."""


def action_label(action: str) -> str:
    """An action in words; one that no table knows stays as it is written."""
    if action in WHOLE:
        return str(WHOLE[action])
    kind, _dot, verb = action.partition(".")
    if verb not in VERBS:
        return action
    return _now("%(kind)s: %(verb)s") % {"kind": kind_label(KINDS.get(kind, kind)), "verb": VERBS[verb]}
