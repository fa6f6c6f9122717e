tsd::rules! {
    mod staff;
    type Dept(#id: string)
    type Emp(#id: string, dept: Dept, active: bool)
    action report(dept: string)
    rule sum : {d: Dept} / SUM(e: Emp / e.dept == d ; e.active) > 1 ==> report(d.id)
    rule alone : {d: Dept} / COUNT(e: Emp / e.dept == d) ==> report(d.id)
}

fn main() {}
