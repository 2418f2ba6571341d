"""The shape of the JSON API: operations with a role, checked input and one answer; the OpenAPI description is made from them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from condotta.errors import CondottaError, WorkbenchError
from condotta.ledger.accounts import Session
from condotta.workbench.desk import Desk
from condotta.workbench.guard import refused
from condotta.workbench.masking import Masks


class Part(BaseModel):
    """Input from outside: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked."""

    desk: Desk
    session: Session
    path: Mapping[str, str]
    query: Any
    body: Any

    def masks(self) -> Masks:
        """What this person may see of private names."""
        return Masks(self.desk, self.session)


@dataclass(frozen=True, slots=True)
class Operation:
    """`role`: the least that may ask; `query`, `body`: what the input must be; `upload`: the body is a form with files."""

    method: str
    path: str
    role: str
    summary: str
    answer: Callable[[Call], Any]
    query: type[Part] | None = None
    body: type[Part] | None = None
    upload: bool = False
    status: int = 200


def route(operation: Operation) -> Route:
    """The operation as a route of the application."""

    async def endpoint(request: Request) -> Response:
        try:
            call = await _call(operation, request)
            answer = await run_in_threadpool(operation.answer, call)
        except CondottaError as error:
            return refused(error)
        finally:
            await request.close()
        return answer if isinstance(answer, Response) else JSONResponse(answer, operation.status)

    name = f"{operation.method} {operation.path}"
    return Route(f"/api{operation.path}", endpoint, methods=[operation.method], name=name)


async def _call(operation: Operation, request: Request) -> Call:
    session: Session = request.state.session
    if not session.may(operation.role):
        raise WorkbenchError("E-WEB-05", f"{session.name} is {session.role}; this needs {operation.role}")
    query = checked(operation.query, dict(request.query_params), "query") if operation.query else None
    body: Any = None
    if operation.upload:
        body = await request.form(max_files=1000)
    elif operation.body:
        raw = await request.body()
        body = _parsed(operation.body, raw)
    return Call(request.app.state.desk, session, request.path_params, query, body)


def checked(model: type[P], data: Any, where: str) -> P:
    """Input as its model. Raises WorkbenchError E-WEB-06."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _explained(error, where) from error


def _parsed(model: type[Part], raw: bytes) -> Part:
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise _explained(error, "body") from error


def _explained(error: ValidationError, where: str) -> WorkbenchError:
    first = error.errors()[0]
    place = ".".join(str(p) for p in first["loc"]) or where
    return WorkbenchError("E-WEB-06", f"{place}: {first['msg']}")


def description(operations: Sequence[Operation]) -> dict[str, Any]:
    """The OpenAPI 3.1 description of all operations."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(f"/api{operation.path}", {})[operation.method.lower()] = _described(operation)
    schemes = {"session": {"type": "apiKey", "in": "cookie", "name": "condotta_session"}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Condotta workbench",
            "version": "1",
            "description": "Claims, judgements, estimates of one case.",
        },
        "paths": paths,
        "components": {"schemas": {"Error": _ERROR}, "securitySchemes": schemes},
        "security": [{"session": []}],
    }


def _described(operation: Operation) -> dict[str, Any]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    parameters = [{"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in names]
    if operation.query:
        fields = operation.query.model_json_schema()["properties"]
        parameters += [{"name": n, "in": "query", "required": False, "schema": s} for n, s in fields.items()]
    if operation.method != "GET":
        token = "the page's token; programs find it in the page"
        parameters.append({"name": "x-condotta-form", "in": "header", "required": True, "schema": {"type": "string"}, "description": token})  # fmt: skip
    told: dict[str, Any] = {
        "summary": operation.summary, "description": f"Needs the role {operation.role} or more.", "parameters": parameters,
        "responses": {str(operation.status): {"description": "done"}} | {str(c): _FAILED for c in (400, 401, 403, 404, 409, 413, 422)},
    }  # fmt: skip
    if operation.body:
        schema = operation.body.model_json_schema(ref_template="#/components/schemas/{model}")
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": _flat(schema)}}}
    if operation.upload:
        files = {"type": "array", "items": {"type": "string", "format": "binary"}}
        form = {"type": "object", "properties": {"files": files, "text": {"type": "string"}}}
        told["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    return told


def _flat(schema: Any) -> Any:
    """A schema with its definitions put in their places."""
    defined = schema.pop("$defs", {}) if isinstance(schema, dict) else {}

    def put(node: Any) -> Any:
        if isinstance(node, dict):
            name = node.get("$ref", "").rsplit("/", 1)[-1]
            return put(defined[name]) if name in defined else {k: put(v) for k, v in node.items()}
        return [put(n) for n in node] if isinstance(node, list) else node

    return put(schema)


_ERROR = {
    "type": "object",
    "required": ["code", "what"],
    "properties": {"code": {"type": "string"}, "what": {"type": "string"}, "fix": {"type": "string"}},
}
_FAILED = {
    "description": "an error with a code",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}
