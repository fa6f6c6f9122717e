//! Random rules.

use super::choices::Choices;
use super::expression::Expressions;
use super::features::Features;
use super::group::Head;
use crate::schema::Schema;
use crate::value::Kind;

/// The text of a rule that the checker accepts.
pub fn rule(choices: &mut Choices<'_>, schema: &Schema, features: Features, name: &str) -> String {
    let has_groups = features.groups && choices.chance(10);
    let patterns = 1 + choices.weighted(if has_groups { &[3, 1] } else { &[6, 8, 4, 1, 1] });
    let variables: Vec<(String, usize)> =
        (0..patterns).map(|at| (format!("v{at}"), choices.below(schema.types.len()))).collect();
    let salience = match choices.weighted(&[6, 1, 1, 1]) {
        0 => "",
        1 => " salience 1",
        2 => " salience 5",
        _ => " salience -1",
    };
    let no_loop = if choices.chance(20) { " no-loop" } else { "" };
    let mut expressions = Expressions::new(choices, schema, features, variables);
    let Head { blocks, condition } =
        if has_groups { expressions.group_head() } else { expressions.plain_head() };
    let mut effects = Vec::new();
    if !no_loop.is_empty() && expressions.choices.chance(50) {
        effects.extend(expressions.update());
    }
    if has_groups && expressions.choices.chance(60) {
        let derived_values: Vec<&str> = expressions.derived_values.iter().map(|(name, _)| &**name).collect();
        effects.push(format!("Print({})", derived_values.join(", ")));
    }
    for _ in 0..1 + expressions.choices.weighted(&[6, 3, 1]) {
        effects.push(expressions.effect());
    }
    format!("rule {name}{salience}{no_loop} : {blocks} / {condition} ==> {}", effects.join(", "))
}

impl Expressions<'_, '_> {
    fn plain_head(&mut self) -> Head {
        let mut blocks = String::new();
        for (at, (variable, ty)) in self.variables.iter().enumerate() {
            let opening = match at {
                0 => "{",
                _ if self.choices.chance(15) => "} / {",
                _ => ", ",
            };
            blocks += &format!("{opening}{variable}: {}", self.schema.types[*ty].name);
        }
        Head { blocks: blocks + "}", condition: self.rule_condition().unwrap_or_default() }
    }

    fn effect(&mut self) -> String {
        let (variable, _) = self.choices.pick(&self.variables);
        match self.choices.weighted(&[12, 1, 1, 1, 4, 2, 2]) {
            0 => self.call(),
            1 => format!("Print({})", self.printed()),
            2 => format!("Log({}, {})", self.printed(), self.printed()),
            3 => self.insert("Insert"),
            6 => self.insert("InsertLogical"),
            4 => self.update().unwrap_or_else(|| "Log(\"no reference\")".to_owned()),
            _ => format!("Retract({variable})"),
        }
    }

    fn update(&mut self) -> Option<String> {
        let (variable, ty) = self.choices.pick(&self.variables);
        let fields = self.fields(ty, false)?;
        Some(format!("Update({variable}, {{{fields}}})"))
    }

    fn insert(&mut self, effect: &str) -> String {
        let ty = self.choices.below(self.schema.types.len());
        match self.fields(ty, true) {
            Some(fields) => format!("{effect}({}({fields}))", self.schema.types[ty].name),
            None => "Log(\"no reference\")".to_owned(),
        }
    }

    /// Something to print. References are shown by name.
    fn printed(&mut self) -> String {
        let kind = self.choices.pick(&[Kind::Text, Kind::Int, Kind::Number, Kind::Bool]);
        match self.choices.below(4) {
            3 => self.choices.pick(&self.variables).0,
            _ => self.operand(kind, 2).unwrap_or_default(),
        }
    }

    fn call(&mut self) -> String {
        let action = self.choices.pick(&self.schema.actions);
        let mut arguments = Vec::new();
        for parameter in &action.parameters {
            if (parameter.optional || parameter.default.is_some()) && self.choices.chance(50) {
                break;
            }
            match self.operand(parameter.kind, 2) {
                Some(argument) => arguments.push(argument),
                None if parameter.optional => break,
                None => return "Log(\"no reference\")".to_owned(),
            }
        }
        if arguments.is_empty() {
            action.name.clone()
        } else {
            format!("{}({})", action.name, arguments.join(", "))
        }
    }

    /// Values for fields of a type: for all required ones, or for some. `None` if a reference is
    /// required and there is none.
    fn fields(&mut self, ty: usize, all: bool) -> Option<String> {
        let declared = &self.schema.types[ty];
        let mut written = Vec::new();
        let chosen = self.choices.below(declared.fields.len());
        for (index, field) in declared.fields.iter().enumerate() {
            let wanted = if all {
                !field.optional || self.choices.chance(70)
            } else {
                index == chosen || self.choices.chance(15)
            };
            if wanted {
                match self.operand(field.kind, 2) {
                    // A rule that fires again and again must not double a text each time.
                    Some(value) if value.contains('+') && field.kind == Kind::Text => {
                        written.push(format!("{}: SUBSTRING({value}, 0, 5)", field.name));
                    }
                    Some(value) => written.push(format!("{}: {value}", field.name)),
                    None if all && field.optional => {}
                    None => return None,
                }
            }
        }
        Some(written.join(", "))
    }
}
