//! The declaration of a service.

/// Declares a service: its exports follow from it. See the crate's README.
///
/// A migration is a file in `migrations/`, or one that the kit offers: `"0002-sequences" = lyceum_kit::sql::SEQUENCES`.
///
/// The parts stand in this order; `identity`, `migrations`, `documents`, `publishes` and `on` may be absent; `documents`
/// names a function that gives the [`Declaration`](crate::documents::Declaration)s of the collections.
///
/// `publishes` lists the types of the events that the service publishes. `on` says what it does with those of others:
///
/// ```ignore
/// publishes: [BookAdded, BookLost],
/// on: {
///     // fn(&Projection<'_>, &CopyAdded) -> Result<(), EventError>, which can't publish
///     projection: { CopyAdded => events::copy_added },
///     // fn(&Received, &UserCreated) -> Result<(), EventError>
///     reaction: { UserCreated => events::welcome },
///     // &[Job], on ticks
///     periodic: events::JOBS,
///     // see [`erasure`](crate::erasure)
///     erase: events::erase,
/// },
/// ```
///
/// Each of the four may be absent. The manifest names the same kinds; a test of the service compares them.
/// A service whose paths are not known when it is written, such as a
/// gateway, has `answer: path::to::function` (an [`Answer`](crate::service::Answer))
/// in place of `routes`.
#[macro_export]
macro_rules! service {
    (name: $name:literal, identity: $identity:ident, $($rest:tt)*) => {
        $crate::service!(@declare [.$identity()] $name, $($rest)*);
    };
    (name: $name:literal, $($rest:tt)*) => {
        $crate::service!(@declare [] $name, $($rest)*);
    };
    (
        @declare [$($identity:tt)*] $name:literal,
        $kind:ident: $routes:path
        $(, migrations: [$($migration:literal $(= $sql:path)?),+ $(,)?])?
        $(, documents: $documents:path)?
        $(, publishes: [$($published:ty),+ $(,)?])?
        $(, on: $on:tt)?
        $(,)?
    ) => {
        /// This service, as it is declared.
        pub static SERVICE: $crate::service::Service = $crate::service!(@new $kind $name, $routes)
            $($identity)*
            $(.with_database(
                &$crate::service::DATABASE,
                &[$($crate::service::Migration {
                    id: $migration,
                    sql: $crate::service!(@migration $migration $(= $sql)?),
                }),+],
            ))?
            $(.with_documents({
                static DOCUMENTS: $crate::documents::Documents = $crate::documents::Documents::new($documents);
                &DOCUMENTS
            }))?
            $(.publishing(&[$(<$published as $crate::event::Event>::KIND),+]))?
            $(.on($crate::service!(@on $on)))?;

        #[cfg(target_family = "wasm")]
        mod exports {
            struct Component;

            impl $crate::reexports::bindings::web::exports::wasi::http::incoming_handler::Guest for Component {
                fn handle(
                    request: $crate::reexports::bindings::imports::wasi::http::types::IncomingRequest,
                    out: $crate::reexports::bindings::imports::wasi::http::types::ResponseOutparam,
                ) {
                    $crate::http::serve(&super::SERVICE, request, out);
                }
            }
            $crate::reexports::bindings::web::export_web!(
                Component with_types_in $crate::reexports::bindings::web
            );

            $(
                impl $crate::reexports::bindings::database::exports::lyceum::data::schema::Guest for Component {
                    fn migrations()
                    -> ::std::vec::Vec<$crate::reexports::bindings::database::exports::lyceum::data::schema::Migration>
                    {
                        use $crate::reexports::bindings::database::exports::lyceum::data::schema;
                        let declared = $crate::service!(@database $($migration $(= $sql)?)+ => super::SERVICE.migrations());
                        declared
                            .iter()
                            .map(|declared| schema::Migration { id: declared.id.into(), sql: declared.sql.into() })
                            .collect()
                    }
                }
                $crate::reexports::bindings::database::export_database!(
                    Component with_types_in $crate::reexports::bindings::database
                );
            )?

            $(
                impl $crate::reexports::bindings::documented::exports::lyceum::data::collections::Guest for Component {
                    fn collections()
                    -> ::std::vec::Vec<$crate::reexports::bindings::documented::exports::lyceum::data::collections::Collection>
                    {
                        use $crate::reexports::bindings::documented::exports::lyceum::data::collections;
                        let declared = $crate::service!(@documents $documents => super::SERVICE.collections());
                        declared
                            .into_iter()
                            .map(|declared| collections::Collection {
                                name: declared.name.into(),
                                indexes: declared
                                    .indexes
                                    .into_iter()
                                    .map(|(name, fields)| collections::Index {
                                        name: name.into(),
                                        fields: fields.iter().map(|field| (*field).into()).collect(),
                                    })
                                    .collect(),
                            })
                            .collect()
                    }
                }
                $crate::reexports::bindings::documented::export_documented!(
                    Component with_types_in $crate::reexports::bindings::documented
                );
            )?

            $(
                impl $crate::reexports::bindings::subscriber::exports::wasmcloud::messaging::handler::Guest for Component {
                    fn handle_message(
                        message: $crate::reexports::bindings::subscriber::wasmcloud::messaging::types::BrokerMessage,
                    ) -> ::std::result::Result<(), ::std::string::String> {
                        $crate::service!(@event $on => super::SERVICE.handle(&message.body))
                    }
                }
                $crate::reexports::bindings::subscriber::export_subscriber!(
                    Component with_types_in $crate::reexports::bindings::subscriber
                );
            )?
        }
    };
    (@new routes $name:literal, $routes:path) => { $crate::service::Service::new($name, $routes) };
    (@new answer $name:literal, $answer:path) => { $crate::service::Service::answering($name, $answer) };
    (@migration $migration:literal) => {
        ::std::include_str!(
            ::std::concat!(::std::env!("CARGO_MANIFEST_DIR"), "/migrations/", $migration, ".sql")
        )
    };
    (@migration $migration:literal = $sql:path) => { $sql };
    (@on {
        $(projection: { $($projected:ty => $project:path),+ $(,)? } $(,)?)?
        $(reaction: { $($reacted:ty => $react:path),+ $(,)? } $(,)?)?
        $(periodic: $jobs:path,)?
        $(erase: $erase:path $(,)?)?
    }) => {{
        const SUBSCRIPTIONS: &[$crate::subscription::Subscription] = &[
            $($($crate::subscription::Subscription::projection::<$projected>(|projection| {
                $project(projection, &projection.decode::<$projected>()?)
            }),)+)?
            $($($crate::subscription::Subscription::reaction::<$reacted>(|received| {
                $react(received, &received.decode::<$reacted>()?)
            }),)+)?
            $($crate::erasure::subscription(|received| $crate::erasure::handle(received, $erase)),)?
        ];
        #[allow(unused_mut, unused_assignments)]
        const ON: $crate::service::On = {
            let mut on = $crate::service::On { subscriptions: SUBSCRIPTIONS, jobs: &[], erases: false };
            $(on.jobs = $jobs;)?
            $(
                on.erases = $crate::service!(@documents $erase => true);
            )?
            on
        };
        ON
    }};
    // A repetition must name what it repeats for.
    (@documents $documents:path => $result:expr) => { $result };
    (@event $on:tt => $result:expr) => { $result };
    (@database $($migration:literal $(= $sql:path)?)+ => $result:expr) => { $result };
}
