//! The page of `tsd graph --format html` in a real browser: Debian's `chromium`, without a window.
//!
//! A script added to the page does what a user does (clicks, keys, the wheel) and writes down what
//! it finds. Without a browser the tests say so and pass.

mod folder;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use folder::Folder;

const SHOP: &str = r#"type Customer(#id: string, tier: string)
type Order(#id: string, customer_id: string)
type Item(#id: string, order_id: string)
action reward(customer: string)
rule vip : {c: Customer, o: Order} / o.customer_id == c.id AND c.tier == "GOLD" ==> reward(c.id)
rule many : {c: Customer, o: Order, i: Item} / o.customer_id == c.id AND i.order_id == o.id ==> reward(i.id)
rule single : {i: Item} / ==> reward(i.id)
Customer(id: "c1", tier: "GOLD")
Order(id: "o1", customer_id: "c1")
"#;

/// A folder with the page.
fn page() -> Folder {
    let folder = Folder::new(&[("shop.tsd", SHOP)]);
    let made = folder.tsd(&["graph", "shop.tsd", "--counts", "-o", "page.html"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    folder
}

/// The browser, if there is one.
fn browser() -> Option<PathBuf> {
    let given = std::env::var_os("TSD_BROWSER").map(PathBuf::from);
    let known = ["chromium", "chromium-browser", "google-chrome"];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let in_path = || {
        let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
        known
            .iter()
            .find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file()))
    };
    let found = given.or_else(in_path);
    if found.is_none() {
        println!("skipped: there is no chromium on this machine (apt-get install chromium)");
    }
    found
}

/// Opens a file of the folder in the browser, and returns what it writes.
fn open(browser: &Path, folder: &Folder, address: &str, arguments: &[&str]) -> String {
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--hide-scrollbars", "--window-size=1200,800", "--virtual-time-budget=2000"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .args(arguments)
        .arg(format!("file://{}/{address}", folder.path().display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Opens the page with an additional script, and returns the lines that the script writes with
/// `say`.
fn said(folder: &Folder, hash: &str, script: &str) -> Option<Vec<String>> {
    let browser = browser()?;
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    let script = format!(
        "<pre id=\"said\"></pre><script>\n\
         addEventListener('error', (event) => say('error: ' + event.message));\n\
         const say = (...words) => document.getElementById('said').append(words.join(' ') + '\\n');\n\
         const node = (kind, name) => nodeElements[nodes.findIndex((node) => node.kind === kind && \
         node.name === name)];\n\
         const press = (on, key) => on.dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: \
         true, cancelable: true }}));\n\
         const lit = () => [...scene.querySelectorAll('.node.lit .name')].map((name) => \
         name.textContent).sort().join(', ');\n\
         {{{{ {script} }}}}\n</script>"
    );
    fs::write(folder.path().join("scripted.html"), page.replace("</body>", &format!("{script}</body>")))
        .unwrap();
    let dom = open(&browser, folder, &format!("scripted.html{hash}"), &["--dump-dom"]);
    let (_, behind) = dom.split_once("<pre id=\"said\">").expect("the page has the script's element");
    let (said, _) = behind.split_once("</pre>").expect("it ends");
    Some(said.lines().map(str::to_owned).collect())
}

#[test]
fn a_click_on_a_node_lights_its_path_and_shows_its_details() {
    let script = "
        node('join', '⋈ Order').dispatchEvent(new MouseEvent('click', { bubbles: true }));
        say(lit());
        say(details.querySelector('h2').textContent, '|', \
        details.querySelector('pre').textContent.split('\\n')[1]);
        say(details.querySelector('code').textContent.length);
        const rows = [...details.querySelectorAll('tr')].map((row) => [...row.children].map((cell) => \
        cell.textContent).join(' '));
        say(rows.filter((row) => !row.startsWith('bytes ')).join('; '), rows.length === 7 ? '' : 'bytes \
        are missing');
        say([...details.querySelectorAll('.names')[0].querySelectorAll('button')].map((rule) => \
        rule.textContent).join(', '));
        stage.dispatchEvent(new MouseEvent('click', { bubbles: true }));
        say(lit() === '', details.querySelector('h2').textContent);";
    let Some(said) = said(&page(), "", script) else { return };
    let expected = [
        "Customer, Order, many, vip, ⋈ Item, ⋈ Order",
        "⋈ Order | on Customer.id = Order.customer_id",
        "64",
        "branches 2; tuples on the left 1; facts on the right not kept; probes 1; hits 1; passed 1 ",
        "vip, many",
        "true The network",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_rule_named_in_the_address_is_chosen_with_its_path() {
    let script = "
        say(lit());
        say(details.querySelector('h2').textContent, details.querySelector('.kind').textContent);
        say(details.querySelector('pre').textContent.split('\\n')[0].slice(0, 11));
        document.getElementById('alone').click();
        say(getComputedStyle(node('rule', 'single')).display, getComputedStyle(node('rule', 'vip')).display);
        details.querySelector('.names button').click();
        say(location.hash.slice(0, 6), details.querySelector('h2').textContent);";
    let Some(said) = said(&page(), "#rule=vip", script) else { return };
    let expected =
        ["Customer, Order, vip, ⋈ Order", "vip rule", "rule vip : ", "none inline", "#node= ⋈ Order"];
    assert_eq!(said, expected);
}

/// Views, alone and shared, and a followed reference to a type that the rule joins with nothing.
const FIRM: &str = r#"type Dept(#id: string, budget: number, boss: Emp?)
type Emp(#id: string, dept: string, salary: number)
type Task(#id: string, emp: string, hours: number)
action hit(a: string)
rule paid : {d: Dept} / SUM(e: Emp / e.dept == d.id ; e.salary) > d.budget ==> hit(d.id)
rule idle : {d: Dept} / EXISTS (e: Emp / e.dept == d.id AND NOT (EXISTS (t: Task / t.emp == e.id))) ==> hit(d.id)
rule boss : {t: Task, d: Dept} / d.id == t.emp AND d.boss.salary > 100 ==> hit(d.id)
rule "a = b, c" when $d : Dept(budget > 1) then hit($d.id); end
rule works : {e: Emp, t: Task} / t.emp == e.id AND SUM(x: Emp / x.dept == e.dept ; x.salary) > 1 ==> hit(e.id)
"#;

/// The page of these rules, and of a hundred others that make it too large to be read as a whole.
fn firm(others: usize) -> Folder {
    let others = (0..others).map(|n| {
        format!(
            "type T{n}(#id: string, emp: string) rule r{n} : {{t: T{n}, e: Emp}} / t.emp == e.id \
             AND e.salary > {n} ==> hit(t.id)\n"
        )
    });
    let folder = Folder::new(&[("firm.tsd", &(FIRM.to_owned() + &others.collect::<String>()))]);
    let made = folder.tsd(&["graph", "firm.tsd", "-o", "page.html"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    folder
}

#[test]
fn the_whole_path_of_the_rule_in_the_address_is_lit_and_in_sight() {
    let script = "
        say(lit());
        const frame = stage.getBoundingClientRect();
        const boxes = [...scene.querySelectorAll('.node.lit')].map((node) => node.getBoundingClientRect());
        const inside = (box) => box.left >= frame.left && box.right <= frame.right && box.top >= \
        frame.top && box.bottom <= frame.bottom;
        say(boxes.every(inside), boxes.every((box) => box.height > 8));";
    for (others, hash, path) in [
        (0, "#rule=paid", "Dept, Emp, SUM, paid, tested again, ⋈ Emp"),
        (0, "#rule=idle", "Dept, EXISTS, EXISTS, Emp, Task, idle, tested again, tested again, ⋈ Emp, ⋈ Task"),
        // Emp is where the reference leads.
        (0, "#rule=boss", "Dept, Emp, Task, boss, tested again, ⋈ Task"),
        (0, "#rule=a%20%3D%20b%2C%20c", "Dept, a = b, c"),
        (0, "#rule=a = b, c", "Dept, a = b, c"),
        (100, "#rule=paid", "Dept, Emp, SUM, paid, tested again, ⋈ Emp"),
        (100, "#rule=r99", "Emp, T99, r99, ⋈ T99"),
    ] {
        let Some(said) = said(&firm(others), hash, script) else { return };
        assert_eq!(said, [path, "true true"], "{hash} beside {others}");
    }
}

#[test]
fn an_address_that_names_nothing_opens_the_page_as_it_is() {
    let script = "say(lit() === '', details.querySelector('h2').textContent);";
    for hash in ["#rule=none", "#rule=", "#rule=%", "#node=9999", "#node=length", "#node=-1", "#node=", "#x"]
    {
        let Some(said) = said(&page(), hash, script) else { return };
        assert_eq!(said, ["true The network"], "{hash}");
    }
}

#[test]
fn search_finds_nodes_and_moves_to_them() {
    let script = "
        press(document.body, '/');
        say(document.activeElement.id);
        search.value = 'mny';
        search.dispatchEvent(new Event('input'));
        say(results.textContent);
        search.value = 'rule ma';
        search.dispatchEvent(new Event('input'));
        say([...results.children].map((item) => item.textContent).join('; '));
        press(search, 'Enter');
        say(details.querySelector('h2').textContent, '|', search.value, '|', document.activeElement.id \
        === node('rule', 'many').id);
        const [box, frame] = [node('rule', 'many').getBoundingClientRect(), stage.getBoundingClientRect()];
        say(box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= \
        frame.bottom);";
    let Some(said) = said(&page(), "", script) else { return };
    assert_eq!(said, ["search", "nothing found", "rule many", "many |  | true", "true"]);
}

#[test]
fn keys_lead_from_node_to_node() {
    let script = "
        const here = () => nodes[Number(document.activeElement.dataset.node)].name;
        say(scene.querySelectorAll('[tabindex=\"0\"]').length);
        node('type', 'Customer').focus();
        press(document.activeElement, 'ArrowRight'); say(here());
        press(document.activeElement, 'ArrowRight'); \
        say(before[Number(document.activeElement.dataset.node)].length > 0);
        press(document.activeElement, 'ArrowLeft'); say(here());
        press(document.activeElement, 'Enter'); say(details.querySelector('h2').textContent);
        press(document.activeElement, 'Escape'); say(details.querySelector('h2').textContent);
        say(scene.querySelectorAll('[tabindex=\"0\"]').length);";
    let Some(said) = said(&page(), "", script) else { return };
    assert_eq!(said, ["1", "⋈ Order", "true", "⋈ Order", "⋈ Order", "The network", "1"]);
}

#[test]
fn the_picture_is_dragged_and_zoomed() {
    let script = "
        const point = (x, y) => ({ clientX: x, clientY: y, pointerId: 1, button: 0, bubbles: true });
        const start = { ...view };
        stage.dispatchEvent(new PointerEvent('pointerdown', point(300, 300)));
        stage.dispatchEvent(new PointerEvent('pointermove', point(340, 330)));
        stage.dispatchEvent(new PointerEvent('pointerup', point(340, 330)));
        say(Math.round(view.x - start.x), Math.round(view.y - start.y));
        stage.dispatchEvent(new MouseEvent('click', { bubbles: true }));
        const before = { ...view };
        stage.dispatchEvent(new WheelEvent('wheel', { deltaY: -100, clientX: 340, clientY: 330, \
        bubbles: true, cancelable: true }));
        say(view.scale > before.scale);
        const box = stage.getBoundingClientRect();
        const under = (view) => ((340 - box.left - view.x) / view.scale).toFixed(3);
        say(under(view) === under(before));
        press(document.body, '0');
        say(Math.abs(view.scale - start.scale) < 1e-9, Math.abs(view.x - start.x) < 1e-6);
        document.getElementById('closer').click();
        say((view.scale / start.scale).toFixed(2));";
    let Some(said) = said(&page(), "", script) else { return };
    assert_eq!(said, ["40 30", "true", "true", "true true", "1.25"]);
}

#[test]
fn light_and_dark_are_told_apart() {
    let script = "
        const paper = () => getComputedStyle(document.body).backgroundColor;
        document.getElementById('theme').click(); const one = paper();
        document.getElementById('theme').click(); const other = paper();
        say([one, other].sort().join(' '));";
    let Some(said) = said(&page(), "", script) else { return };
    assert_eq!(said, ["rgb(17, 24, 39) rgb(255, 255, 255)"]);
}

#[test]
fn a_browser_makes_a_picture_of_the_page_and_of_the_svg() {
    let folder = page();
    let Some(browser) = browser() else { return };
    folder.tsd(&["graph", "shop.tsd", "-o", "shop.svg"]);
    for file in ["page.html", "shop.svg"] {
        let shot = folder.path().join("shot.png");
        open(&browser, &folder, file, &[&format!("--screenshot={}", shot.display())]);
        let bytes = fs::read(&shot).unwrap();
        assert!(bytes.starts_with(b"\x89PNG"), "{file}");
        // An empty page of this size takes less than 8,000 bytes.
        assert!(bytes.len() > 12_000, "{file}: {} bytes", bytes.len());
        fs::remove_file(&shot).unwrap();
    }
}
