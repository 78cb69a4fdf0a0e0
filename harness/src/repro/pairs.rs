//! Pairs of faults in one lab, chosen by a seed.

use std::{collections::BTreeMap, sync::Arc};

use tokio::task::JoinSet;

use super::{
    Bench,
    remedy::{restarts, with_port},
    roundtrip::Trip,
    see::{Matrix, matrix, see},
};
use crate::{
    matrix::MatrixPlan,
    node::Node,
    scenario::{Action, Plan, Scenario, Service, Step},
};

/// Numbers from a seed: the same on every machine (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A number below this one.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = mixed ^ (mixed >> 31);
        usize::try_from(mixed % (limit.max(1) as u64)).unwrap_or(0)
    }
}

/// Ports that a pair may have, besides its scenarios' own.
const PORTS: [u16; 6] = [3000, 4200, 5000, 5173, 8000, 8888];

/// Pairs of scenarios that fit into one lab, in an order that does: the same healthy server, and no
/// step of one undoes the other's. Whether both show in the matrix is for a lab to say: see
/// [`visible`].
pub fn compatible(catalogue: &[Scenario]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (first, a) in catalogue.iter().enumerate() {
        for (second, b) in catalogue.iter().enumerate().skip(first + 1) {
            if a.cause == b.cause || !fits(a, b) {
                continue;
            }
            if !forgets(a, b) {
                pairs.push((first, second));
            } else if !forgets(b, a) {
                pairs.push((second, first));
            }
        }
    }
    pairs
}

fn fits(a: &Scenario, b: &Scenario) -> bool {
    let (Some(one), Some(other)) = (&a.service, &b.service) else { return false };
    let same = |one: &Service, other: &Service| {
        one.program == other.program && one.listen == other.listen && one.user == other.user
    };
    let (Some(ours), Some(theirs)) = (fault(a), fault(b)) else { return false };
    let all = |scenario: &Scenario, fault: &[Step]| {
        scenario.setup.iter().chain(fault).flat_map(touches).collect::<Vec<_>>()
    };
    let (ours, theirs) = (all(a, ours), all(b, theirs));
    let a_machine = a.machine.wsl_address_on_restart == b.machine.wsl_address_on_restart;
    same(one, other)
        && a.machine.localhost_forwarding == b.machine.localhost_forwarding
        && a.machine.relays_loopback == b.machine.relays_loopback
        && (a_machine || !ours.is_empty())
        && !ours.iter().any(|it| it != TO_GUEST && theirs.contains(it))
        && !third(&ours, &theirs)
        && !third(&theirs, &ours)
}

/// Whether a restart of the guest by one of them ends what the other one did, where the second fault
/// comes after the first.
fn forgets(first: &Scenario, second: &Scenario) -> bool {
    let steps = in_order(first, second);
    steps.iter().enumerate().any(|(at, (owner, step))| {
        is_forgotten(step)
            && steps[at..].iter().any(|(by, later)| by != owner && restarts(&later.action))
    })
}

/// Whether it is gone after a restart: variables of the guest, what runs in it, what was set in its
/// kernel, and the files that WSL writes anew; and that the relay has ended. The service starts again
/// as it was.
fn is_forgotten(step: &Step) -> bool {
    match &step.action {
        Action::Run(line) => step.on == Node::Wsl || line.contains("wslrelay"),
        Action::Env(_) => step.on == Node::Wsl,
        Action::Write { path, .. } => {
            step.on == Node::Wsl && matches!(path.as_str(), "/etc/hosts" | "/etc/resolv.conf")
        }
        Action::Service(_) => false,
    }
}

/// All steps of a lab with both, and whose they are.
fn in_order<'s>(first: &'s Scenario, second: &'s Scenario) -> Vec<(usize, &'s Step)> {
    let setups = [(0, first.setup.as_slice()), (1, second.setup.as_slice())];
    let faults = [(0, fault(first)), (1, fault(second))];
    let faults = faults.into_iter().map(|(owner, fault)| (owner, fault.unwrap_or_default()));
    let groups = setups.into_iter().chain(faults);
    groups.flat_map(|(owner, steps)| steps.iter().map(move |step| (owner, step))).collect()
}

/// One has a rule to the guest's address, the other a server that leaves it.
fn third(rules: &[String], server: &[String]) -> bool {
    let has_rule = rules.iter().any(|it| it.contains("listenport=")) && holds(rules);
    has_rule && holds(server) && !server.iter().any(|it| it.contains("listenport="))
}

fn holds(touched: &[String]) -> bool {
    touched.iter().any(|it| it == TO_GUEST)
}

fn fault(scenario: &Scenario) -> Option<&[Step]> {
    match &scenario.plan {
        Plan::Fault { fault, .. } => Some(fault),
        Plan::Survey { .. } => None,
    }
}

/// A rule that leads to the guest's address and a server that is not there make a third fault.
const TO_GUEST: &str = "wsl address";

