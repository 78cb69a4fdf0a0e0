//! Routes, and the patterns by which scenario files name cells.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{node::Node, target::Host, target::Target, tool::Tool};

/// FROM -> TO: one row of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Route {
    /// The vantage.
    pub from: Node,
    /// What is probed.
    pub to: Target,
}

impl Route {
    /// The routes of every matrix, in the order in which tables list them: windows and wsl probe
    /// every standard host; lan has no loopback business and no gateway of its own.
    pub fn standard() -> Vec<Route> {
        let mut routes = Vec::new();
        for from in [Node::Windows, Node::Wsl] {
            routes.extend(Host::STANDARD.map(|host| Route { from, to: host.into() }));
        }
        for host in [Host::WslIp, Host::WindowsLanIp] {
            routes.push(Route { from: Node::Lan, to: host.into() });
        }
        routes
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} -> {}", self.from, self.to))
    }
}

/// A route, or one cell of it: `windows -> wsl-ip` or `windows -> wsl-ip curl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RoutePattern {
    /// The route.
    pub route: Route,
    /// The one tool that is meant; `None` means all of them.
    pub tool: Option<Tool>,
}

impl RoutePattern {
    /// Whether the cell of `route` and `tool` is one that the pattern names.
    pub fn covers(&self, route: Route, tool: Tool) -> bool {
        self.route == route && self.tool.is_none_or(|wanted| wanted == tool)
    }
}

impl fmt::Display for RoutePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.route)?;
        match self.tool {
            Some(tool) => write!(f, " {tool}"),
            None => Ok(()),
        }
    }
}

crate::text::serialized_as_text!(RoutePattern);

impl FromStr for RoutePattern {
    type Err = String;

    /// # Errors
    /// Says which part is not a node, a target or a tool, and what may stand there.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (from, to, tool) = match words[..] {
            [from, "->", to] => (from, to, None),
            [from, "->", to, tool] => (from, to, Some(tool.parse::<Tool>()?)),
            _ => {
                return Err(format!(
                    "`{text}` is not a route; write `FROM -> TO` or `FROM -> TO TOOL`, \
                     for instance `windows -> wsl-ip curl`"
                ));
            }
        };
        Ok(RoutePattern { route: Route { from: from.parse()?, to: to.parse()? }, tool })
    }
}
