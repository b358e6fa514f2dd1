//! What the lattice knows an application's components by.

/// The names of one application: wadm puts its name before each component's.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    /// Those of this application.
    pub(crate) fn of(application: &str) -> Self {
        Self { prefix: format!("{application}-") }
    }

    /// What the lattice knows the component of this id by.
    pub(crate) fn target(&self, id: &str) -> String {
        format!("{}{id}", self.prefix)
    }

    /// The id of the component that the lattice knows so. Who is no part of the application is called as the lattice does.
    pub(crate) fn id<'a>(&self, target: &'a str) -> &'a str {
        target.strip_prefix(&self.prefix).unwrap_or(target)
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn an_id_is_found_again() {
        let names = Names::of("lyceum");
        assert_eq!(names.target("users"), "lyceum-users");
        assert_eq!(names.id("lyceum-users"), "users");
        assert_eq!(names.id("another-users"), "another-users");
    }
}
