//! The three domains: their types, how many facts there are of each, and which links rules follow.

use super::world::Content::{Amount, Level, Link, Time, Word};
use super::world::{Content, Entity, World};

const fn to(to: usize, weight: u64) -> Content {
    Link { to, weight }
}

/// A shop: what customers order, pay, return and say.
pub(super) fn e_commerce() -> World {
    let [customer, address, category, product, order, warehouse]: [usize; 6] =
        std::array::from_fn(|place| place);
    let entities = vec![
        Entity::new("Customer", 10, 6)
            .with("tier", Word(&["bronze", "silver", "gold", "platinum"]))
            .with("age", Amount(90))
            .with("address", to(address, 3)),
        Entity::new("Address", 10, 0)
            .with("country", Word(&["de", "fr", "it", "es", "pl", "us", "uk", "ch"]))
            .with("zone", Level(5)),
        Entity::new("Category", 2, 1)
            .with("parent", to(category, 1))
            .with("margin", Amount(50))
            .with("restricted", Level(2)),
        Entity::new("Product", 8, 3)
            .with("category", to(category, 5))
            .with("price", Amount(1_000))
            .with("stock", Amount(500)),
        Entity::new("Order", 20, 10)
            .with("customer", to(customer, 20))
            .with("status", Word(&["new", "paid", "packed", "sent", "returned"]))
            .with("total", Amount(10_000))
            .with("at", Time),
        Entity::new("Warehouse", 1, 0).with("region", Level(6)).with("load", Amount(100)),
        Entity::new("Line", 30, 3)
            .with("order", to(order, 12))
            .with("product", to(product, 10))
            .with("quantity", Amount(100)),
        Entity::new("Payment", 18, 4)
            .with("order", to(order, 8))
            .with("method", Word(&["card", "transfer", "wallet", "invoice"]))
            .with("amount", Amount(10_000))
            .with("at", Time),
        Entity::new("Shipment", 16, 2)
            .with("order", to(order, 5))
            .with("warehouse", to(warehouse, 3))
            .with("weight", Amount(200)),
        Entity::new("Review", 8, 1)
            .with("product", to(product, 3))
            .with("customer", to(customer, 3))
            .with("stars", Level(6))
            .with("at", Time),
        Entity::new("Return", 3, 1)
            .with("order", to(order, 3))
            .with("reason", Word(&["broken", "late", "unwanted"]))
            .with("value", Amount(1_000)),
    ];
    World { entities }
}

/// A bank: what clients do with their accounts and cards.
pub(super) fn finance() -> World {
    let [client, branch, account, card, merchant, transaction]: [usize; 6] =
        std::array::from_fn(|place| place);
    let entities = vec![
        Entity::new("Client", 8, 4)
            .with("risk", Word(&["low", "medium", "high"]))
            .with("income", Amount(200_000))
            .with("branch", to(branch, 2)),
        Entity::new("Branch", 1, 0)
            .with("parent", to(branch, 1))
            .with("region", Level(12))
            .with("budget", Amount(1_000)),
        Entity::new("Account", 12, 8)
            .with("client", to(client, 15))
            .with("kind", Word(&["current", "savings", "deposit", "brokerage"]))
            .with("balance", Amount(100_000)),
        Entity::new("Card", 12, 2)
            .with("account", to(account, 6))
            .with("network", Word(&["red", "blue", "green"]))
            .with("credit", Amount(20_000)),
        Entity::new("Merchant", 4, 1)
            .with("sector", Word(&["food", "travel", "fuel", "games", "jewels", "books"]))
            .with("score", Amount(100)),
        Entity::new("Transaction", 50, 12)
            .with("account", to(account, 20))
            .with("merchant", to(merchant, 6))
            .with("channel", Word(&["branch", "web", "phone", "terminal", "cash"]))
            .with("amount", Amount(10_000))
            .with("at", Time),
        Entity::new("Authorisation", 20, 2)
            .with("card", to(card, 5))
            .with("merchant", to(merchant, 3))
            .with("amount", Amount(5_000))
            .with("at", Time),
        Entity::new("Loan", 4, 2)
            .with("client", to(client, 4))
            .with("state", Word(&["asked", "granted", "late", "paid"]))
            .with("principal", Amount(500_000)),
        Entity::new("Collateral", 3, 0).with("loan", to(7, 3)).with("value", Amount(800_000)),
        Entity::new("Alert", 4, 2)
            .with("transaction", to(transaction, 3))
            .with("severity", Level(5))
            .with("weight", Amount(100)),
        Entity::new("Order", 10, 2)
            .with("account", to(account, 4))
            .with("side", Word(&["buy", "sell"]))
            .with("volume", Amount(1_000))
            .with("at", Time),
    ];
    World { entities }
}

/// Buildings full of sensors.
pub(super) fn iot() -> World {
    let [site, gateway, device, sensor, firmware]: [usize; 5] = std::array::from_fn(|place| place);
    let entities = vec![
        Entity::new("Site", 1, 1)
            .with("parent", to(site, 1))
            .with("climate", Word(&["cold", "mild", "hot"]))
            .with("area", Amount(10_000)),
        Entity::new("Gateway", 2, 1)
            .with("site", to(site, 5))
            .with("load", Amount(100))
            .with("state", Level(4)),
        Entity::new("Device", 8, 4)
            .with("gateway", to(gateway, 8))
            .with("firmware", to(firmware, 3))
            .with("model", Word(&["pump", "fan", "heater", "lock", "lamp"]))
            .with("hours", Amount(50_000)),
        Entity::new("Sensor", 16, 4)
            .with("device", to(device, 14))
            .with("unit", Word(&["celsius", "bar", "lux", "volt"]))
            .with("limit", Amount(1_000)),
        Entity::new("Firmware", 1, 0).with("major", Level(6)).with("age", Amount(1_000)),
        Entity::new("Reading", 60, 12)
            .with("sensor", to(sensor, 20))
            .with("quality", Level(4))
            .with("value", Amount(1_000))
            .with("at", Time),
        Entity::new("Event", 10, 3)
            .with("device", to(device, 6))
            .with("kind", Word(&["start", "stop", "fault", "reset"]))
            .with("cost", Amount(100))
            .with("at", Time),
        Entity::new("Maintenance", 3, 1)
            .with("device", to(device, 4))
            .with("state", Word(&["planned", "running", "done"]))
            .with("price", Amount(2_000)),
    ];
    World { entities }
}
