//! What the API's description says of a route: the words of the table's rows.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, Schema, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, Ref, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};

/// Schemas by name.
pub(crate) type Schemas = BTreeMap<String, RefOr<Schema>>;

/// What is said of a route.
#[derive(Clone)]
pub(crate) struct Doc {
    /// What it does.
    pub(crate) summary: &'static str,
    /// Its query.
    pub(crate) query: Vec<Parameter>,
    /// Its body, and whether there must be one.
    pub(crate) body: Option<(RefOr<Schema>, bool)>,
    /// Its answer's media type and shape.
    pub(crate) answer: (&'static str, RefOr<Schema>),
    /// Statuses beside 200 and those that every route of its kind has.
    pub(crate) statuses: Vec<u16>,
    /// Every schema that is named.
    pub(crate) schemas: Schemas,
}

/// A route that answers with `T`.
pub(crate) fn gives<T: ToSchema>(summary: &'static str) -> Doc {
    let mut schemas = Schemas::new();
    let answer = ("application/json", name::<T>(&mut schemas));
    Doc { summary, query: Vec::new(), body: None, answer, statuses: Vec::new(), schemas }
}

/// A route that answers with a list of `T`.
pub(crate) fn lists<T: ToSchema>(summary: &'static str) -> Doc {
    let mut doc = gives::<T>(summary);
    doc.answer.1 = utoipa::openapi::ArrayBuilder::new().items(doc.answer.1).into();
    doc
}

/// A route that answers with text of some media type.
pub(crate) fn writes(summary: &'static str, kind: &'static str) -> Doc {
    let answer = (kind, text());
    Doc { summary, query: Vec::new(), body: None, answer, statuses: Vec::new(), schemas: Schemas::new() }
}

impl Doc {
    /// With a body of `T`.
    pub(crate) fn takes<T: ToSchema>(mut self) -> Self {
        self.body = Some((name::<T>(&mut self.schemas), true));
        self
    }

    /// With a body of `T` that may be left out.
    pub(crate) fn may_take<T: ToSchema>(mut self) -> Self {
        self.body = Some((name::<T>(&mut self.schemas), false));
        self
    }

    /// With these statuses too.
    pub(crate) fn also(mut self, statuses: &[u16]) -> Self {
        self.statuses.extend(statuses);
        self
    }

    /// With a word in its query that may be left out.
    pub(crate) fn asks(self, word: &'static str, about: &'static str, schema: impl Into<RefOr<Schema>>) -> Self {
        self.query(word, about, schema.into(), Required::False)
    }

    /// With a word in its query that must be there.
    pub(crate) fn needs(self, word: &'static str, about: &'static str, schema: impl Into<RefOr<Schema>>) -> Self {
        self.query(word, about, schema.into(), Required::True)
    }

    fn query(mut self, word: &'static str, about: &'static str, schema: RefOr<Schema>, required: Required) -> Self {
        let parameter = ParameterBuilder::new()
            .name(word)
            .parameter_in(ParameterIn::Query)
            .description(Some(about))
            .required(required)
            .schema(Some(schema));
        self.query.push(parameter.build());
        self
    }
}

/// The name of a schema, which is noted with all that it names.
pub(crate) fn name<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    let mut named = vec![(T::name().into_owned(), <T as PartialSchema>::schema())];
    T::schemas(&mut named);
    schemas.extend(named);
    Ref::from_schema_name(T::name()).into()
}

/// A text.
pub(crate) fn text() -> RefOr<Schema> {
    Object::with_type(Type::String).into()
}

/// A whole number from `min` to `max`.
pub(crate) fn number(min: u32, max: u64) -> RefOr<Schema> {
    let mut object = Object::with_type(Type::Integer);
    object.format = Some(SchemaFormat::KnownFormat(KnownFormat::Int64));
    object.minimum = Some(f64::from(min).into());
    #[expect(clippy::cast_precision_loss, reason = "limits of numbers, far below 2^52")]
    {
        object.maximum = Some((max as f64).into());
    }
    object.into()
}
