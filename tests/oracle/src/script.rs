//! Scripts: statements that are done in order, some of which take back what others did.

use tsd_compiler::syntax::ast::{Program, Remove, Statement};

use crate::oracle::{Oracle, read};
use crate::schema::Schema;

impl Oracle {
    /// Does the statements of some files in order, as one session. Whatever stands before a `reset` is forgotten; nothing
    /// fires before the end, so it is as if it had never been there.
    ///
    /// # Panics
    /// On a syntax error, and on what the checker would refuse.
    pub fn script<'a>(files: impl IntoIterator<Item = &'a str>) -> Self {
        let mut statements: Vec<Statement> =
            files.into_iter().flat_map(|text| read(text).statements).collect();
        if let Some(reset) = statements.iter().rposition(|one| matches!(one, Statement::Reset(_))) {
            statements.drain(..=reset);
        }
        let program = Program { statements, ..Program::default() };
        let mut oracle = Self::empty(Schema::of(&program));
        let mut named = Vec::new();
        for statement in &program.statements {
            match statement {
                Statement::Rule(_) => {
                    let statements = vec![statement.clone()];
                    oracle.add_parsed_rules(&Program { statements, ..Program::default() });
                }
                Statement::Fact(fact) => oracle.insert_initial(fact, &mut named),
                Statement::Remove(Remove::Rule { name, .. }) => {
                    oracle.remove_rule(&name.text).expect("there is such a rule");
                }
                Statement::Remove(Remove::Fact { type_name, key, .. }) => {
                    let name = format!("{}~{}", type_name.text, key.text);
                    let fact = oracle.facts.live().find(|fact| oracle.facts.name(*fact) == name);
                    oracle.retract(fact.expect("there is such a fact")).expect("it is there");
                }
                Statement::Type(_) | Statement::Action(_) | Statement::Reset(_) => {}
            }
        }
        oracle
    }
}
