//! Effects of rules: calls, their arguments, and facts written out.

use pest::iterators::Pair;

use super::Rule;
use super::lower::{Lowering, part, parts, parts_of};
use crate::syntax::ast::{Argument, Call, FactLiteral, FieldValue, Function};

type Node<'i> = Pair<'i, Rule>;

impl Lowering<'_> {
    /// A call of an action or effect.
    pub(super) fn call(&mut self, pair: &Node<'_>) -> Option<Call> {
        let name = self.name(&part(pair, Rule::action_name)?);
        let arguments = match part(pair, Rule::arguments) {
            Some(arguments) => {
                parts(&arguments).map(|argument| self.argument(&argument)).collect::<Option<_>>()?
            }
            None => Vec::new(),
        };
        Some(Call { name, arguments, span: self.span(pair) })
    }

    fn argument(&mut self, pair: &Node<'_>) -> Option<Argument> {
        match pair.as_rule() {
            Rule::changes => {
                Some(Argument::Changes { fields: self.field_values(pair)?, span: self.span(pair) })
            }
            Rule::fact_argument => Some(Argument::Fact(self.fact_literal(&part(pair, Rule::fact_literal)?)?)),
            Rule::fact_literal => Some(Argument::Fact(self.fact_literal(pair)?)),
            _ => match self.empty_fact(pair) {
                Some(fact) => Some(Argument::Fact(fact)),
                None => self.expression(pair).map(Argument::Value),
            },
        }
    }

    /// `Order()`, which the grammar reads as a function without arguments.
    fn empty_fact(&self, expression: &Node<'_>) -> Option<FactLiteral> {
        let mut operands = expression.clone().into_inner();
        let (function, None) = (operands.next()?, operands.next()) else { return None };
        if function.as_rule() != Rule::function || part(&function, Rule::expression).is_some() {
            return None;
        }
        let type_name = self.name(&part(&function, Rule::name)?);
        if Function::from_text(&type_name.text).is_some() {
            return None;
        }
        Some(FactLiteral { type_name, fields: Vec::new(), span: self.span(&function) })
    }

    /// `Customer(id: "c1")`.
    pub(super) fn fact_literal(&mut self, pair: &Node<'_>) -> Option<FactLiteral> {
        let type_name = self.name(&part(pair, Rule::name)?);
        Some(FactLiteral { type_name, fields: self.field_values(pair)?, span: self.span(pair) })
    }

    fn field_values(&mut self, pair: &Node<'_>) -> Option<Vec<FieldValue>> {
        parts_of(pair, Rule::field_value)
            .map(|field| {
                let name = self.name(&part(&field, Rule::name)?);
                Some(FieldValue { name, value: self.expression(&part(&field, Rule::expression)?)? })
            })
            .collect()
    }
}
