//! Probes: the real client tools, their native twins, and the closed table that turns what they
//! say into an outcome.
