//! What a client of the older library sends of lendings, on its way through the gateway and the mesh.

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::Answer;
use reqwest::Method;

use crate::auth::roles::with_role;
use crate::deployments::Target;

/// Its body says which page is wanted.
const OVERDUE: &str = "/api/lendings/overdue";

pub(crate) async fn the_body_of_a_get_arrives(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    for (kind, body, expected) in [
        // Whether anything is late hangs on what others lend meanwhile.
        ("application/json", r#"{"number":1,"limit":1}"#, &[200, 404][..]),
        ("application/json", r#"{"number":0,"limit":1}"#, &[400]),
        ("application/json", r#"{"number":1,"#, &[400]),
        ("text/plain", "page 1", &[415]),
    ] {
        let request = librarian.request(Method::GET, OVERDUE).header("content-type", kind).body(body);
        let answer = Answer::to(request).await?;
        ensure!(expected.contains(&answer.status.as_u16()), "{kind} {body}: {answer}");
    }
    Ok(())
}
