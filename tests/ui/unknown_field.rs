tsd::rules! {
    mod shop;
    type Customer(#id: string, tier: string)
    type Order(#id: string, customer_id: string, value: number)
    action reward(customer: string, value: number)
    rule r : {c: Customer} / c.teir == "GOLD" ==> reward(c.id, 1)
}

fn main() {}
