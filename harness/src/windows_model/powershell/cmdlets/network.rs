//! `Get-NetAdapter`, `Get-NetIPAddress`, `Get-NetRoute`, `Get-NetTCPConnection`: the state of the
//! node as its kernel tells it.

use std::net::IpAddr;

use super::{Call, Cmdlet, Does, query};
use crate::windows_model::{
    Windows, WindowsError,
    network::{Address, Network, Route, TcpSocket},
    powershell::{
        error::Trouble,
        object::{Class, Object, Value},
        parameters::{Signature, positional, switch, values},
    },
};

pub(super) const CMDLETS: [Cmdlet; 4] = [
    Cmdlet {
        does: Does::GetAdapter,
        signature: Signature {
            name: "Get-NetAdapter",
            id: "Get-NetAdapter",
            parameters: &[
                positional("Name", 0).or("InterfaceAlias"),
                values("InterfaceDescription"),
                values("InterfaceIndex").or("ifIndex"),
                // Nothing is hidden here: the guest's switch port is no adapter of Windows.
                switch("IncludeHidden"),
            ],
            others: &["AsJob", "CimSession", "Physical", "ThrottleLimit"],
        },
    },
    Cmdlet {
        does: Does::GetAddress,
        signature: Signature {
            name: "Get-NetIPAddress",
            id: "Get-NetIPAddress",
            parameters: &[
                positional("IPAddress", 0),
                values("InterfaceAlias"),
                values("InterfaceIndex").or("ifIndex"),
                values("AddressFamily"),
                values("AddressState"),
                values("PrefixLength"),
            ],
            others: &[
                "AsJob",
                "AssociatedIPInterface",
                "CimSession",
                "IncludeAllCompartments",
                "PolicyStore",
                "PreferredLifetime",
                "PrefixOrigin",
                "SkipAsSource",
                "SuffixOrigin",
                "ThrottleLimit",
                "Type",
                "ValidLifetime",
            ],
        },
    },
    Cmdlet {
        does: Does::GetRoute,
        signature: Signature {
            name: "Get-NetRoute",
            id: "Get-NetRoute",
            parameters: &[
                positional("DestinationPrefix", 0),
                values("InterfaceAlias"),
                values("InterfaceIndex").or("ifIndex"),
                values("NextHop"),
                values("AddressFamily"),
            ],
            others: &[
                "AsJob",
                "AssociatedIPInterface",
                "CimSession",
                "CompartmentId",
                "IncludeAllCompartments",
                "InterfaceMetric",
                "PolicyStore",
                "PreferredLifetime",
                "Protocol",
                "Publish",
                "RouteMetric",
                "State",
                "ThrottleLimit",
                "ValidLifetime",
            ],
        },
    },
    Cmdlet {
        does: Does::GetConnection,
        signature: Signature {
            name: "Get-NetTCPConnection",
            id: "Get-NetTCPConnection",
            parameters: &[
                positional("LocalAddress", 0),
                positional("LocalPort", 1),
                values("RemoteAddress"),
                values("RemotePort"),
                values("State"),
                values("OwningProcess"),
            ],
            others: &[
                "AppliedSetting",
                "AsJob",
                "CimSession",
                "CreationTime",
                "OffloadState",
                "ThrottleLimit",
            ],
        },
    },
];

pub(super) fn adapters(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    let found = network(windows, call)?.adapters.into_iter().map(|adapter| {
        // What Windows says of a virtual switch and of a usual card; a veth has no speed.
        let speed = if adapter.description.starts_with("Hyper-V") { "10 Gbps" } else { "1 Gbps" };
        Object::new(
            Class::Adapter,
            [
                ("Name", Value::from(adapter.alias)),
                ("InterfaceDescription", adapter.description.into()),
                ("ifIndex", adapter.index.into()),
                ("Status", if adapter.up { "Up" } else { "Disabled" }.into()),
                ("MacAddress", adapter.mac.to_string().into()),
                ("LinkSpeed", speed.into()),
            ],
        )
    });
    let keys =
        [query::key("Name"), query::key("InterfaceDescription"), query::exact("InterfaceIndex")];
    query::find(call, "MSFT_NetAdapter", &keys, found.collect())
}

pub(super) fn addresses(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    call.word("AddressFamily", "NetIPAddress.AddressFamily", &["IPv4", "IPv6"])?;
    let states = ["Invalid", "Tentative", "Duplicate", "Deprecated", "Preferred"];
    call.word("AddressState", "NetIPAddress.AddressState", &states)?;
    let found = network(windows, call)?.addresses;
    let keys = [
        query::key("IPAddress"),
        query::key("InterfaceAlias"),
        query::exact("InterfaceIndex"),
        query::exact("AddressFamily"),
        query::exact("AddressState"),
        query::exact("PrefixLength"),
    ];
    query::find(call, "MSFT_NetIPAddress", &keys, found.iter().map(address).collect())
}

