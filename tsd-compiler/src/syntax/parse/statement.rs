//! Declarations, facts and commands.

use pest::iterators::Pair;

use super::Rule;
use super::lower::{Lowering, part, parts, parts_of};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{
    self, ActionDeclaration, Annotation, Binding, BindingKind, Block, FactStatement, Field, Number,
    Parameter, Remove, Salience, Statement, TypeDeclaration, TypeName,
};

use crate::syntax::habits;

type Node<'i> = Pair<'i, Rule>;

impl Lowering<'_> {
    /// Any statement but `mod`.
    pub(super) fn statement(&mut self, pair: &Node<'_>) -> Option<Statement> {
        let span = self.span(pair);
        match pair.as_rule() {
            Rule::type_declaration | Rule::extern_type => self.type_declaration(pair).map(Statement::Type),
            Rule::action_declaration => self.action_declaration(pair).map(Statement::Action),
            Rule::rule_declaration => self.rule(pair).map(Statement::Rule),
            Rule::fact => {
                let variable = part(pair, Rule::name).map(|name| self.name(&name));
                let fact = self.fact_literal(&part(pair, Rule::fact_literal)?)?;
                Some(Statement::Fact(FactStatement { variable, fact, span }))
            }
            Rule::remove_rule => {
                let name = self.name(&part(pair, Rule::rule_name)?);
                Some(Statement::Remove(Remove::Rule { name, span }))
            }
            Rule::remove_fact => {
                let type_name = self.name(&part(pair, Rule::name)?);
                let key = self.name(&part(pair, Rule::fact_key)?);
                Some(Statement::Remove(Remove::Fact { type_name, key, span }))
            }
            Rule::reset => Some(Statement::Reset(span)),
            _ => None,
        }
    }

    fn type_declaration(&mut self, pair: &Node<'_>) -> Option<TypeDeclaration> {
        let name = self.name(&part(pair, Rule::name)?);
        let fields = part(pair, Rule::fields).or_else(|| part(pair, Rule::old_fields))?;
        let fields = parts_of(&fields, Rule::field).filter_map(|field| self.field(&field)).collect();
        let rust_path =
            part(pair, Rule::rust_path).map(|path| parts(&path).map(|name| self.name(&name)).collect());
        Some(TypeDeclaration {
            name,
            fields,
            annotations: self.annotations(pair),
            rust_path,
            span: self.span(pair),
        })
    }

    fn field(&mut self, pair: &Node<'_>) -> Option<Field> {
        Some(Field {
            key: part(pair, Rule::hash).is_some(),
            name: self.name(&part(pair, Rule::name)?),
            kind: self.type_name(&part(pair, Rule::type_name)?)?,
            span: self.span(pair),
        })
    }

    fn type_name(&mut self, pair: &Node<'_>) -> Option<TypeName> {
        let name = self.name(&part(pair, Rule::type_word)?);
        Some(TypeName { name, optional: part(pair, Rule::question).is_some() })
    }

    fn action_declaration(&mut self, pair: &Node<'_>) -> Option<ActionDeclaration> {
        let name = self.name(&part(pair, Rule::name)?);
        let parameters = part(pair, Rule::parameters)?;
        let parameters = parts_of(&parameters, Rule::parameter)
            .filter_map(|parameter| self.parameter(&parameter))
            .collect();
        Some(ActionDeclaration {
            name,
            parameters,
            annotations: self.annotations(pair),
            span: self.span(pair),
        })
    }

    fn parameter(&mut self, pair: &Node<'_>) -> Option<Parameter> {
        Some(Parameter {
            name: self.name(&part(pair, Rule::name)?),
            kind: self.type_name(&part(pair, Rule::type_name)?)?,
            default: part(pair, Rule::constant).and_then(|constant| self.constant(&constant)),
            span: self.span(pair),
        })
    }

    pub(super) fn annotations(&mut self, pair: &Node<'_>) -> Vec<Annotation> {
        parts_of(pair, Rule::annotation)
            .filter_map(|annotation| {
                let arguments = part(&annotation, Rule::constants).map_or_else(Vec::new, |constants| {
                    parts(&constants).filter_map(|argument| self.annotated(&argument)).collect()
                });
                let name = self.name(&part(&annotation, Rule::name)?);
                Some(Annotation { name, arguments, span: self.span(&annotation) })
            })
            .collect()
    }

    /// An argument of an annotation; `None` for the signs between them too.
    fn annotated(&mut self, pair: &Node<'_>) -> Option<ast::Expr> {
        match pair.as_rule() {
            Rule::constant => self.constant(pair),
            Rule::bare_word => {
                let words: Vec<&str> = parts_of(pair, Rule::name).map(|word| word.as_str()).collect();
                let root = ast::Name { text: words.join("-"), span: self.span(pair) };
                let path = ast::Path { root, fields: Vec::new() };
                Some(ast::Expr { kind: ast::ExprKind::Path(path), span: self.span(pair) })
            }
            _ => None,
        }
    }

    fn rule(&mut self, pair: &Node<'_>) -> Option<ast::Rule> {
        let mut rule = ast::Rule {
            name: self.name(&part(pair, Rule::rule_name)?),
            salience: None,
            no_loop: None,
            annotations: self.annotations(pair),
            blocks: Vec::new(),
            condition: None,
            calls: Vec::new(),
            span: self.span(pair),
        };
        for annotation in std::mem::take(&mut rule.annotations) {
            let message = format!("a rule has no `@{}`", annotation.name.text);
            let unknown = Diagnostic::new(Code::UnknownAnnotation, annotation.span, message);
            if !self.reported_with(unknown, habits::annotations) {
                rule.annotations.push(annotation);
            }
        }
        for salience in parts_of(pair, Rule::salience) {
            let salience = self.salience(&salience)?;
            self.once("salience", rule.salience.map(|first| first.span), salience.span);
            rule.salience = Some(salience);
        }
        for no_loop in parts_of(pair, Rule::no_loop) {
            let span = self.span(&no_loop);
            self.once("no-loop", rule.no_loop, span);
            rule.no_loop = Some(span);
        }
        match part(pair, Rule::arrow_body) {
            Some(body) => self.arrow_body(&body, &mut rule)?,
            None => self.block_body(&part(pair, Rule::block_body)?, &mut rule)?,
        }
        Some(rule)
    }

    /// Reports an attribute that is given twice.
    fn once(&mut self, attribute: &str, first: Option<Span>, second: Span) {
        if let Some(first) = first {
            self.report(
                Diagnostic::new(Code::Syntax, second, format!("`{attribute}` is given twice"))
                    .label("second time")
                    .also(first, "first time"),
            );
        }
    }

    fn salience(&mut self, pair: &Node<'_>) -> Option<Salience> {
        let number = part(pair, Rule::number)?;
        let span = part(pair, Rule::minus)
            .map_or(self.span(&number), |minus| self.span(&minus).to(self.span(&number)));
        match self.number(&number, part(pair, Rule::minus).is_some()) {
            Some(Number::Int(value)) => Some(Salience { value, span }),
            Some(Number::Float(_)) => {
                self.syntax_error(span, "a salience is a whole number");
                None
            }
            None => None,
        }
    }

    fn arrow_body(&mut self, pair: &Node<'_>, rule: &mut ast::Rule) -> Option<()> {
        for block in parts_of(pair, Rule::block) {
            let bindings = parts_of(&block, Rule::binding)
                .map(|binding| self.binding(&binding))
                .collect::<Option<_>>()?;
            rule.blocks.push(Block { bindings, span: self.span(&block) });
        }
        if let Some(condition) = part(pair, Rule::expression) {
            rule.condition = Some(self.expression(&condition)?);
        }
        rule.calls = parts_of(pair, Rule::call).map(|call| self.call(&call)).collect::<Option<_>>()?;
        Some(())
    }

    fn binding(&mut self, pair: &Node<'_>) -> Option<Binding> {
        let variable = self.name(&part(pair, Rule::name)?);
        let what = part(pair, Rule::type_word)?;
        let kind = match part(pair, Rule::group_value) {
            None => BindingKind::Fact(self.name(&what)),
            Some(group) => {
                let function = self.aggregate_function(&what)?;
                let function = self.distinct(function, part(&group, Rule::distinct))?;
                BindingKind::Aggregate { function, value: self.expression(&part(&group, Rule::expression)?)? }
            }
        };
        Some(Binding { variable, kind, span: self.span(pair) })
    }
}
