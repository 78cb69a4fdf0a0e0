//! Where there are no user namespaces there are no ids to grant either.

use super::kernel::Obstacle;

/// Whether a lab of this process can have a second user.
///
/// # Errors
/// Always.
pub fn second_id() -> Result<(), Obstacle> {
    let text = |text: &str| text.to_owned();
    Err(Obstacle {
        reason: text("this is not Linux"),
        remedy: text("run the lab's Linux arms on Linux"),
    })
}