fn address(address: &Address) -> Object {
    let link_local = match address.address {
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
        IpAddr::V4(_) => false,
    };
    let shown = if link_local {
        format!("{}%{}", address.address, address.index)
    } else {
        address.address.to_string()
    };
    let well_known = link_local || address.address.is_loopback();
    let (prefix, suffix) = match (well_known, link_local) {
        (_, true) => ("WellKnown", "Link"),
        (true, _) => ("WellKnown", "WellKnown"),
        _ => ("Manual", "Manual"),
    };
    let forever = "Infinite ([TimeSpan]::MaxValue)";
    Object::new(
        Class::Address,
        [
            ("IPAddress", Value::from(shown)),
            ("InterfaceIndex", address.index.into()),
            ("InterfaceAlias", address.alias.into()),
            ("AddressFamily", family(address.address).into()),
            ("Type", "Unicast".into()),
            ("PrefixLength", u32::from(address.prefix).into()),
            ("PrefixOrigin", prefix.into()),
            ("SuffixOrigin", suffix.into()),
            ("AddressState", address.state.name().into()),
            ("ValidLifetime", forever.into()),
            ("PreferredLifetime", forever.into()),
            ("SkipAsSource", false.into()),
            ("PolicyStore", "ActiveStore".into()),
        ],
    )
}

pub(super) fn routes(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    call.word("AddressFamily", "NetRoute.AddressFamily", &["IPv4", "IPv6"])?;
    let found = network(windows, call)?.routes;
    let keys = [
        query::key("DestinationPrefix"),
        query::key("InterfaceAlias"),
        query::exact("InterfaceIndex"),
        query::key("NextHop"),
        query::exact("AddressFamily"),
    ];
    query::find(call, "MSFT_NetRoute", &keys, found.iter().map(route).collect())
}

fn route(route: &Route) -> Object {
    let on_link = if route.destination.is_ipv4() { "0.0.0.0" } else { "::" };
    let next_hop = route.next_hop.map_or(on_link.to_owned(), |next_hop| next_hop.to_string());
    Object::new(
        Class::Route,
        [
            ("ifIndex", Value::from(route.index)),
            ("DestinationPrefix", format!("{}/{}", route.destination, route.prefix).into()),
            ("NextHop", next_hop.into()),
            ("RouteMetric", route.metric.into()),
            ("ifMetric", interface_metric(route.alias).into()),
            ("PolicyStore", "ActiveStore".into()),
            ("InterfaceAlias", route.alias.into()),
            ("AddressFamily", family(route.destination).into()),
        ],
    )
}

/// What Windows gives interfaces by itself, by their speed; Linux has no such number.
fn interface_metric(alias: &str) -> u32 {
    match alias {
        crate::windows_model::network::adapters::LOOPBACK => 75,
        _ if alias.starts_with("vEthernet") => 15,
        _ => 25,
    }
}

pub(super) fn connections(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    let states = [
        "Closed",
        "Listen",
        "SynSent",
        "SynReceived",
        "Established",
        "FinWait1",
        "FinWait2",
        "CloseWait",
        "Closing",
        "LastAck",
        "TimeWait",
        "DeleteTCB",
        "Bound",
    ];
    call.word("State", "NetTCPConnection.State", &states)?;
    if call.input.is_some() {
        return Err(call.lacks("input"));
    }
    let found = windows.tcp().map_err(WindowsError::from)?;
    let objects = found.iter().map(|socket| connection(socket, windows.owner(socket)));
    let keys = [
        query::exact("LocalAddress"),
        query::exact("LocalPort"),
        query::exact("RemoteAddress"),
        query::exact("RemotePort"),
        query::exact("State"),
        query::exact("OwningProcess"),
    ];
    query::find(call, "MSFT_NetTCPConnection", &keys, objects.collect())
}

fn connection(socket: &TcpSocket, owner: u32) -> Object {
    let port = |port: u16| Value::from(u32::from(port));
    let setting = if socket.state == "Listen" { "" } else { "Internet" };
    Object::new(
        Class::Connection,
        [
            ("LocalAddress", Value::from(socket.local.ip().to_string())),
            ("LocalPort", port(socket.local.port())),
            ("RemoteAddress", socket.remote.ip().to_string().into()),
            ("RemotePort", port(socket.remote.port())),
            ("State", socket.state.into()),
            ("AppliedSetting", setting.into()),
            ("OwningProcess", owner.into()),
        ],
    )
}

fn network(windows: &Windows, call: &Call<'_>) -> Result<Network, Trouble> {
    if call.input.is_some() {
        return Err(call.lacks("input"));
    }
    Ok(windows.network().map_err(WindowsError::from)?)
}

const fn family(address: IpAddr) -> &'static str {
    match address {
        IpAddr::V4(_) => "IPv4",
        IpAddr::V6(_) => "IPv6",
    }
}