/// What a step changes, so that two steps of different faults may not.
fn touches(step: &Step) -> Vec<String> {
    let at = |what: &str| vec![format!("{} {what}", step.on)];
    match &step.action {
        // A second start of the server after a fault that needs it down, or the other way round,
        // would undo one of them.
        Action::Service(change) => {
            let mut touched = at(change.name.as_deref().unwrap_or("service"));
            let host = change.listen.as_ref().map(|listen| listen.host.as_str());
            if host.is_some_and(|host| host.starts_with("127.")) {
                touched.push(TO_GUEST.to_owned());
            }
            touched
        }
        Action::Write { path, .. } => at(path),
        Action::Env(_) => at("env"),
        Action::Run(line) if line.contains("portproxy") => {
            let port = line.split_whitespace().find(|word| word.starts_with("listenport="));
            let mut touched = at(port.unwrap_or("portproxy"));
            if line.contains("connectaddress={wsl-ip}") {
                touched.push(TO_GUEST.to_owned());
            }
            touched
        }
        // What it ends depends on the order: see `forgets`.
        action @ Action::Run(_) if restarts(action) => Vec::new(),
        Action::Run(line) if line.contains("firewall-cmd") || line.contains("firewalld") => {
            vec!["wsl firewalld".to_owned()]
        }
        Action::Run(line) if step.on == Node::Wsl => vec![format!("wsl {line}")],
        Action::Run(line) => at(line.split_whitespace().next().unwrap_or_default()),
    }
}

/// A lab with both faults, on another port.
pub fn merged(a: &Scenario, b: &Scenario, port: u16) -> Option<Trip> {
    let (
        Plan::Fault { fault: ours, signature: one, .. },
        Plan::Fault { fault: theirs, signature: other, .. },
    ) = (&a.plan, &b.plan)
    else {
        return None;
    };
    let mut scenario = a.clone();
    let own = a.service.as_ref().map_or(8080, |service| service.listen.port);
    if let Some(service) = &mut scenario.service {
        service.listen.port = port;
    }
    if b.machine != crate::scenario::Machine::default() {
        scenario.machine = b.machine;
    }
    let moved =
        |steps: &[Step]| steps.iter().map(|step| on_port(step, own, port)).collect::<Vec<_>>();
    scenario.name = format!("{}-and-{}", a.name, b.name);
    scenario.setup = [moved(&a.setup), moved(&b.setup)].concat();
    scenario.claims.clear();
    scenario.probes.clear();
    scenario.plan = Plan::Fault {
        fault: [moved(ours), moved(theirs)].concat(),
        remedies: Vec::new(),
        signature: one.clone(),
    };
    let complaints = one.breaks.iter().chain(&other.breaks).copied().collect();
    Some(Trip {
        name: format!("{} + {} on {port}", a.name, b.name),
        scenario,
        injected: vec![a.cause, b.cause],
        complaints,
    })
}

fn on_port(step: &Step, from: u16, to: u16) -> Step {
    let action = match &step.action {
        Action::Run(line) => Action::Run(with_port(line, from, to)),
        Action::Write { path, text } => {
            Action::Write { path: path.clone(), text: with_port(text, from, to) }
        }
        Action::Service(change) => {
            let mut change = change.clone();
            if let Some(listen) = &mut change.listen
                && listen.port == from
            {
                listen.port = to;
            }
            Action::Service(change)
        }
        Action::Env(vars) => Action::Env(vars.clone()),
    };
    Step { action, ..step.clone() }
}

/// Those pairs in whose lab both faults show: it differs from either fault's own. `looked` hears of
/// each pair that was looked at.
pub async fn visible(
    bench: &Arc<Bench>,
    catalogue: &[Scenario],
    pairs: Vec<(usize, usize)>,
    looked: &(dyn Fn() + Sync),
) -> Vec<(usize, usize)> {
    let mut own: BTreeMap<usize, Matrix> = BTreeMap::new();
    let mut running = JoinSet::new();
    for (index, scenario) in catalogue.iter().enumerate() {
        if fault(scenario).is_some() && pairs.iter().any(|pair| pair.0 == index || pair.1 == index)
        {
            let (bench, scenario) = (Arc::clone(bench), scenario.clone());
            running.spawn(async move { (index, standard(&bench, &scenario).await) });
        }
    }
    while let Some(done) = running.join_next().await {
        if let Ok((index, Some(matrix))) = done {
            own.insert(index, matrix);
        }
    }
    let mut running = JoinSet::new();
    for (number, (a, b)) in pairs.iter().enumerate() {
        let port = catalogue[*a].service.as_ref().map_or(8080, |service| service.listen.port);
        if let Some(trip) = merged(&catalogue[*a], &catalogue[*b], port) {
            let bench = Arc::clone(bench);
            running.spawn(async move { (number, standard(&bench, &trip.scenario).await) });
        }
    }
    let mut both = Vec::new();
    while let Some(done) = running.join_next().await {
        looked();
        let Ok((number, Some(matrix))) = done else { continue };
        let (a, b) = pairs[number];
        let differs = |index| own.get(&index).is_some_and(|own| *own != matrix);
        if differs(a) && differs(b) {
            both.push((number, (a, b)));
        }
    }
    both.sort_unstable();
    both.into_iter().map(|(_, pair)| pair).collect()
}

