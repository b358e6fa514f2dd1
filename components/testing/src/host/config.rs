//! Configuration variables.

use std::{cell::RefCell, collections::BTreeMap};

use lyceum_kit::host::config::{Config, Error};

/// Any key will do: nobody outside of the test has it to believe.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

#[derive(Debug)]
pub(crate) struct Variables(RefCell<BTreeMap<String, String>>);

impl Variables {
    /// What every host tells a component.
    pub(crate) fn of(component: &str) -> Self {
        let variables =
            [("lyceum.component", component), ("lyceum.identity-key", KEY), ("lyceum.secret", KEY)];
        let owned = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self(RefCell::new(BTreeMap::from(owned)))
    }

    pub(crate) fn set(&self, name: &str, value: &str) {
        self.0.borrow_mut().insert(name.to_owned(), value.to_owned());
    }
}

impl Config for Variables {
    fn get(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.0.borrow().get(name).cloned())
    }
}
