//! Rules as text at run time: whole programs that are interpreted, and rules added to a session of
//! compiled ones.
//!
//! Text goes through the same compiler as in a build; only code generation is left out. The
//! resulting rules join the same network as compiled rules and share its nodes.

#[cfg(test)]
mod run_limit;
mod script;

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use tsd_compiler::Planning;
use tsd_compiler::diagnostics::Diagnostic;
use tsd_compiler::source::{FileId, SourceMap};
use tsd_ir::{ActionId, Const, Schema, Sharing, Signature, Value};

use crate::error::{Error, RuleErrors};
use crate::eval::{Natives, Tuple};
use crate::matcher::Base;
use crate::session::{Context, Core, Program, RuleBase, Session, SessionBuilder};

/// Performs the actions of interpreted rules.
pub trait Host: Sized + 'static {
    /// Performs an action. There is one argument for each parameter. An optional parameter without
    /// a value is [`Value::Missing`].
    fn perform(&mut self, action: &str, arguments: &[Value], context: &mut Context<'_, Interpreted<Self>>);
}

/// Actions that do nothing, for programs of which only the match or the facts matter.
impl Host for () {
    fn perform(&mut self, _: &str, _: &[Value], _: &mut Context<'_, Interpreted<Self>>) {}
}

/// The program of an [`Engine`].
#[derive(Debug)]
pub struct Interpreted<H>(PhantomData<fn() -> H>);

impl<H: Host> Program for Interpreted<H> {
    type Host = H;
    type Objects = ();

    /// An interpreted program has no generated calls.
    fn call(_: u32, _: Tuple<'_>, _: &[Const], _: &mut H) -> bool {
        false
    }

    fn perform(action: ActionId, arguments: &[Value], host: &mut H, context: &mut Context<'_, Self>) {
        let name = context.schema().action(action).name.clone();
        host.perform(&name, arguments, context);
    }
}

/// A session whose rules are interpreted: no rustc needed.
///
/// ```
/// use tsd_runtime::{Context, Engine, Host, Interpreted, ir::Value};
///
/// struct Collect(Vec<String>);
/// impl Host for Collect {
///     fn perform(&mut self, action: &str, arguments: &[Value], _: &mut Context<'_, Interpreted<Self>>) {
///         self.0.push(format!("{action} {arguments:?}"));
///     }
/// }
///
/// let rules = r#"
///     type Order(#id: string, value: number)
///     action flag(order: string)
///     rule big : {o: Order} / o.value > 100 ==> flag(o.id)
///     Order(id: "o1", value: 120)
/// "#;
/// let mut engine = Engine::from_text("orders.tsd", rules, Collect(Vec::new()))?;
/// engine.run()?;
/// assert_eq!(engine.host().0, [r#"flag [Text("o1")]"#]);
/// # Ok::<(), tsd_runtime::Error>(())
/// ```
pub type Engine<H> = Session<Interpreted<H>>;

impl<H: Host> Engine<H> {
    /// Begins an engine without rules, for [`execute`](Self::execute), or of the rules of a
    /// [base](SessionBuilder::rule_base); the builder sets what differs from the defaults.
    pub fn builder(host: H) -> SessionBuilder<Interpreted<H>> {
        SessionBuilder::new(host, |sharing| {
            let base = Base::new(Schema::default(), sharing, Natives::default());
            RuleBase::new(Arc::new(base), Cow::Borrowed(&[]))
        })
    }

    /// Interprets a program or script given as text; messages call it `name`. Its facts are
    /// inserted. Rules fire only in [`run`](Session::run). The session keeps the compiler's
    /// warnings for [`take_warnings`](Self::take_warnings).
    ///
    /// # Errors
    /// [`Error::Rules`] with every error in the text.
    pub fn from_text(name: &str, text: &str, host: H) -> Result<Self, Error> {
        let mut sources = SourceMap::new();
        let file = sources.add(name, text);
        let mut engine = Self::builder(host).build();
        engine.core.warnings = engine.execute_sources(&sources, &[file], &Planning::default())?;
        Ok(engine)
    }

    /// The compiler's warnings about the text that [`from_text`](Self::from_text) was given. The
    /// second call returns none.
    ///
    /// ```
    /// use tsd_runtime::Engine;
    ///
    /// let rules = "type Lamp(#id: string, on: bool)
    ///              rule never : {l: Lamp} / l.on AND NOT l.on ==> Print(l.id)";
    /// let mut engine = Engine::from_text("lamps.tsd", rules, ())?;
    /// let warnings = engine.take_warnings();
    /// assert_eq!(warnings.len(), 1);
    /// assert!(!warnings[0].is_error() && engine.take_warnings().is_empty());
    /// # Ok::<(), tsd_runtime::Error>(())
    /// ```
    pub fn take_warnings(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.core.warnings)
    }

    /// Executes a script on top of everything executed before. It may add types, actions, rules and
    /// facts, and contain `remove rule`, `remove fact` and `reset`. Added rules see the existing
    /// facts. Nothing fires before [`run`](Session::run). Returns the compiler's warnings.
    ///
    /// ```
    /// use tsd_runtime::Engine;
    ///
    /// let rules = "type Lamp(#id: string, on: bool) rule lit : {l: Lamp} / l.on ==> Print(l.id)";
    /// let mut engine = Engine::from_text("lamps.tsd", rules, ())?;
    /// engine.execute(r#"Lamp(id: "hall", on: true) Lamp(id: "attic", on: true)"#)?;
    /// engine.execute("remove fact Lamp attic")?;
    /// assert_eq!(engine.run()?.total(), 1);
    /// # Ok::<(), tsd_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Rules`] with every error in the text; the session is then as before.
    pub fn execute(&mut self, text: &str) -> Result<Vec<Diagnostic>, Error> {
        let mut sources = SourceMap::new();
        let file = sources.add("script", text);
        self.execute_sources(&sources, &[file], &Planning::default())
    }

