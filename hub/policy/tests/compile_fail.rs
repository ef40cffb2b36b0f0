//! Invariant 5, one door: what leaves the house and what is done in it can be made by the engine alone. Each file in
//! `tests/fail` tries another way, and must not compile.

#[test]
fn invariant_5_disclosures_and_permissions_have_one_maker() {
    trybuild::TestCases::new().compile_fail("tests/fail/*.rs");
}
