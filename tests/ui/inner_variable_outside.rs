tsd::rules! {
    mod staff;
    type Dept(#id: string)
    type Emp(#id: string, dept: Dept)
    action report(dept: string)
    rule staffed : {d: Dept} / EXISTS (e: Emp / e.dept == d) ==> report(e.id)
}

fn main() {}
