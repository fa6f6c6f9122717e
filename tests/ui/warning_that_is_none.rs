tsd::rules! {
    mod shop @allow(cross-produkt);
    type A(#id: string)
    rule r @allow(unknown-field) : {a: A} / a.id == "" ==> Print(a.id)
}

fn main() {}
