//! Rules that are added and removed while there are facts: they share the compiled rules' nodes and
//! call the same actions.

tsd::rules! {
    mod fraud;
    type Card(#number: string, country: string)
    type Payment(card: string, country: string, amount: number)
    action hold(card: string, amount: number)
    rule abroad : {c: Card, p: Payment}
        / p.card == c.number AND p.country != c.country AND p.amount > 500 ==> hold(c.number, p.amount)
}

struct Desk;

impl fraud::Actions for Desk {
    fn hold(&mut self, card: &str, amount: f64) {
        println!("  hold {amount} on {card}");
    }
}

fn main() -> Result<(), tsd::Error> {
    let mut session = fraud::Session::new(Desk);
    session.insert(fraud::Card { number: "4711".into(), country: "FR".into() })?;
    for (country, amount) in [("FR", 80.0), ("US", 900.0), ("US", 40.0)] {
        session.insert(fraud::Payment { card: "4711".into(), country: country.into(), amount })?;
    }
    println!("compiled:");
    assert!(session.run()?.problems().is_empty());

    println!("with a rule added, which joins the same cards and payments:");
    session.add_rule(
        r#"rule small_abroad : {p: Payment, c: Card}
            / c.number == p.card AND c.country != p.country AND p.amount < 50 ==> hold(p.card, p.amount)"#,
    )?;
    assert!(session.run()?.problems().is_empty());
    print!("{}", session.network().shape().to_text(session.schema()));

    println!("an error is a value:");
    if let Err(error) = session.add_rule("rule typo : {p: Payment} / p.amont > 5 ==> hold(p.card, 1)") {
        println!("{error}");
    }

    session.remove_rule("abroad")?;
    session.remove_rule("small_abroad")?;
    assert!(session.network().shape().is_empty());
    Ok(())
}