    /// Executes a script of several files, read in the order given, with options for the planner;
    /// see [`execute`](Self::execute).
    ///
    /// # Errors
    /// Those of [`execute`](Self::execute).
    pub fn execute_sources(
        &mut self,
        sources: &SourceMap,
        files: &[FileId],
        planning: &Planning<'_>,
    ) -> Result<Vec<Diagnostic>, Error> {
        self.core.check()?;
        let network = &self.core.matcher.base.network;
        let existing = |signature: &Signature| network.has_join(signature);
        let planning = Planning { existing: Some(&existing), ..*planning };
        let compilation = tsd_compiler::compile_script_with(&self.core, sources, files, &planning);
        let Some(script) = compilation.script else {
            return Err(RuleErrors::new(sources, compilation.diagnostics).into());
        };
        self.core.make_sure_of_room(script.views())?;
        self.core.perform(script);
        Ok(compilation.diagnostics)
    }

    /// Interprets a program that the compiler has already checked. Its facts are inserted; rules
    /// fire only in [`run`](Session::run).
    pub fn from_module(module: tsd_compiler::Module, host: H, sharing: Sharing) -> Self {
        let mut core = Core::new(Arc::new(Base::new(module.schema, sharing, Natives::default())));
        core.add_rules(module.rules.into_iter().map(|planned| Arc::new(planned.rule)).collect());
        core.insert_initial(&module.facts);
        core.initial = module.facts.into();
        Self { host, core }
    }
}

impl<H: Host> RuleBase<Interpreted<H>> {
    /// The rules of a program given as text, for any number of sessions; messages call it `name`.
    /// Each session begins with the facts written in it. Returns the compiler's warnings with the
    /// rules.
    ///
    /// # Errors
    /// [`Error::Rules`] with every error in the text, which must not be a script.
    pub fn from_text(name: &str, text: &str) -> Result<(Self, Vec<Diagnostic>), Error> {
        let mut sources = SourceMap::new();
        let file = sources.add(name, text);
        let compilation = tsd_compiler::compile(&sources, &[file]);
        let Some(module) = compilation.module else {
            return Err(RuleErrors::new(&sources, compilation.diagnostics).into());
        };
        let mut core: Core<Interpreted<H>> =
            Core::new(Arc::new(Base::new(module.schema, Sharing::On, Natives::default())));
        core.add_rules(module.rules.into_iter().map(|planned| Arc::new(planned.rule)).collect());
        Ok((Self::new(core.matcher.share(), module.facts.into()), compilation.diagnostics))
    }
}

impl<P: Program> RuleBase<P> {
    /// The same rules followed by those of a text, and the compiler's warnings.
    ///
    /// Costs about as much as building the network of all of them.
    ///
    /// # Errors
    /// [`Error::Rules`] with every error in the text; [`Error::DuplicateRule`].
    pub fn with_rules(&self, text: &str) -> Result<(Self, Vec<Diagnostic>), Error> {
        let mut warnings = Vec::new();
        let more = self.changed(|core| {
            warnings = core.add_text(text)?;
            Ok(())
        })?;
        Ok((more, warnings))
    }
}

impl<P: Program> Session<P> {
    /// Adds the rules of a text to the session. They see the existing facts and call the same
    /// actions as other rules. They share nodes with compiled rules, too. Returns the compiler's
    /// warnings.
    ///
    /// Costs one pass over the facts of the types that the rules match, for all rules of the text
    /// together.
    ///
    /// # Errors
    /// [`Error::Rules`] with every error in the text, [`Error::DuplicateRule`] for a name that is
    /// in use. No rule is then added.
    pub fn add_rule(&mut self, text: &str) -> Result<Vec<Diagnostic>, Error> {
        self.core.add_text(text)
    }
}

impl<P: Program> Core<P> {
    /// Adds the rules of a text. Returns the compiler's warnings.
    fn add_text(&mut self, text: &str) -> Result<Vec<Diagnostic>, Error> {
        self.check()?;
        let mut sources = SourceMap::new();
        let file = sources.add("rule", text);
        let network = &self.matcher.base.network;
        let existing = |signature: &Signature| network.has_join(signature);
        let planning = Planning { existing: Some(&existing), ..Planning::default() };
        let compilation =
            tsd_compiler::compile_rules_with(&self.matcher.base.schema, &sources, file, &planning);
        let Some(rules) = compilation.rules else {
            return Err(RuleErrors::new(&sources, compilation.diagnostics).into());
        };
        if let Some(known) =
            rules.iter().find(|planned| self.matcher.base.rules.find(&planned.rule.name).is_some())
        {
            return Err(Error::DuplicateRule(known.rule.name.to_string()));
        }
        self.make_sure_of_room(rules.iter().map(|planned| planned.rule.views.len()).sum())?;
        self.add_rules(rules.into_iter().map(|planned| Arc::new(planned.rule)).collect());
        Ok(compilation.diagnostics)
    }
}
