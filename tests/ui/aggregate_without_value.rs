tsd::rules! {
    mod staff;
    type Dept(#id: string)
    type Emp(#id: string, dept: Dept, salary: number)
    action report(dept: string)
    rule sum : {d: Dept} / SUM(e: Emp / e.dept == d) > 1 ==> report(d.id)
}

fn main() {}
