tsd::rules! {
    mod staff;
    type Dept(#id: string, name: string)
    type Emp(#id: string, dept: Dept)
    action report(dept: string)
    rule field : {e: Emp} / e.dept.nam == "sales" ==> report(e.id)
    rule further : {e: Emp} / e.dept.name.length == 5 ==> report(e.id)
}

fn main() {}
