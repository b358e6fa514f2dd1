//! What is read of a component.

use super::findings::Span;
use crate::model::Component;

/// A component and the places in the text that checks across components name.
pub(crate) struct Draft {
    pub(crate) component: Component,
    /// Where its id stands.
    pub(crate) span: Span,
    pub(crate) source: Option<Span>,
    /// The components that it may call.
    pub(crate) calls: Vec<(String, Span)>,
    /// The variables that its templates name.
    pub(crate) names: Vec<(String, Span)>,
    pub(crate) publishes: Vec<(String, Span)>,
    /// One for each of the component's routes.
    pub(crate) routes: Vec<Span>,
    /// One for each of the component's subscriptions.
    pub(crate) subscriptions: Vec<Span>,
    /// Where the list of read models stands.
    pub(crate) read_models: Option<Span>,
    pub(crate) identity: Option<Span>,
}
