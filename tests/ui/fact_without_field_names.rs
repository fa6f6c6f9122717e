#[derive(Clone, tsd::Fact)]
struct Customer(String);

#[derive(Clone, tsd::Fact)]
enum Tier {
    Gold,
}

fn main() {}
