//! The OpenAPI schema of the answers, generated from the question table so that the two cannot differ.

use std::borrow::Cow;

use utoipa::openapi::schema::{AdditionalProperties, Array, Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::fields::DateInput;
use crate::fields::form::Choice;
use crate::questionnaire::answers::Answers;
use crate::questionnaire::json_body;
use crate::questionnaire::question::{Field, Input, Question};
use crate::questionnaire::questions;
use crate::questionnaire::steps::StepId;

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String))
}

fn closed(object: ObjectBuilder) -> Object {
    object.additional_properties(Some(AdditionalProperties::FreeForm(false))).build()
}

fn field(field: &Field) -> RefOr<Schema> {
    match field.input {
        Input::Line { .. } | Input::Block | Input::Email | Input::Phone | Input::Postcode | Input::Hidden => text().into(),
        Input::One(_) => text()
            .enum_values(json_body::choices(field).map(|codes| codes.iter().copied()))
            .into(),
        Input::Many(_) => {
            let item = text().enum_values(json_body::choices(field).map(|codes| codes.iter().copied()));
            RefOr::T(Schema::Array(Array::new(RefOr::T(Schema::Object(item.build())))))
        }
        Input::Tick => ObjectBuilder::new().schema_type(SchemaType::new(Type::Boolean)).into(),
        Input::Date(_) => Ref::from_schema_name(DateInput::name()).into(),
    }
}

/// Returns the schema of one question's JSON body.
pub fn question(question: &Question) -> RefOr<Schema> {
    // Which dates are required depends on other answers.
    object(question, |f| f.required_error.is_some() && !matches!(f.input, Input::Date(_)))
}

/// Returns the schema of a stored answer. It may lack the best way to reach the person, which is left out if it is not safe any more.
fn stored(question: &Question) -> RefOr<Schema> {
    if question.step == StepId::ContactChoice {
        object(question, |_| false)
    } else {
        self::question(question)
    }
}

fn object(question: &Question, is_required: impl Fn(&Field) -> bool) -> RefOr<Schema> {
    let object = question.fields().iter().fold(ObjectBuilder::new(), |object, f| {
        let object = object.property(f.name, field(f));
        if is_required(f) { object.required(f.name) } else { object }
    });
    RefOr::T(Schema::Object(closed(object)))
}

impl PartialSchema for Answers {
    fn schema() -> RefOr<Schema> {
        let one = |object: ObjectBuilder, q: &'static Question| object.property(q.step.code(), stored(q));
        let all = questions::all().fold(ObjectBuilder::new(), one);
        let described = all.description(Some(
            "The checked answers so far, by question. One that was not answered is left out. The questions about a second thing complained of, and so on, end in `_2` and so on.",
        ));
        RefOr::T(Schema::Object(described.build()))
    }
}

impl ToSchema for Answers {
    fn name() -> Cow<'static, str> {
        "Answers".into()
    }
}
