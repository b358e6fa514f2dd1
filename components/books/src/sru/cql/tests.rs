use proptest::prelude::*;

use super::*;

/// The query with every part in parentheses.
fn shown(query: &Query) -> String {
    match query {
        Query::Clause(Clause { index, relation, term }) => {
            format!("{}{relation}[{term}]", index.as_deref().unwrap_or_default())
        }
        Query::Joined(left, operator, right) => format!("({} {operator:?} {})", shown(left), shown(right)),
    }
}

fn read(text: &str) -> Result<String, u16> {
    parse(text).map(|query| shown(&query)).map_err(|diagnostic| diagnostic.number)
}

#[test]
fn a_query_is_clauses_that_are_joined_from_the_left() {
    for (text, expected) in [
        ("cat", "=[cat]"),
        ("\"cat and dog\"", "=[cat and dog]"),
        ("title=cat", "title=[cat]"),
        ("dc.title any \"cat dog\"", "dc.titleany[cat dog]"),
        ("title ALL cat", "titleall[cat]"),
        ("isbn == 978-0", "isbn==[978-0]"),
        ("year >= 1990", "year>=[1990]"),
        ("a or b and c", "((=[a] Or =[b]) And =[c])"),
        ("a or (b and c)", "(=[a] Or (=[b] And =[c]))"),
        ("a AND b Not c", "((=[a] And =[b]) Not =[c])"),
        ("((a))", "=[a]"),
        ("title=\"say \\\"cat\\\"\" and b", "(title=[say \\\"cat\\\"] And =[b])"),
        ("\"and\" and \"or\"", "(=[and] And =[or])"),
        ("a\\\"b", "=[a\\\"b]"),
        ("\"\"", "=[]"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_no_query_or_a_part_that_isnt_served_has_its_diagnostic() {
    for (text, number) in [
        ("", 10),
        ("(a", 10),
        ("a)", 10),
        ("()", 10),
        ("\"a", 10),
        ("\"a\\\"", 10),
        ("and", 10),
        ("a and", 10),
        ("a or or b", 10),
        ("title =", 10),
        ("title = and", 10),
        ("= a", 10),
        ("a \"b\"", 10),
        ("a/b", 10),
        ("a (b)", 10),
        ("cat dog", 10),
        ("cat = dog mouse", 37),
        ("a prox b", 39),
        ("a and/rel.combine=sum b", 46),
        ("title =/relevant a", 20),
        ("title any/stem a", 20),
        ("a sortby title", 80),
        ("> dc = \"x\" dc.title = a", 48),
    ] {
        assert_eq!(read(text), Err(number), "{text}");
    }
    assert_eq!(read(&"a".repeat(2_001)), Err(12));
    assert_eq!(read(&format!("{}a{}", "(".repeat(21), ")".repeat(21))), Err(48));
    assert!(read(&format!("{}a{}", "(".repeat(20), ")".repeat(20))).is_ok());
}

proptest! {
    #[test]
    fn no_text_is_too_strange_to_be_read(text in "[a-c \"()=<>/\\\\*^?é]{0,40}|(and|or|not| |a|\\(|\\)|\"){0,20}") {
        let _read = parse(&text);
    }
}
