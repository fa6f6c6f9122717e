//! What a session reports about itself: what its network holds, what passed through it, and what
//! fired.

tsd::rules! {
    mod shop;
    type Customer(#id: string, tier: string)
    type Order(#id: string, customer_id: string, value: number)
    action reward(customer: string)
    rule vip : {c: Customer, o: Order} / o.customer_id == c.id AND c.tier == "GOLD" ==> reward(c.id)
    rule large : {c: Customer, o: Order} / o.customer_id == c.id AND o.value > 900 ==> reward(c.id)
    rule loyal : {c: Customer} / SUM(o: Order / o.customer_id == c.id ; o.value) > 4000 ==> reward(c.id)
}

struct Silent;

impl shop::Actions for Silent {
    fn reward(&mut self, _customer: &str) {}
}

fn main() -> Result<(), tsd::Error> {
    let mut session = shop::Session::new(Silent);
    session.enable_counters();
    for customer in 0..10 {
        let tier = if customer % 3 == 0 { "GOLD" } else { "SILVER" };
        session.insert(shop::Customer { id: format!("c{customer}"), tier: tier.into() })?;
    }
    for order in 0..100 {
        let customer_id = format!("c{}", order % 12);
        let value = f64::from(order) * 10.0;
        session.insert(shop::Order { id: format!("o{order}"), customer_id, value })?;
    }
    assert!(session.run()?.problems().is_empty());

    println!("the network, with what each node holds:\n{}", session.network());
    let statistics = session.statistics();
    println!("{statistics}");
    for rule in &statistics.rules {
        println!("{}: {} fired, {} waiting", rule.name, rule.fired, rule.waiting);
    }
    for join in &statistics.joins {
        let Some(counts) = join.counts else { continue };
        let share = counts.hits as f64 / counts.candidates as f64;
        println!(
            "join {}: {} probes, {:.1} % of all pairs have equal keys",
            join.signature.short(),
            counts.probes,
            share * 100.0
        );
    }
    Ok(())
}
