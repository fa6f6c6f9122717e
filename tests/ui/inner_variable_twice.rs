tsd::rules! {
    mod staff;
    type Dept(#id: string)
    type Emp(#id: string, dept: Dept)
    action report(dept: string)
    rule empty : {d: Dept} / NOT (EXISTS (d: Emp / d.dept == d)) ==> report(d.id)
}

fn main() {}
