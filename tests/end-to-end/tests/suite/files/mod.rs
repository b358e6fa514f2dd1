//! Files and their content.

pub(crate) mod content;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        content {
            everywhere:
                a_file_is_read_as_it_was_uploaded, ranges_are_answered, files_are_private,
                an_upload_goes_on_where_it_broke_off, the_largest_file_passes;
            in_full:
                what_is_not_as_stated_is_not_stored, only_what_is_allowed_is_taken,
                a_link_works_without_a_sign_in_until_it_expires, nobody_gets_more_than_their_quota,
                a_form_is_taken_as_the_older_system_did, of_a_name_with_folders_the_last_part_is_kept;
        }
    }
}
