tsd::rules! {
    mod shop;
    type Customer(#id: string, tier: string)
    type Order(#id: string, customer_id: string, value: number)
    action reward(customer: string, value: number)
}

struct App;
impl shop::Actions for App {
    fn reward(&mut self, _: &str, _: f64) {}
}

#[derive(Clone)]
struct Stranger;

fn strangers(session: &mut shop::Session<App>) {
    let _ = session.insert(Stranger);
}

fn main() {}
