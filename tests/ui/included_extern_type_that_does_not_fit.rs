// When rustc rejects generated code, the line that it shows names the place in the rules.
#[derive(Clone, tsd::Fact)]
pub struct Customer {
    id: String,
}

mod model {
    #[derive(Clone, tsd::Fact)]
    pub struct Order {
        pub id: u64,
        pub total: f64,
        paid: bool,
    }
}
use model::Order;

#[derive(Clone)]
pub struct Plain {
    id: String,
}

#[allow(unused_imports)]
mod shop {
    include!("../../target/ui/unfit.rs");
}

fn main() {}
