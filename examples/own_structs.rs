//! The program's own structs as facts: the rules name the fields that they need, and rustc checks
//! that they fit.

use tsd::Handle;

/// The program's model, which has nothing of the rules except the derive.
mod model {
    #[derive(Clone, Debug, tsd::Fact)]
    pub(crate) struct Account {
        pub(crate) number: u64,
        pub(crate) balance: f64,
        pub(crate) holder: Holder,
    }

    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Holder {
        pub(crate) name: String,
    }
}

tsd::rules! {
    mod bank;
    extern type Account(#number: int, balance: number) = super::model::Account
    action warn(account: Account, short_by: number)
    rule overdrawn : {a: Account} / a.balance < 0 ==> warn(a, -a.balance)
}

/// Collects warnings; a fact arrives as its handle.
#[derive(Default)]
struct Clerk {
    warnings: Vec<(Handle<model::Account>, f64)>,
}

impl bank::Actions for Clerk {
    fn warn(&mut self, account: Handle<model::Account>, short_by: f64) {
        self.warnings.push((account, short_by));
    }
}

fn main() -> Result<(), tsd::Error> {
    let mut session = bank::Session::new(Clerk::default());
    let holder = model::Holder { name: "Ada".into() };
    let account = session.insert(model::Account { number: 1, balance: 20.0, holder })?;
    session.update(account, |account| account.balance -= 50.0)?;
    assert!(session.run()?.problems().is_empty());
    for (handle, short_by) in &session.host().warnings {
        if let Some(account) = session.get(*handle) {
            println!("{} (account {}) is short by {short_by}", account.holder.name, account.number);
        }
    }
    Ok(())
}
