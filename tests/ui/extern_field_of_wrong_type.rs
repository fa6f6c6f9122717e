#[derive(Clone, tsd::Fact)]
struct Customer {
    id: String,
    tier: u64,
}

tsd::rules! {
    mod shop;
    extern type Customer(#id: string, tier: string) = super::Customer
    action reward(customer: string)
    rule r : {c: Customer} / c.tier == "GOLD" ==> reward(c.id)
}

fn main() {}
