tsd::rules! {
    mod shop;
    type Customer(#id: string, tier: string)
    type Order(#id: string, customer_id: string, value: number)
    action reward(customer: string, value: number)
    action restock(order: Order) @context
    rule r : {o: Order} / o.value > 10 ==> restock(o)
}

struct App;
impl shop::Actions for App {
    fn reward(&mut self, _: &str, _: f64) {}
    fn restock(&mut self, _: tsd::Handle<shop::Order>) {}
}

fn main() {}
