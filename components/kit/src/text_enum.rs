//! Enums whose values have texts, stated once.

/// Declares an enum whose values are the same texts in JSON, in the API description, in the database and in messages.
///
/// ```
/// # use lyceum_kit::{sql::{FromValue, IntoValue, Value}, text_enum};
/// text_enum! {
///     /// How far a book is.
///     pub enum Status {
///         /// Nobody sees it yet.
///         Draft = "draft",
///         /// Everybody sees it.
///         Published = "published",
///     }
/// }
/// assert_eq!(Status::ALL, [Status::Draft, Status::Published]);
/// assert_eq!(Status::Draft.to_string(), "draft");
/// assert_eq!(Status::from_name("published"), Some(Status::Published));
/// assert_eq!(Status::from_value(Status::Draft.into_value()), Some(Status::Draft));
/// assert!(serde_json::from_str::<Status>("\"Draft\"").is_err());
/// ```
#[macro_export]
macro_rules! text_enum {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$documentation:meta])* $variant:ident = $text:tt),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        #[derive(
            Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd,
            ::serde::Deserialize, ::serde::Serialize, ::utoipa::ToSchema,
        )]
        $visibility enum $name {
            $($(#[$documentation])* #[serde(rename = $text)] $variant),+
        }

        #[allow(dead_code, reason = "not every enum needs all of it")]
        impl $name {
            /// Every value, in the order of the declaration.
            $visibility const ALL: [Self; [$($text),+].len()] = [$(Self::$variant),+];

            /// Its text.
            $visibility const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }

            /// The value with this text.
            $visibility fn from_name(name: &str) -> ::std::option::Option<Self> {
                match name {
                    $($text => ::std::option::Option::Some(Self::$variant),)+
                    _ => ::std::option::Option::None,
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(self.name())
            }
        }

        impl $crate::sql::IntoValue for $name {
            fn into_value(self) -> $crate::sql::Value {
                $crate::sql::IntoValue::into_value(self.name())
            }
        }

        impl $crate::sql::FromValue for $name {
            fn from_value(value: $crate::sql::Value) -> ::std::option::Option<Self> {
                Self::from_name(&<::std::string::String as $crate::sql::FromValue>::from_value(value)?)
            }
        }
    };
}
