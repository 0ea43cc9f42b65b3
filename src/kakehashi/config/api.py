"""The node's API: one NinjaAPI, one router a system. Shapes and answers: /api/docs and /api/openapi.json."""

from kakehashi import __version__
from kakehashi.kernel.api.authentication import Session, Token
from kakehashi.kernel.api.parameters import insist_on_known_parameters
from kakehashi.kernel.api.site import Api, Renderer, answer_errors
from kakehashi.kernel.jobs.api import router as jobs
from kakehashi.kernel.notices.api import router as notices
from kakehashi.kernel.people.api import router as people
from kakehashi.systems.cases.api import router as cases
from kakehashi.systems.cases.course import api as course
from kakehashi.systems.cases.linkage.api import everything as same_patients
from kakehashi.systems.cases.outcomes.api import router as outcomes

api = Api(
    title="Kakehashi",
    version=__version__,
    description=(
        "Cases, diseases and similar patients of this node. Errors are RFC 9457 problem documents. Labels and messages "
        "are in the language of Accept-Language (ja, en; without it English). A query parameter that a route does not "
        "document is refused with 400, naming those that it has: a misspelt filter never answers with everything."
    ),
    urls_namespace="api",
    auth=[Session(), Token()],
    renderer=Renderer(),
)
answer_errors(api)
api.add_decorator(insist_on_known_parameters)
api.add_router("", people)
api.add_router("jobs", jobs)
api.add_router("notices", notices)
api.add_router("cases", cases)
api.add_router("outcomes", outcomes)
api.add_router("cases", course.of_cases)
api.add_router("consultations", course.of_families)
api.add_router("referrals", course.of_referrals)
api.add_router("same-patients", same_patients)
