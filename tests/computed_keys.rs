//! Compiled rules whose joins compare what generated functions compute.

tsd::rules! {
    mod keys;

    type Model(#id: int, load: number)
    type Part(#id: int, code: string, weight: number, count: int?, model: Model?)
    type Bin(#id: int, label: string, load: number)

    action meet(rule: string, part: int, other: int)

    rule next : {p: Part, b: Bin} / b.id == p.id + 1 ==> meet("next", p.id, b.id)
    rule label : {p: Part, b: Bin} / "bin " + UPPER(p.code) == b.label ==> meet("label", p.id, b.id)
    rule load : {p: Part, b: Bin} / p.weight * p.count == b.load ==> meet("load", p.id, b.id)
    rule model : {p: Part, b: Bin} / p.model.load == b.load ==> meet("model", p.id, b.id)
    rule last : {p: Part} / NOT (EXISTS (o: Part / o.id == p.id + 1)) ==> meet("last", p.id, 0)
    rule sum : {p: Part, q: Part, b: Bin} / p.id < q.id AND p.code == q.code AND p.id + q.id == b.id
        ==> meet("sum", p.id, b.id)
}

#[derive(Default)]
struct Met(Vec<(String, i64, i64)>);

impl keys::Actions for Met {
    fn meet(&mut self, rule: &str, part: i64, other: i64) {
        self.0.push((rule.to_owned(), part, other));
    }
}

#[test]
fn computed_keys_meet_stored_keys_and_no_other_pair_is_tested() -> Result<(), tsd::Error> {
    let mut session = keys::Session::new(Met::default());
    session.enable_counters();
    let bin = |id: i64, label: &str, load: f64| keys::Bin { id, label: label.to_owned(), load };
    let part = |id: i64, code: &str, weight: f64, count: Option<i64>| keys::Part {
        id,
        code: code.to_owned(),
        weight,
        count,
        model: None,
    };
    session.insert(bin(2, "bin A1", 0.0))?;
    session.insert(bin(3, "bin a1", 7.5))?;
    session.insert(part(1, "a1", 2.5, Some(3)))?;
    let model = session.insert(keys::Model { id: 1, load: 1.0 })?;
    session.insert(keys::Part { model: Some(model), ..part(2, "a1", -0.0, Some(1)) })?;
    session.insert(part(i64::MAX, "b", 7.5, None))?;
    let _ = session.run()?;
    let mut met = std::mem::take(&mut session.host_mut().0);
    met.sort();
    let expected = [
        ("label", 1, 2),
        ("label", 2, 2),
        ("last", 2, 0),
        ("last", i64::MAX, 0),
        ("load", 1, 3),
        ("load", 2, 2),
        ("next", 1, 2),
        ("next", 2, 3),
        ("sum", 1, 3),
    ];
    assert_eq!(met, expected.map(|(rule, part, other)| (rule.to_owned(), part, other)));
    session.update(model, |model| model.load = 7.5)?;
    let _ = session.run()?;
    assert_eq!(session.host().0, [("model".to_owned(), 2, 3)]);
    let joins = session.statistics().joins;
    let hits: Vec<u64> = joins.iter().filter_map(|join| Some(join.counts?.hits)).collect();
    assert!(hits.iter().all(|hits| (1..6).contains(hits)), "{hits:?}");
    Ok(())
}
