//! Scripts: statements that are executed in order, some of which undo earlier ones.

use tsd_compiler::syntax::ast::{Program, Remove, Statement};

use crate::oracle::{Oracle, read};
use crate::schema::Schema;
use crate::value::FactId;

impl Oracle {
    /// Executes the statements of some files in order, as one session. Everything before a `reset`
    /// is forgotten. Nothing fires before the end, so it is as if it had never existed.
    ///
    /// # Panics
    /// On a syntax error, and on what the checker would reject.
    pub fn script<'a>(files: impl IntoIterator<Item = &'a str>) -> Self {
        let mut statements: Vec<Statement> =
            files.into_iter().flat_map(|text| read(text).statements).collect();
        if let Some(reset) = statements.iter().rposition(|one| matches!(one, Statement::Reset(_))) {
            statements.drain(..=reset);
        }
        let program = Program { statements, ..Program::default() };
        let mut oracle = Self::empty(Schema::of(&program));
        let mut named = Vec::new();
        // Between two commands the rules come first.
        for statements in program.statements.split_inclusive(|one| matches!(one, Statement::Remove(_))) {
            let is_rule = |one: &&Statement| matches!(one, Statement::Rule(_));
            let rules: Vec<Statement> = statements.iter().filter(is_rule).cloned().collect();
            if !rules.is_empty() {
                oracle.add_parsed_rules(&Program { statements: rules, ..Program::default() });
            }
            for statement in statements {
                oracle.do_statement(statement, &mut named);
            }
        }
        oracle
    }

    fn do_statement<'a>(&mut self, statement: &'a Statement, named: &mut Vec<(&'a str, FactId)>) {
        match statement {
            Statement::Fact(fact) => self.insert_initial(fact, named),
            Statement::Remove(Remove::Rule { name, .. }) => {
                self.remove_rule(&name.text).expect("there is such a rule");
            }
            Statement::Remove(Remove::Fact { type_name, key, .. }) => {
                let name = format!("{}~{}", type_name.text, key.text);
                let fact = self.facts.live().find(|fact| self.facts.name(*fact) == name);
                self.retract(fact.expect("there is such a fact")).expect("it is there");
            }
            Statement::Type(_) | Statement::Action(_) | Statement::Rule(_) | Statement::Reset(_) => {}
        }
    }
}
