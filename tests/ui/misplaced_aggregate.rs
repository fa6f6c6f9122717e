tsd::rules! {
    mod staff;
    type Dept(#id: string, budget: number)
    type Emp(#id: string, dept: Dept, salary: number)
    action report(dept: string, pay: number)
    rule mixed : {d: Dept, pay: SUM(e.salary)} / {e: Emp} / e.dept == d AND e.salary > pay / 2 ==> report(d.id, pay)
    rule row : {d: Dept, pay: SUM(e.salary)} / {e: Emp} / e.dept == d ==> report(e.id, pay)
}

fn main() {}
