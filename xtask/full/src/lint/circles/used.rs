//! The paths that a file of Rust names, from the package's first module on.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, File, ItemMod, ItemUse, Macro, Path, UseTree};

/// Gathers them.
pub(super) struct Uses {
    /// The module that is looked at.
    module: Vec<String>,
    found: Vec<Vec<String>>,
}

impl Uses {
    /// All paths from `crate`, `super` or `self` in the file of this module, but in its tests.
    pub(super) fn of(file: &File, module: &[String]) -> Vec<Vec<String>> {
        let mut uses = Self { module: module.to_vec(), found: Vec::new() };
        uses.visit_file(file);
        uses.found
    }

    fn add(&mut self, path: &[String]) {
        let mut from = self.module.clone();
        let mut rest = path;
        match rest.split_first() {
            Some((first, after)) if first == "crate" => (from, rest) = (Vec::new(), after),
            Some((first, after)) if first == "self" => rest = after,
            Some((first, _)) if first == "super" => {}
            _ => return,
        }
        while let Some((first, after)) = rest.split_first()
            && first == "super"
        {
            from.pop();
            rest = after;
        }
        from.extend_from_slice(rest);
        self.found.push(from);
    }

    fn add_tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            UseTree::Name(name) => self.add(&with(&name.ident)),
            UseTree::Rename(renamed) => self.add(&with(&renamed.ident)),
            UseTree::Glob(_) => self.add(before),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_tree(before, tree);
                }
            }
        }
    }

    /// What a macro is called with is no syntax yet: a path is names with `::` between them.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut colons) = (Vec::new(), 0);
        for token in tokens {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.add(&std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                other => {
                    self.add(&std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.add_tokens(group.stream());
                    }
                }
            }
        }
        self.add(&path);
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<Path>().is_ok_and(|what| what.is_ident("test"))
    })
}

impl Visit<'_> for Uses {
    fn visit_item_mod(&mut self, module: &ItemMod) {
        if !is_for_tests(&module.attrs) {
            self.module.push(module.ident.to_string());
            visit::visit_item_mod(self, module);
            self.module.pop();
        }
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        if !is_for_tests(&item.attrs) {
            self.add_tree(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &Path) {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&names);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &Macro) {
        self.visit_path(&call.path);
        self.add_tokens(call.tokens.clone());
    }

    /// Documentation names what it likes; what a derive is given is seldom more than a type.
    fn visit_attribute(&mut self, _: &Attribute) {}
}
