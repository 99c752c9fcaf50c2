//! The fields of each case action's form.

use leptos::prelude::*;

use crate::app::components::Textarea;
use crate::app::components::choices::{Choices, Item};
use crate::app::components::errors::{FieldMessage, described_by, group_class};
use crate::app::pages::case_action::Form;
use crate::app::pages::question::QuestionSentences;
use crate::app::words::{language, say, say_with};
use complaint::case::actions::{ANSWER_FIELDS, CaseActionKind};
use complaint::case::outcome::{Done, ReviewGround};
use complaint::fields::form::Choice;
use complaint::questionnaire::questions::{CategoryKind, subcategories};
use complaint::{Answers, StepId};

pub(crate) fn of(kind: CaseActionKind, form: &Form<'_>) -> AnyView {
    match kind {
        CaseActionKind::Message => text(form, "message", "case_actions.message.message", ""),
        CaseActionKind::Diary => (day(form), text(form, "what", "case_actions.diary.what", "")).into_any(),
        CaseActionKind::Answer => answers(form),
        CaseActionKind::Orders => order(form),
        CaseActionKind::Review => review(form),
        CaseActionKind::Issue => issue(form),
        CaseActionKind::Withdraw => text(form, "reason", "case_actions.withdraw.reason", ""),
        // No fields: `Files` has only files, and each question of `AddMore` has a page of its own.
        CaseActionKind::Files | CaseActionKind::AddMore | CaseActionKind::UndoWithdrawal => ().into_any(),
    }
}

/// A long answer. `hint` is a key, or empty.
fn text(form: &Form<'_>, name: &'static str, label: &str, hint: &str) -> AnyView {
    let hint = if hint.is_empty() { String::new() } else { say(hint) };
    view! { <Textarea name label=say(label) hint value=form.typed.raw(name) errors=form.errors/> }.into_any()
}

