//! Who answers: the nodes of a lab, or (in [`here`](super::here)) this machine.

use std::sync::Arc;

use super::{
    gather::{Report, Wish, gather},
    mask::Masks,
    page,
};
use crate::{
    agent::protocol::Output,
    evidence::side::Side,
    lab::{Lab, LabError},
    matrix::{MatrixPlan, Probes},
    measure::{Slots, measure},
    node::Node,
    topology::COMPUTER_NAME,
};

/// Why nothing could be collected.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The lab.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// A question that the lab does not answer.
    #[error("the lab has no answer to `{command}`: {reason}")]
    Unanswered {
        /// The command.
        command: String,
        /// Why.
        reason: String,
    },
    /// This machine.
    #[error("{0}")]
    Here(String),
}

/// Somebody who can be asked.
pub trait Ask {
    /// Whether this machine takes part.
    fn has(&self, side: Side) -> bool;

    /// Runs a command line. `None`: it cannot be run there.
    ///
    /// # Errors
    /// What the lab says; never what a command says.
    fn ask(
        &self,
        side: Side,
        line: &str,
    ) -> impl Future<Output = Result<Option<Output>, CollectError>>;

    /// Where the service's log is, if that is known.
    fn log(&self) -> Option<String>;
}

/// The nodes of a lab. Every question has an answer there: one that the modelled Windows lacks is an
/// error, not a gap in the report.
pub struct InLab<'a>(pub &'a Lab);

impl Ask for InLab<'_> {
    fn has(&self, _: Side) -> bool {
        true
    }

    async fn ask(&self, side: Side, line: &str) -> Result<Option<Output>, CollectError> {
        let node = if side == Side::Windows { Node::Windows } else { Node::Wsl };
        let ran = self.0.run(node, line).await.map_err(|error| CollectError::Unanswered {
            command: line.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Some(ran.1))
    }

    fn log(&self) -> Option<String> {
        Some("/var/log/service.log".to_owned())
    }
}

/// The page that somebody at the nodes of this lab would paste, unmasked as a report and masked as a
/// text.
///
/// # Errors
/// What the lab could not do, or does not answer.
pub async fn collect_in_lab(
    lab: &Lab,
    wish: &Wish,
    plan: &MatrixPlan,
    probes: Probes,
    slots: &Arc<Slots>,
) -> Result<(Report, String), CollectError> {
    let mut report = gather(&InLab(lab), wish).await?;
    report.cells = measure(plan, lab, probes, slots).await?;
    // What works is no complaint, whatever somebody expected.
    let cells = &report.cells;
    report.wish.complaints.retain(|said| {
        let covered = cells.iter().filter(|cell| said.covers(cell.route(), cell.tool));
        covered.into_iter().any(|cell| !cell.outcome.is_good())
    });
    let mut masks = Masks::default();
    masks.host(COMPUTER_NAME);
    let page = page::render(&report, &mut masks);
    Ok((report, page))
}
