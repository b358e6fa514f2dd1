//! JSON merge patch (RFC 7396).

use axum::extract::{FromRequest, Request};
use http::{HeaderName, HeaderValue};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    body::collect,
    json::{from_value, has_type, parse},
    log,
    problem::Problem,
};

/// What a merge patch may be called. The second is what clients send that know no other type of JSON.
const TYPES: [&str; 2] = ["application/merge-patch+json", "application/json"];
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");
/// The same for `Accept-Patch` (RFC 5789, 3.1).
const ACCEPTED: HeaderValue = HeaderValue::from_static("application/merge-patch+json, application/json");

/// A change of a document: members that are given replace, `null` removes. An
/// extractor for `application/merge-patch+json` and `application/json`: any other type is 415 with `Accept-Patch`,
/// since another kind of patch would be misunderstood.
#[derive(Clone, Debug, PartialEq)]
pub struct MergePatch(Value);

impl<S: Sync> FromRequest<S> for MergePatch {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !has_type(request.headers(), |essence| TYPES.contains(&essence)) {
            let problem = Problem::unsupported_media_type("application/merge-patch+json");
            return Err(problem.with_header(ACCEPT_PATCH, ACCEPTED));
        }
        parse(&collect(request.into_body()).await?).map(Self)
    }
}

impl MergePatch {
    /// The document with the change; a 422 that names the field when it would no
    /// longer be a `T`.
    pub fn apply<T: Serialize + DeserializeOwned>(&self, document: &T) -> Result<T, Problem> {
        let mut value = serde_json::to_value(document).map_err(|error| {
            log::error(error.to_string());
            Problem::internal()
        })?;
        merge(&mut value, &self.0);
        from_value(value)
    }
}

/// RFC 7396, section 2. The depth is bounded, since serde_json read the patch.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.as_str()).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use axum::response::IntoResponse;
    use http::header;

    use super::*;
    use crate::block_on::block_on;

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn the_standards_examples_hold() {
        let cases = [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"a": "foo"}), json!("bar"), json!("bar")),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ];
        for (mut document, patch, expected) in cases {
            merge(&mut document, &patch);
            assert_eq!(document, expected, "{patch}");
        }
    }

    fn taken(kind: Option<&str>) -> Result<MergePatch, Problem> {
        let mut request = Request::new(axum::body::Body::from(r#"{"name":"Ada"}"#));
        if let Some(kind) = kind {
            request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap());
        }
        block_on(MergePatch::from_request(request, &())).unwrap()
    }

    #[test]
    fn a_patch_of_another_type_is_415_and_says_which_are_taken() {
        for kind in TYPES.into_iter().chain(["Application/Merge-Patch+JSON; charset=utf-8"]) {
            assert_eq!(taken(Some(kind)).unwrap(), MergePatch(json!({"name": "Ada"})), "{kind}");
        }
        for kind in
            ["application/json-patch+json", "application/vnd.x+json", "text/plain", "application/jsonp", ""]
        {
            let answer = taken(Some(kind)).unwrap_err().into_response();
            assert_eq!(answer.status(), 415, "{kind}");
            assert_eq!(answer.headers()["accept-patch"], ACCEPTED);
        }
        assert_eq!(taken(None).unwrap_err().status(), 415);
    }

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    #[serde(deny_unknown_fields)]
    struct Profile {
        name: String,
        #[serde(default)]
        bio: String,
    }

    #[test]
    fn a_change_that_breaks_the_document_names_the_field() {
        let profile = Profile { name: "Ada".into(), bio: "x".into() };
        let changed = MergePatch(json!({"bio": null})).apply(&profile).unwrap();
        assert_eq!(changed, Profile { name: "Ada".into(), bio: String::new() });
        for (patch, pointer) in [
            (json!({"name": null}), "/name"),
            (json!({"bio": 1}), "/bio"),
            (json!({"role": "admin"}), "/role"),
            (json!([]), ""),
        ] {
            let problem = MergePatch(patch).apply(&profile).unwrap_err();
            assert_eq!(problem.violations()[0].pointer, pointer);
            assert_eq!(problem.status(), 422);
        }
    }
}
