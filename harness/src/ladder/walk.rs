//! Climbing: name, ICMP, TCP, HTTP, for each place, from one vantage.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::{
    place::Place,
    vantage::{From, Vantage},
};
use crate::{
    agent::{
        client::CallError,
        protocol::{Bearings, ProbeOrder, Probed},
    },
    outcome::{Outcome, Via},
    tool::{Impl, Tool},
};

/// How to climb.
#[derive(Clone, Debug)]
pub struct How {
    /// Who measures.
    pub implementation: Impl,
    /// How long a probe may take.
    pub limit: Duration,
    /// What a lab's own service answers with; `None` takes any HTTP answer.
    pub token: Option<String>,
}

/// What was found from one vantage.
#[derive(Clone, Debug)]
pub struct Walk {
    /// From where.
    pub from: From,
    /// Each place, in the order asked.
    pub rows: Vec<Row>,
}

/// One place.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub place: Place,
    /// Its addresses, and the proxy that HTTP takes there.
    pub bearings: Bearings,
    /// ICMP.
    pub ping: Rung,
    /// TCP: connect, and watch for a moment.
    pub tcp: Rung,
    /// HTTP.
    pub http: Rung,
}

/// What a rung showed.
#[derive(Clone, Debug)]
pub enum Rung {
    /// This.
    Asked(Probed),
    /// Nothing was sent: a rung below has failed in a way that this one would only repeat.
    NotAsked,
    /// The tool said something that no table knows.
    Unread(String),
}

impl Rung {
    /// What it showed, if it was asked and could be read.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Rung::Asked(probed) => Some(probed.outcome),
            Rung::NotAsked | Rung::Unread(_) => None,
        }
    }

    /// The word of a table.
    pub fn word(&self) -> String {
        match self {
            Rung::Asked(Probed { outcome, via: Via::Proxy, .. }) => format!("{outcome} via proxy"),
            Rung::Asked(probed) => probed.outcome.to_string(),
            Rung::NotAsked => "-".to_owned(),
            Rung::Unread(_) => "?".to_owned(),
        }
    }
}

impl Row {
    /// Whether the top rung holds: an HTTP answer that is no error.
    pub fn is_reached(&self) -> bool {
        matches!(self.http.outcome(), Some(Outcome::Http(200..=399)))
    }

    /// Whether HTTP goes through a proxy.
    pub fn is_proxied(&self) -> bool {
        match &self.http {
            Rung::Asked(probed) => probed.via == Via::Proxy,
            _ => self.bearings.proxy.is_some(),
        }
    }
}

impl Walk {
    /// Whether a row that did not reach the top is no failure: nobody listens on one of the
    /// loopback addresses, and `localhost` answers all the same. A server need not listen on both.
    pub fn excuses(&self, row: &Row) -> bool {
        let by_name = self.rows.iter().any(|row| row.place.is_localhost() && row.is_reached());
        let family = row.place.is_loopback() && !row.place.is_localhost();
        let absent = matches!(row.tcp.outcome(), Some(Outcome::Refused | Outcome::NetUnreachable));
        by_name && family && absent
    }

    /// The row of a place, by its label.
    pub fn row(&self, label: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.place.label == label)
    }
}

/// Climbs to each place, all at once; each rung of a place is asked at most once.
///
/// # Errors
/// When a lab's agent does not answer.
pub async fn walk(
    vantage: &Arc<Vantage>,
    places: Vec<Place>,
    how: &Arc<How>,
) -> Result<Walk, CallError> {
    let mut running = JoinSet::new();
    let mut rows: Vec<Option<Row>> = vec![None; places.len()];
    for (index, place) in places.into_iter().enumerate() {
        let (vantage, how) = (Arc::clone(vantage), Arc::clone(how));
        running.spawn(async move { (index, climb(&vantage, place, &how).await) });
    }
    while let Some(done) = running.join_next().await {
        match done {
            Ok((index, row)) => rows[index] = Some(row?),
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            // Cancelled: the whole walk is.
            Err(_) => {}
        }
    }
    Ok(Walk { from: vantage.from(), rows: rows.into_iter().flatten().collect() })
}

async fn climb(vantage: &Vantage, place: Place, how: &How) -> Result<Row, CallError> {
    let bearings = vantage.bearings(&place.host).await?;
    let ask = |tool| {
        let order = ProbeOrder {
            tool,
            implementation: how.implementation,
            host: place.host.clone(),
            port: place.port,
            timeout_ms: u64::try_from(how.limit.as_millis()).unwrap_or(u64::MAX),
            token: how.token.clone(),
        };
        async move {
            Ok::<_, CallError>(match vantage.probe(order).await? {
                Ok(probed) => Rung::Asked(probed),
                Err(said) => Rung::Unread(said),
            })
        }
    };
    let resolved = !bearings.addresses.is_empty();
    let low = async {
        match resolved {
            true => ask(Tool::Ping).await,
            false => Ok(Rung::NotAsked),
        }
    };
    let high = async {
        let tcp = match resolved {
            true => ask(Tool::Telnet).await?,
            false => Rung::NotAsked,
        };
        // curl has its own idea of `localhost`, and a proxy is another way altogether.
        let own_way = place.is_localhost() || bearings.proxy.is_some();
        let stands = match &tcp {
            Rung::Asked(probed) => matches!(probed.outcome, Outcome::Open | Outcome::Dropped),
            Rung::Unread(_) => true,
            Rung::NotAsked => false,
        };
        let http = if stands || own_way { ask(Tool::Curl).await? } else { Rung::NotAsked };
        Ok::<_, CallError>((tcp, http))
    };
    let (ping, high) = tokio::join!(low, high);
    let (ping, (tcp, http)) = (ping?, high?);
    Ok(Row { place, bearings, ping, tcp, http })
}
