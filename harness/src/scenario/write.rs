//! From a [`Scenario`] to its file: the way back of [`file`](super::file).
//!
//! What comes out is what the ordinary loader reads; a test takes the whole catalogue there and back.

use super::{
    Action, AddressOnRestart, Claim, CommandProbe, Listen, Machine, MatrixChoice, Plan, Remedy,
    Restores, Scenario, Service, ServiceChange, ServiceState, ServiceUser, Signature, Step,
    file::SCHEMA,
    located::At,
    raw::{
        RawCase, RawClaim, RawExpect, RawMachine, RawMatrix, RawProbe, RawRemedy, RawRestores,
        RawScenario, RawService, RawServiceChange, RawSignature, RawStep, RawWrite,
    },
};
use crate::route::RoutePattern;

/// The text of the scenario's file.
///
/// # Errors
/// When it cannot be told in TOML, which no scenario that was read is.
pub fn to_toml(scenario: &Scenario) -> Result<String, toml::ser::Error> {
    toml::to_string_pretty(&raw(scenario))
}

fn raw(scenario: &Scenario) -> RawScenario {
    let mut raw = RawScenario {
        schema: SCHEMA.into(),
        kind: "survey".to_owned().into(),
        title: scenario.title.clone().into(),
        cause: scenario.cause.slug().to_owned().into(),
        sources: texts(&scenario.sources).into(),
        summary: scenario.summary.clone().into(),
        service: scenario.service.as_ref().map(|service| self::service(service).into()),
        machine: machine(scenario.machine),
        matrix: matrix(&scenario.matrix),
        setup: steps(&scenario.setup),
        fault: Vec::new(),
        remedy: Vec::new(),
        signature: None,
        case: Vec::new(),
        claim: scenario.claims.iter().map(|claim| self::claim(claim).into()).collect(),
        probe: scenario.probes.iter().map(|probe| self::probe(probe).into()).collect(),
    };
    match &scenario.plan {
        Plan::Fault { fault, remedies, signature } => {
            raw.kind = "fault".to_owned().into();
            raw.fault = steps(fault);
            raw.remedy = remedies.iter().map(|it| remedy(it).into()).collect();
            raw.signature = Some(self::signature(signature).into());
        }
        Plan::Survey { cases } => {
            let case = |case: &super::Case| RawCase {
                name: case.name.clone().into(),
                steps: steps(&case.steps),
            };
            raw.case = cases.iter().map(|it| case(it).into()).collect();
        }
    }
    raw
}

fn texts<T: ToString>(values: &[T]) -> Vec<At<String>> {
    values.iter().map(|value| value.to_string().into()).collect()
}

fn service(service: &Service) -> RawService {
    RawService {
        program: Some(service.program.clone().into()),
        listen: service.listen.to_string().into(),
        args: service.args.clone(),
        user: user(service.user),
    }
}

fn user(user: ServiceUser) -> Option<At<String>> {
    (user != ServiceUser::default()).then(|| user.name().to_owned().into())
}

fn machine(machine: Machine) -> RawMachine {
    let change = machine.wsl_address_on_restart == AddressOnRestart::Change;
    RawMachine {
        localhost_forwarding: (!machine.localhost_forwarding).then_some(false),
        relays_loopback: (!machine.relays_loopback).then_some(false),
        wsl_address_on_restart: change.then_some(AddressOnRestart::Change),
    }
}

fn matrix(choice: &MatrixChoice) -> Option<At<RawMatrix>> {
    let some = |values: Vec<At<String>>| (!values.is_empty()).then(|| values.into());
    let (routes, tools) = (some(texts(&choice.routes)), some(texts(&choice.tools)));
    (routes.is_some() || tools.is_some()).then(|| RawMatrix { routes, tools }.into())
}

fn steps(steps: &[Step]) -> Vec<At<RawStep>> {
    steps.iter().map(|step| self::step(step).into()).collect()
}

fn step(step: &Step) -> RawStep {
    let mut raw = RawStep {
        on: step.on.name().to_owned().into(),
        run: None,
        write: None,
        service: None,
        env: None,
        exit: (step.exit != 0).then(|| step.exit.into()),
    };
    match &step.action {
        Action::Run(line) => raw.run = Some(line.clone().into()),
        Action::Write { path, text } => {
            raw.write = Some(RawWrite { path: path.clone().into(), text: text.clone() }.into());
        }
        Action::Service(change) => raw.service = Some(self::change(change).into()),
        Action::Env(vars) => raw.env = Some(vars.clone().into()),
    }
    raw
}

