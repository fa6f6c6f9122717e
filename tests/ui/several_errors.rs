tsd::rules! {
    mod shop;
    type Customer(#id: string, tier: string)
    type Order(#id: string, customer_id: string, value: number)
    action reward(customer: string, value: number)
    rule one : {c: Custmer} / c.tier == "GOLD" ==> reward(c.id, 1)
    rule two : {c: Customer} / c.teir == 1 ==> reward(c.id)
    rule three : {o: Order} / o.value > ==> reward(o.id, 1)
    rule four : {o: Order} / o.value == o.id ==> reword(o.id, 1)
}

fn main() {}
