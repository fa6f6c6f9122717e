//! An action that changes facts: a reorder is inserted once for each product that runs low, and
//! activates another rule.

tsd::rules! {
    mod stock;
    type Product(#id: string, left: int, reorder_at: int)
    type Reorder(#product: string, amount: int)
    action reorder(product: Product) @context
    action announce(product: string, amount: int)
    rule low : {p: Product} / p.left < p.reorder_at AND p.left >= 0 ==> reorder(p)
    rule told : {r: Reorder} / ==> announce(r.product, r.amount)
}

struct Warehouse {
    batch: i64,
}

impl stock::Actions for Warehouse {
    fn reorder(&mut self, context: &mut stock::Context<'_, Self>, product: tsd::Handle<stock::Product>) {
        let Some(stock::Product { id, left, .. }) = context.get(product) else { return };
        let reorder = stock::Reorder { product: id, amount: self.batch - left };
        // An existing reorder is enough.
        if let Err(error) = context.insert(reorder) {
            println!("nothing to do: {error}");
        }
    }

    fn announce(&mut self, product: &str, amount: i64) {
        println!("reordering {amount} of {product}");
    }
}

fn main() -> Result<(), tsd::Error> {
    let mut session = stock::Session::new(Warehouse { batch: 100 });
    let product = session.insert(stock::Product { id: "tea".into(), left: 30, reorder_at: 20 })?;
    session.update(product, |product| product.left = 12)?;
    print!("{}", session.run()?);
    session.update(product, |product| product.left = 8)?;
    print!("{}", session.run()?);
    Ok(())
}
