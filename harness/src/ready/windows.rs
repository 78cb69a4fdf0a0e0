//! This Windows made ready for the `windows` arm.

use std::{path::PathBuf, sync::Arc};

use super::{Ready, ReadyError, runtime};
use crate::{
    arm::{
        Arm, ArmError,
        windows::{Order, RealWindows, bundle::Bundle, clean},
    },
    doctor::DoctorReport,
    fixture::Fixtures,
    stock::Stock,
};

impl Ready {
    /// Prepares this machine to be the lab. `program` becomes its agent.
    ///
    /// # Errors
    /// What cannot be had; everything is as it was then.
    pub fn prepare_windows(
        program: PathBuf,
        order: Order,
        report: DoctorReport,
        say: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Ready, ReadyError> {
        let runtime = runtime()?;
        let fixtures = Fixtures::load(&Fixtures::default_root())?;
        let bundle = Bundle::open(&order.bundle)
            .map_err(|source| ArmError::Io { operation: "open the bundle", source })?;
        let windows = runtime.block_on(async {
            tokio::select! {
                windows = RealWindows::prepare(program, order, say) => Ok(windows?),
                _ = tokio::signal::ctrl_c() => {
                    clean::clean().await?;
                    Err(ReadyError::Interrupted)
                }
            }
        })?;
        let stock = Stock::in_bundle(fixtures, bundle.windows());
        Ok(Ready {
            arm: Arc::new(Arm::Windows(Box::new(windows))),
            stock: Arc::new(stock),
            report,
            runtime,
        })
    }
}
