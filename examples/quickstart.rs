//! The example that the README opens with.

tsd::rules! {
    mod shop;
    type Customer(#id: string, tier: string)
    type Order(#id: string, customer_id: string, value: number)
    action reward(customer: string, value: number)
    rule vip : {c: Customer, o: Order}
        / o.customer_id == c.id AND c.tier == "GOLD" AND o.value > 1000 ==> reward(c.id, o.value)
}

struct App {
    total: f64,
}

impl shop::Actions for App {
    fn reward(&mut self, customer: &str, value: f64) {
        println!("{customer} is rewarded for {value}");
        self.total += value;
    }
}

fn main() -> Result<(), tsd::Error> {
    let mut session = shop::Session::new(App { total: 0.0 });
    session.insert(shop::Customer { id: "c1".into(), tier: "GOLD".into() })?;
    let order = session.insert(shop::Order { id: "o1".into(), customer_id: "c1".into(), value: 1200.0 })?;
    let report = session.run()?;
    println!("fired {} times, {} in total", report.total(), session.host().total);

    session.update(order, |order| order.value = 20.0)?;
    session.add_rule("rule small : {o: Order} / o.value < 100 ==> reward(o.customer_id, 1)")?;
    assert!(session.run()?.problems().is_empty());
    session.retract(order)
}
