//! The rules of the workloads: as parameters for the hand-written programs, and as the text of a
//! TSD program.

use super::TIERS;

/// What rule `i` of the orders workload requires, besides the join of order and customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleParameters {
    /// The customer's tier.
    pub tier: &'static str,
    /// The lower bound for the order's value.
    pub threshold: f64,
}

impl RuleParameters {
    /// The parameters of rule `rule`: tier `rule mod 4`, threshold `8000 + (97 rule mod 2000)`.
    pub fn of(rule: usize) -> Self {
        Self { tier: TIERS[rule % 4], threshold: (8_000 + (97 * rule) % 2_000) as f64 }
    }
}

/// The parameters of the first `rules` rules.
pub fn parameters(rules: usize) -> Vec<RuleParameters> {
    (0..rules).map(RuleParameters::of).collect()
}

/// An applicant with all that the sessions workload knows about one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Applicant {
    /// In years.
    pub age: i64,
    /// What one earns.
    pub income: f64,
    /// The number of the country.
    pub country: usize,
    /// What one asks for.
    pub loan: f64,
    /// What one owes.
    pub debt: f64,
    /// How long one has had the job, in years.
    pub years: i64,
    /// The number of the kind of job.
    pub job: usize,
    /// The number of the note.
    pub note: usize,
}

impl Applicant {
    /// The applicant with a number; all numbers together try every rule out.
    pub fn of(number: usize) -> Self {
        Self {
            age: (number * 7 % 90) as i64,
            income: (number * 11 % 90) as f64,
            country: number % 7,
            loan: (number * 13 % 90) as f64,
            debt: (number * 17 % 90) as f64,
            years: (number * 19 % 90) as i64,
            job: number / 2 % 7,
            note: number / 3 % 7,
        }
    }
}

/// How many of the first `rules` rules of [`program::decisions`] hold for an applicant.
pub fn granted(rules: usize, applicant: &Applicant) -> u64 {
    let holds = |rule: &usize| {
        let (level, letter) = (80 + rule % 10, rule % 7);
        match rule % 5 {
            0 => applicant.age > level as i64 && applicant.country == letter,
            1 => applicant.loan > level as f64 && applicant.income > letter as f64,
            2 => applicant.years > level as i64 && applicant.job != letter,
            3 => applicant.debt > level as f64,
            _ => applicant.note != letter && applicant.income > level as f64,
        }
    };
    (0..rules).filter(holds).count() as u64
}

/// What the rules of a program do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `hit(rule)`: the timed form, a counter per rule.
    Count,
    /// `hit(rule, c.id, o.id)`: the form for an untimed run that compares checksums.
    Trace,
}

/// The texts of TSD programs.
pub mod program {
    use super::{Action, RuleParameters};

    const CUSTOMER: &str = "type Customer(#id: int, tier: string, signup: int)\n";
    // Nothing in the workloads looks up an order or an item by key, and the limits do not check
    // that ids differ.
    const ORDER: &str = "type Order(id: int, customer: int, value: number, status: int)\n";
    const ITEM: &str = "type Item(id: int, order: int, quantity: int)\n";

    /// The orders workload with `rules` rules, named `r0`, `r1` and so on.
    pub fn orders(rules: usize, action: Action) -> String {
        let mut text = [CUSTOMER, ORDER, &declaration(action, &["customer", "order"])].concat();
        for rule in 0..rules {
            text.push_str(&order_rule(rule, action));
        }
        text
    }

    /// Rule `rule` of the orders workload by itself, to add it to a running session.
    pub fn order_rule(rule: usize, action: Action) -> String {
        let RuleParameters { tier, threshold } = RuleParameters::of(rule);
        let hit = call(action, rule, &["c.id", "o.id"]);
        format!(
            "rule r{rule} : {{c: Customer, o: Order}} / \
             o.customer == c.id AND c.tier == \"{tier}\" AND o.value > {threshold} ==> {hit}\n"
        )
    }

