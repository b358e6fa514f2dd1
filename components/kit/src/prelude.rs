//! What most services use: `use lyceum_kit::prelude::*;`.

pub use axum::{
    Json,
    body::Body,
    response::{IntoResponse, Response},
};
pub use bytes::Bytes;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
pub use uuid::Uuid;

pub use crate::{
    access::Access,
    body::WholeBody,
    caller::{Caller, MaybeCaller},
    clock::{self, Timestamp},
    conditions::{Conditions, IfMatch},
    config,
    context::Context,
    day::Day,
    entity_tag::EntityTag,
    event::{Event, EventError, Received},
    from_row,
    http::service_url,
    ids,
    json::ValidJson,
    live::{Channel, Live},
    log,
    merge_patch::MergePatch,
    once::WithoutOnce,
    page::{Listed, Page},
    parameters::{Path, Query},
    params,
    permission::Permission,
    problem::Problem,
    resource::Resource,
    response::{accepted, created, no_content, tagged},
    role::{Role, Roles},
    route,
    routes::Routes,
    sql::{
        AsJson, Begin, FromRow, FromValue, IntoValue, Row, RowError, Silent, SqlError, Statement,
        Transaction, TransactionError, Value, query, query_all, query_one, query_optional, statement,
    },
    subject::Subject,
    user_id::UserId,
    violation::{FieldViolation, Validation, Violation},
};
