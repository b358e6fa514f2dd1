//! Languages (BCP 47).

use lyceum_kit::prelude::*;
use oxilangtag::LanguageTag;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use utoipa::ToSchema;

/// Longest tag, in bytes (RFC 5646, 4.4.1).
const LIMIT: usize = 35;

/// The codes of ISO 639-2 that libraries use (639-2/B) where all others use another one (639-2/T): the first of each two.
const BIBLIOGRAPHIC: [(&str, &str); 20] = [
    ("alb", "sqi"),
    ("arm", "hye"),
    ("baq", "eus"),
    ("bur", "mya"),
    ("chi", "zho"),
    ("cze", "ces"),
    ("dut", "nld"),
    ("fre", "fra"),
    ("geo", "kat"),
    ("ger", "deu"),
    ("gre", "ell"),
    ("ice", "isl"),
    ("mac", "mkd"),
    ("mao", "mri"),
    ("may", "msa"),
    ("per", "fas"),
    ("rum", "ron"),
    ("slo", "slk"),
    ("tib", "bod"),
    ("wel", "cym"),
];

/// The language that a book is in, such as `pt` or `zh-Hant`: a tag by BCP 47 with a language of ISO 639, in the case and
/// with the shortest code that the standard wants. `mul` is several, `zxx` none, `und` one that nobody knows.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, examples("pt"))]
pub(crate) struct Language(String);

impl Language {
    /// Reads a tag: `LANGUAGE` if it is none, or if ISO 639 has no such language.
    pub(crate) fn parse(text: &str) -> Result<Self, Violation> {
        let wrong =
            || Violation::new("LANGUAGE", "Must be a language tag such as pt, eng or zh-Hant (BCP 47).");
        let text = text.trim();
        if text.len() > LIMIT {
            return Err(wrong());
        }
        let tag = LanguageTag::parse_and_normalize(text).map_err(|_| wrong())?;
        let code = tag.primary_language();
        let terminological =
            BIBLIOGRAPHIC.iter().find(|(bibliographic, _)| *bibliographic == code).map(|(_, other)| *other);
        let code_of_3 = terminological.unwrap_or(code);
        let known = isolang::Language::from_639_1(code).or_else(|| isolang::Language::from_639_3(code_of_3));
        let known = known.ok_or_else(|| Violation::new("LANGUAGE", "ISO 639 has no such language."))?;
        let shortest = known.to_639_1().unwrap_or_else(|| known.to_639_3());
        let rest = tag.as_str().get(code.len()..).unwrap_or_default();
        Ok(Self(format!("{shortest}{rest}")))
    }

    /// The language's code of ISO 639-2 as libraries use it, or that of ISO 639-3 if there is none.
    pub(crate) fn bibliographic(&self) -> &'static str {
        let code = self.0.split('-').next().unwrap_or_default();
        let known = isolang::Language::from_639_1(code).or_else(|| isolang::Language::from_639_3(code));
        let code = known.map_or("und", |language| language.to_639_3());
        BIBLIOGRAPHIC
            .iter()
            .find(|(_, other)| *other == code)
            .map_or(code, |(bibliographic, _)| bibliographic)
    }

    /// The tag.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(|wrong| D::Error::custom(wrong.message))
    }
}

impl IntoValue for Language {
    fn into_value(self) -> Value {
        self.0.into_value()
    }
}

impl FromValue for Language {
    fn from_value(value: Value) -> Option<Self> {
        String::from_value(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_one_tag_however_it_is_written() {
        for (given, kept) in [
            ("pt", "pt"),
            ("POR", "pt"),
            ("deu", "de"),
            ("ZH-hant", "zh-Hant"),
            ("pt-br", "pt-BR"),
            (" grc ", "grc"),
            ("mul", "mul"),
            ("und", "und"),
            ("ger", "de"),
            ("FRE-CH", "fr-CH"),
        ] {
            assert_eq!(Language::parse(given).map(|language| language.0), Ok(kept.to_owned()), "{given}");
        }
    }

    #[test]
    fn libraries_codes_are_those_of_languages_and_of_no_other() {
        for (bibliographic, terminological) in BIBLIOGRAPHIC {
            assert_eq!(isolang::Language::from_639_3(bibliographic), None, "{bibliographic}");
            let language = Language::parse(terminological).unwrap();
            assert_eq!(Language::parse(bibliographic).unwrap(), language);
            assert_eq!((language.as_str().len(), language.bibliographic()), (2, bibliographic));
        }
    }

    #[test]
    fn what_is_no_language_is_refused() {
        for bad in ["", "x", "Portuguese", "qqq", "xx", "pt_BR", "pt-", "de-\u{0}", &"pt-a".repeat(20)] {
            assert_eq!(Language::parse(bad).map_err(|wrong| wrong.code), Err("LANGUAGE"), "{bad}");
        }
    }
}
