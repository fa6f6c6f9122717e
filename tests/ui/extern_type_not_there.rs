
tsd::rules! {
    mod shop;
    extern type Customer(#id: string, tier: string) = super::Client
    action reward(customer: string)
    rule r : {c: Customer} / c.tier == "GOLD" ==> reward(c.id)
}

fn main() {}
