//! What is told to others.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::Room;

/// One was added.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct RoomAdded {
    room_id: Uuid,
    name: String,
    added_at: Timestamp,
}

impl RoomAdded {
    pub(crate) fn of(room: &Room) -> Self {
        Self { room_id: room.id, name: room.name.clone(), added_at: room.created_at }
    }
}

impl Event for RoomAdded {
    const KIND: &'static str = "lyceum.rooms.RoomAdded.v1";
    const AGGREGATE_TYPE: &'static str = "room";
    fn aggregate_id(&self) -> String {
        self.room_id.to_string()
    }
}