fn change(change: &ServiceChange) -> RawServiceChange {
    let state = match change.state {
        ServiceState::Restart => None,
        ServiceState::Stop => Some("stop"),
        ServiceState::Ends => Some("ends"),
    };
    let mut raw = RawServiceChange {
        name: change.name.clone().map(At::from),
        listen: change.listen.as_ref().map(Listen::to_string).map(At::from),
        program: change.program.clone().map(At::from),
        args: change.args.clone().map(At::from),
        user: change.user.map(|user| user.name().to_owned().into()),
        state: state.map(|state| state.to_owned().into()),
    };
    let says_nothing = raw.name.is_none()
        && raw.listen.is_none()
        && raw.program.is_none()
        && raw.args.is_none()
        && raw.user.is_none()
        && raw.state.is_none();
    if says_nothing {
        raw.state = Some("restart".to_owned().into());
    }
    raw
}

fn remedy(remedy: &Remedy) -> RawRemedy {
    RawRemedy {
        name: remedy.name.clone().into(),
        steps: steps(&remedy.steps),
        restores: match &remedy.restores {
            Restores::All => None,
            Restores::Routes(routes) => Some(RawRestores::Routes(texts(routes)).into()),
        },
        costs: texts(&remedy.costs),
    }
}

fn signature(signature: &Signature) -> RawSignature {
    let patterns = |patterns: &[RoutePattern]| texts(patterns);
    RawSignature {
        breaks: Some(patterns(&signature.breaks).into()),
        keeps: patterns(&signature.keeps),
    }
}

fn claim(claim: &Claim) -> RawClaim {
    RawClaim {
        ledger: claim.ledger.clone().into(),
        cells: texts(&claim.cells).into(),
        shows: claim.shows.clone().into(),
        name: claim.phase.as_ref().map(|own| own.name.clone().into()),
        steps: claim.phase.as_ref().map(|own| steps(&own.steps).into()),
        base: claim.phase.as_ref().filter(|own| !own.faulted).map(|_| "healthy".to_owned().into()),
        basis: claim.modelled.then(|| "modelled".to_owned().into()),
    }
}

fn probe(probe: &CommandProbe) -> RawProbe {
    RawProbe {
        name: probe.name.clone().map(At::from),
        on: probe.on.name().to_owned().into(),
        run: probe.run.clone().into(),
        phases: (!probe.phases.is_empty()).then(|| texts(&probe.phases).into()),
        expect: RawExpect {
            exit: (probe.exit != 0).then_some(probe.exit),
            first_line: probe.first_line.clone(),
            contains: probe.contains.clone(),
            varies: probe.varies,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{catalogue::Catalogue, scenario::file};

    /// The catalogue there and back: what is written is what was read, but for line numbers.
    #[test]
    fn every_scenario_survives_being_written() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        let catalogue = Catalogue::load(&root).expect("the catalogue");
        for scenario in catalogue.all() {
            let text = to_toml(scenario).expect("TOML");
            let again = file::parse(&scenario.dir, &text)
                .unwrap_or_else(|errors| panic!("{}: {errors:?}\n{text}", scenario.name));
            assert_eq!(to_toml(&again).expect("TOML"), text, "{}", scenario.name);
            let phases = |scenario: &Scenario| format!("{:?}", bare(scenario));
            assert_eq!(phases(&again), phases(scenario), "{}", scenario.name);
        }
    }

    /// Everything that a lab sees, without line numbers.
    fn bare(scenario: &Scenario) -> Vec<(String, Vec<String>)> {
        let step = |step: &Step| format!("{} {:?} {}", step.on, step.action, step.exit);
        let mut all = vec![
            (format!("{:?}", scenario.service), scenario.setup.iter().map(step).collect()),
            (format!("{:?}{:?}", scenario.machine, scenario.matrix), vec![]),
        ];
        for phase in scenario.phases() {
            let steps = phase.groups.iter().flat_map(|group| group.iter()).map(step);
            all.push((phase.name.to_string(), steps.collect()));
        }
        all
    }
}
