tsd::rules! {
    mod shop;
    type Customer(#id: string, tier: string)
    type Order(#id: string, customer_id: string, value: number)
    action reward(customer: string, value: number)
    rule r : {o: Order} / o.value > 10 ==> Update(o, {value: o.id})
}

fn main() {}
