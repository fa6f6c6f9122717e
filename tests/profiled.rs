//! `rules!` and a profile in the package, `rules/try.profile`.

/// Modules of the same rules.
macro_rules! shops {
    ($($name:ident)+) => {$(
        tsd::rules! {
            mod $name;
            type Customer(#id: string) @rows(1000)
            type Order(#id: string, customer: string) @rows(10000)
            type Item(#id: string, order: string, colour: string, size: int) @rows(100000)
            action reward(customer: string)
            rule vip : {i: Item, c: Customer, o: Order}
                / o.customer == c.id AND i.order == o.id AND i.colour == "red" AND i.size == 3
                    ==> reward(c.id)
        }

        impl $name::Actions for Silent {
            fn reward(&mut self, _customer: &str) {}
        }
    )+};
}

struct Silent;

// There is a profile for the one, whose name is a Rust keyword, and none for the other.
shops!(r#try guessed);

/// The types of a network with a single chain, in the order in which they are joined.
macro_rules! order {
    ($name:ident) => {{
        let session = $name::Session::new(Silent);
        let network = session.network().shape().to_text(session.schema());
        network.lines().filter_map(|line| line.split_whitespace().next()).collect::<Vec<_>>().join(" ")
    }};
}

#[test]
fn a_module_is_planned_with_the_profile_of_its_name() {
    assert_eq!(order!(guessed), "Item Order Customer");
    assert_eq!(order!(r#try), "Customer Order Item", "it says that there are few customers");
}

#[test]
fn cargo_is_told_what_profile_a_module_was_planned_with() {
    // The files that this test depends on according to rustc, from which Cargo knows when to
    // compile it again.
    let made_of = std::env::current_exe().unwrap().with_extension("d");
    let made_of = std::fs::read_to_string(made_of).unwrap();
    assert!(made_of.contains("try.profile"), "{made_of}");
    assert!(!made_of.contains("guessed.profile"), "{made_of}");
}
