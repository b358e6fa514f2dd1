//! The gateway's agreement with others.

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    lyceum_testing::contract::assert_fits(&lyceum_gateway::SERVICE);
}