/// A day, or a month without a day.
fn day(form: &Form<'_>) -> AnyView {
    let errors = form.errors;
    let part = |id: &'static str, label: &str, width: &'static str, inputmode: Option<&'static str>| {
        view! {
            <div class="govuk-date-input__item">
                <div class="govuk-form-group">
                    <label class="govuk-label govuk-date-input__label" for=id>{say(label)}</label>
                    <input
                        class=move || {
                            let wrong = if errors.of("on").is_some() { " govuk-input--error" } else { "" };
                            format!("govuk-input govuk-date-input__input {width}{wrong}")
                        }
                        id=id
                        name=id
                        type="text"
                        inputmode=inputmode
                        autocomplete="off"
                        value=form.typed.raw(id).to_owned()
                    />
                </div>
            </div>
        }
        .into_any()
    };
    view! {
        <div class=group_class(errors, "on")>
            <fieldset class="govuk-fieldset" role="group" aria-describedby=described_by(errors, "on", true)>
                <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">{say("case_actions.diary.on")}</legend>
                <div id="on-hint" class="govuk-hint">{say("case_actions.diary.on_hint")}</div>
                <FieldMessage errors name="on"/>
                <div class="govuk-date-input">
                    {part("on-day", "date.day", "govuk-input--width-2", Some("numeric"))}
                    {part("on-month", "date.month", "govuk-input--width-4", None)}
                    {part("on-year", "date.year", "govuk-input--width-4", Some("numeric"))}
                </div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// The organisation's questions, in its own words.
fn answers(form: &Form<'_>) -> AnyView {
    let Some(request) = &form.case.request else {
        return ().into_any();
    };
    let due = say_with("case.answer_by", &[("date", language().date(request.due))]);
    let asked = ANSWER_FIELDS.iter().copied().zip(&request.questions);
    let asked = asked
        .map(|(name, question)| {
            view! { <Textarea name label=question.clone() value=form.typed.raw(name) errors=form.errors rows=4/> }.into_any()
        })
        .collect_view();
    view! {
        <p class="govuk-body"><strong>{due}</strong></p>
        <input type="hidden" name="request" value=request.n.to_string()/>
        {asked}
    }
    .into_any()
}

fn order(form: &Form<'_>) -> AnyView {
    let order = form
        .case
        .orders
        .iter()
        .find(|order| order.order == form.order)
        .or(form.case.orders.first());
    let Some(order) = order else { return ().into_any() };
    let by = say_with("case.order_by", &[("date", language().date(order.due))]);
    let chosen = match form.typed.raw("done") {
        "" => order.done.map(|done| done.code().to_owned()).into_iter().collect(),
        typed => vec![typed.to_owned()],
    };
    let items = Done::ALL.iter().map(|done| Item {
        code: done.code(),
        text: say(&format!("case_actions.orders.choice.{}", done.code())),
        hint: None,
    });
    view! {
        <div class="govuk-inset-text">
            <p class="govuk-body or-user-text">{order.what.clone()}</p>
            <p class="govuk-body">{by}</p>
        </div>
        <input type="hidden" name="order" value=order.order.to_string()/>
        <Choices
            name="done"
            legend=say("case_actions.orders.legend")
            items=items.collect()
            chosen
            errors=form.errors
            hint=String::new()
            heading=false
            many=false
        />
        {text(form, "note", "case_actions.orders.note", "")}
    }
    .into_any()
}

fn review(form: &Form<'_>) -> AnyView {
    let items = ReviewGround::ALL.iter().map(|ground| Item {
        code: ground.code(),
        text: say(&format!("case_actions.review.ground.{}", ground.code())),
        hint: None,
    });
    let until = form
        .case
        .review_until
        .map(|until| say_with("case.review_until", &[("date", language().date(until))]));
    view! {
        {until.map(|text| view! { <p class="govuk-body"><strong>{text}</strong></p> })}
        <Choices
            name="ground"
            legend=say("case_actions.review.legend")
            items=items.collect()
            chosen=vec![form.typed.raw("ground").to_owned()]
            errors=form.errors
            hint=String::new()
            heading=false
            many=false
        />
        {text(form, "why", "case_actions.review.why", "")}
    }
    .into_any()
}

fn issue(form: &Form<'_>) -> AnyView {
    let answers = Answers::default();
    let items = CategoryKind::ALL.iter().map(|category| {
        let (text, hint) = QuestionSentences::new(StepId::Category, &answers).option("category", category.code());
        Item {
            code: category.code(),
            text,
            hint,
        }
    });
    view! {
        <Choices
            name="category"
            legend=say("case_actions.add_issue.category")
            items=items.collect()
            chosen=vec![form.typed.raw("category").to_owned()]
            errors=form.errors
            hint=String::new()
            heading=false
            many=false
        />
        {narrower(form)}
        {text(form, "what_happened", "case_actions.add_issue.what_happened", "case_actions.add_issue.what_happened_hint")}
        {text(form, "put_right", "case_actions.add_issue.put_right", "")}
    }
    .into_any()
}

/// The subcategories, grouped by category.
fn narrower(form: &Form<'_>) -> AnyView {
    let answers = Answers::default();
    let (errors, typed) = (form.errors, form.typed.raw("subcategory"));
    let groups = CategoryKind::ALL
        .iter()
        .filter(|category| !subcategories(**category).is_empty())
        .map(|category| {
            let (label, _) = QuestionSentences::new(StepId::Category, &answers).option("category", category.code());
            let options = subcategories(*category)
                .iter()
                .map(|code| {
                    let (text, _) = QuestionSentences::new(StepId::Subcategory, &answers).option("subcategory", code);
                    view! { <option value=*code selected=typed == *code>{text}</option> }.into_any()
                })
                .collect_view();
            view! { <optgroup label=label>{options}</optgroup> }.into_any()
        })
        .collect_view();
    view! {
        <div class=group_class(errors, "subcategory")>
            <label class="govuk-label govuk-label--m" for="subcategory">{say("case_actions.add_issue.subcategory")}</label>
            <FieldMessage errors name="subcategory"/>
            <select class="govuk-select" id="subcategory" name="subcategory" aria-describedby=described_by(errors, "subcategory", false)>
                <option value="">{say("case_actions.add_issue.no_subcategory")}</option>
                {groups}
            </select>
        </div>
    }
    .into_any()
}