async fn standard(bench: &Bench, scenario: &Scenario) -> Option<Matrix> {
    let fault = fault(scenario)?;
    let plan = MatrixPlan::standard();
    let cells = see(bench, scenario, &[fault], &plan).await.ok()?;
    Some(matrix(&cells))
}

/// As many pairs as wanted, each in an order and on a port, by the dice. No trip comes twice, so
/// there may be fewer.
pub fn choose(
    catalogue: &[Scenario],
    pairs: &[(usize, usize)],
    count: usize,
    dice: &mut Dice,
) -> Vec<Trip> {
    // Each pair's ways to be dealt, which are fewer each time.
    let ways = |(a, b): (usize, usize)| {
        let back = (!forgets(&catalogue[b], &catalogue[a])).then_some((b, a));
        let orders: Vec<(usize, usize)> = [Some((a, b)), back].into_iter().flatten().collect();
        let on = |port| orders.iter().map(move |(a, b)| (*a, *b, port));
        PORTS.into_iter().flat_map(on).collect::<Vec<_>>()
    };
    let mut pairs: Vec<Vec<(usize, usize, u16)>> = pairs.iter().copied().map(ways).collect();
    let mut trips = Vec::new();
    while !pairs.is_empty() {
        // Each pair once before any comes twice.
        let mut deck: Vec<usize> = (0..pairs.len()).collect();
        while !deck.is_empty() {
            if trips.len() == count {
                return trips;
            }
            let ways = &mut pairs[deck.swap_remove(dice.below(deck.len()))];
            let (a, b, port) = ways.swap_remove(dice.below(ways.len()));
            trips.extend(merged(&catalogue[a], &catalogue[b], port));
        }
        pairs.retain(|ways| !ways.is_empty());
    }
    trips
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;
    use crate::{catalogue::Catalogue, cause::Cause};

    #[test]
    fn the_same_seed_gives_the_same_pairs() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        let catalogue = Catalogue::load(&root).expect("the catalogue");
        let pairs = compatible(catalogue.all());
        assert!(pairs.len() > 20, "{}", pairs.len());
        let names = |seed| {
            let trips = choose(catalogue.all(), &pairs, 40, &mut Dice::new(seed));
            trips.into_iter().map(|trip| trip.name).collect::<Vec<_>>()
        };
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8));
    }

    #[test]
    fn each_pair_comes_once_before_any_comes_twice_and_no_trip_twice() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        let catalogue = Catalogue::load(&root).expect("the catalogue");
        let pairs = compatible(catalogue.all());
        let both = |(a, b): &(usize, usize)| !forgets(&catalogue.all()[*b], &catalogue.all()[*a]);
        let some: Vec<_> = pairs.into_iter().filter(both).take(7).collect();
        let ways = 7 * 2 * PORTS.len();
        let trips = choose(catalogue.all(), &some, ways + 1, &mut Dice::new(3));
        let first: BTreeSet<_> = trips[..7].iter().map(|trip| sorted(&trip.injected)).collect();
        assert_eq!(first.len(), 7);
        let names: BTreeSet<&str> = trips.iter().map(|trip| trip.name.as_str()).collect();
        assert_eq!((names.len(), trips.len()), (ways, ways));
    }

    #[test]
    fn a_restart_after_a_variable_forgets_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        let catalogue = Catalogue::load(&root).expect("the catalogue");
        let at = |name: &str| catalogue.all().iter().position(|it| it.name == name).expect(name);
        let (env, restart) = (at("proxy-env-wrong-namespace"), at("localhost-forwarding-off"));
        let pairs = compatible(catalogue.all());
        assert!(pairs.contains(&(restart, env)) && !pairs.contains(&(env, restart)));
        let trips = choose(catalogue.all(), &[(restart, env)], 99, &mut Dice::new(1));
        assert_eq!(trips.len(), PORTS.len());
    }

    #[test]
    fn a_restart_comes_before_what_it_ends() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        let catalogue = Catalogue::load(&root).expect("the catalogue");
        let at = |name: &str| catalogue.all().iter().position(|it| it.name == name).expect(name);
        let pairs = compatible(catalogue.all());
        for restart in ["localhost-forwarding-off", "wslconfig-misplaced-key", "autoproxy"] {
            for ended in ["firewalld-block", "firewalld-drop", "loopback-down"] {
                let (restart, ended) = (at(restart), at(ended));
                assert!(pairs.contains(&(restart, ended)), "{restart} {ended}");
                assert!(!pairs.contains(&(ended, restart)), "{ended} {restart}");
                let trips = choose(catalogue.all(), &[(restart, ended)], 99, &mut Dice::new(1));
                assert_eq!(trips.len(), PORTS.len());
            }
        }
    }

    fn sorted(causes: &[Cause]) -> Vec<&str> {
        let mut slugs: Vec<&str> = causes.iter().map(|cause| cause.slug()).collect();
        slugs.sort_unstable();
        slugs
    }
}
