//! Ids of what is to be chosen, matched and put in order, which tell nothing.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Correct, Item, Question};

/// What a new id is made of besides what it stands for. Nobody knows it afterwards.
pub(crate) type Seed = [u8; 16];

impl Question {
    /// With ids that tell nothing, of a question that is valid.
    pub(crate) fn with_hidden_ids(mut self, seed: Seed) -> Self {
        let mut names = BTreeMap::new();
        for (place, items) in
            [&mut self.options, &mut self.left, &mut self.right, &mut self.items].into_iter().enumerate()
        {
            for Item { id, .. } in items.iter_mut().flatten() {
                let hidden = hidden(&(seed, self.id, place), id);
                names.insert((place, id.clone()), hidden.clone());
                *id = hidden;
            }
        }
        let renamed = |places: &[usize], id: &String| {
            let known = places.iter().find_map(|place| names.get(&(*place, id.clone())));
            known.unwrap_or(id).clone()
        };
        if let Some(Correct::Ids(ids)) = &mut self.correct {
            *ids = ids.iter().map(|id| renamed(&[0, 3], id)).collect();
        }
        for (left, right) in self.pairs.iter_mut().flatten() {
            (*left, *right) = (renamed(&[1], left), renamed(&[2], right));
        }
        self
    }
}

/// Ids that were made here stay.
fn hidden(of: &impl Hash, id: &str) -> String {
    if id.len() == 16 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return id.to_owned();
    }
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    id.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
