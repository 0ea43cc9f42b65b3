"""NinjaAPI as this house uses it: Japanese stays Japanese, every error is a problem document and is documented."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from kakehashi.kernel.api import problems, validation
from kakehashi.kernel.errors import KakehashiError

logger = logging.getLogger(__name__)
WRITES = {"post", "put", "patch", "delete"}
DESCRIPTIONS = {
    400: "The request could not be read, or its query names a parameter that is not documented here.",
    401: "Not logged in.",
    403: "Not allowed; the reasons say why.",
    404: "Not there, or not for this person.",
    409: "Not possible in the present state.",
    422: "Something sent cannot be used; errors name the fields.",
    500: "Something went wrong on this node.",
}


class Renderer(JSONRenderer):
    """JSON in UTF-8 as it is, without escapes."""

    json_dumps_params = {"ensure_ascii": False}


class Api(NinjaAPI):
    """The node's API: documents the problem answers of every route, so that no route has to; words its own faults."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        """What does not fit a schema, as problems.of_validation takes it."""
        return ValidationError(validation.faults(error_contexts))

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        shapes = schema.setdefault("components", {}).setdefault("schemas", {})
        definition = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        shapes.update(definition.pop("$defs", {}))
        shapes["Problem"] = definition
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                statuses = [400, 401, 403, 404, 422, 500] + ([409] if method in WRITES else [])
                for status in statuses:
                    operation["responses"].setdefault(status, _documented(status))
        return schema


def _documented(status: int) -> dict[str, Any]:
    shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": DESCRIPTIONS[status], "content": {problems.MEDIA_TYPE: shape}}


def answer_errors(api: NinjaAPI) -> None:
    """Give the API its handlers: every exception becomes a problem document."""

    @api.exception_handler(KakehashiError)
    def ours(request: HttpRequest, error: KakehashiError) -> HttpResponse:
        from kakehashi.kernel.answers import note_refusal

        note_refusal(request, error)
        return problems.of_error(error)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problems.of_validation(error.errors)

    @api.exception_handler(HttpError)
    def plain(request: HttpRequest, error: HttpError) -> HttpResponse:
        headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else None
        return problems.of_status(error.status_code, headers=headers)

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problems.of_status(404)

    @api.exception_handler(PermissionDenied)
    def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return problems.of_status(403)

    @api.exception_handler(SuspiciousOperation)
    def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
        return problems.of_status(400)

    @api.exception_handler(Exception)
    def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
        logger.exception("unexpected error at %s %s", request.method, request.path)
        return problems.of_status(500)