    /// The chain workload: gold customer, order above 5,000, more than 50 pieces.
    pub fn chain(action: Action) -> String {
        let declaration = declaration(action, &["customer", "order", "item"]);
        let hit = call(action, 0, &["c.id", "o.id", "i.id"]);
        format!(
            "{CUSTOMER}{ORDER}{ITEM}{declaration}rule chain : {{c: Customer, o: Order, i: Item}} / \
             o.customer == c.id AND i.order == o.id AND c.tier == \"gold\" AND o.value > 5000 \
             AND i.quantity > 50 \
             ==> {hit}\n"
        )
    }

    /// The sessions workload: rules about one applicant, a loan, a debt, a job and a note, of five
    /// kinds in turn. [`super::granted`] says which of them hold.
    pub fn decisions(rules: usize) -> String {
        let mut text = "type Applicant(#id: int, age: int, income: number, country: string)\n\
            type Loan(#id: int, applicant: int, amount: number)\n\
            type Debt(#id: int, applicant: int, amount: number)\n\
            type Job(#id: int, applicant: int, years: int, kind: string)\n\
            type Note(#id: int, applicant: int, name: string)\n\
            action hit(rule: int)\n"
            .to_owned();
        for rule in 0..rules {
            let (level, letter) = (80 + rule % 10, rule % 7);
            let (patterns, condition) = match rule % 5 {
                0 => ("a: Applicant", format!("a.age > {level} AND a.country == \"c{letter}\"")),
                1 => (
                    "a: Applicant, l: Loan",
                    format!("l.applicant == a.id AND l.amount > {level} AND a.income > {letter}"),
                ),
                2 => (
                    "a: Applicant, j: Job",
                    format!("j.applicant == a.id AND j.years > {level} AND j.kind != \"k{letter}\""),
                ),
                3 => ("a: Applicant", format!("SUM(d: Debt / d.applicant == a.id ; d.amount) > {level}")),
                _ => (
                    "a: Applicant",
                    format!(
                        "NOT (EXISTS (n: Note / n.applicant == a.id AND n.name == \"n{letter}\")) \
                         AND a.income > {level}"
                    ),
                ),
            };
            text += &format!("rule r{rule} : {{{patterns}}} / {condition} ==> hit({rule})\n");
        }
        text
    }

    /// Customers without an order.
    pub fn negation(action: Action) -> String {
        one_customer("NOT (EXISTS (o: Order / o.customer == c.id))", action)
    }

    /// Customers who ordered for more than 15,000.
    pub fn aggregation(action: Action) -> String {
        one_customer("SUM(o: Order / o.customer == c.id ; o.value) > 15000", action)
    }

    fn one_customer(condition: &str, action: Action) -> String {
        let declaration = declaration(action, &["customer"]);
        let hit = call(action, 0, &["c.id"]);
        format!("{CUSTOMER}{ORDER}{declaration}rule found : {{c: Customer}} / {condition} ==> {hit}\n")
    }

    fn declaration(action: Action, ids: &[&str]) -> String {
        let ids: String = match action {
            Action::Count => String::new(),
            Action::Trace => ids.iter().map(|id| format!(", {id}: int")).collect(),
        };
        format!("action hit(rule: int{ids})\n")
    }

    fn call(action: Action, rule: usize, ids: &[&str]) -> String {
        match action {
            Action::Count => format!("hit({rule})"),
            Action::Trace => format!("hit({rule}, {})", ids.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_rule_carries_its_parameters() {
        let text = program::orders(18, Action::Count);
        let line = "rule r17 : {c: Customer, o: Order} / o.customer == c.id AND c.tier == \"silver\" \
                    AND o.value > 9649 ==> hit(17)";
        assert_eq!(text.lines().last(), Some(line));
        assert_eq!(text.lines().count(), 3 + 18);
        assert!(
            program::orders(1, Action::Trace).contains("action hit(rule: int, customer: int, order: int)\n")
        );
        assert!(program::chain(Action::Trace).ends_with("==> hit(0, c.id, o.id, i.id)\n"));
    }
}
