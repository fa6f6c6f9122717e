// Warnings are those of the lint `deprecated`, each from the first token at fault to the last.
#![deny(deprecated)]

tsd::rules! {
    mod shop;
    type Customer(#id: string, tier: string)
    type Order(#id: string, total: number)
    action reward(customer: string)
    Customer(id: "c1", tier: gold)
    rule crossed : {c: Customer, o: Order} / c.tier == "gold" AND o.total > 10 ==> reward(c.id)
    rule never : {o: Order} / o.total > 10
        AND o.total < 5 ==> reward(o.id)
    rule mixed : {o: Order} / o.total > 10 AND o.total < 50 OR o.id == "" ==> reward(o.id)
    rule undeclared : {o: Order} / ==> told(o.id)
}

fn main() {}
