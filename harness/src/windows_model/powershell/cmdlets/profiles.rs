//! The `NetFirewallProfile` cmdlets.

use super::{Call, Cmdlet, Does, query};
use crate::windows_model::{
    Windows,
    firewall::{Profile, ProfileState},
    powershell::{
        error::Trouble,
        object::{Class, Object, Value},
        parameters::{Signature, positional, switch, values},
    },
};

pub(super) const CMDLETS: [Cmdlet; 2] = [
    Cmdlet {
        does: Does::GetProfile,
        signature: Signature {
            name: "Get-NetFirewallProfile",
            id: "Get-NetFirewallProfile",
            parameters: &[positional("Name", 0).or("Profile"), switch("All")],
            others: &["AsJob", "CimSession", "GPOSession", "PolicyStore", "ThrottleLimit"],
        },
    },
    Cmdlet {
        does: Does::SetProfile,
        signature: Signature {
            name: "Set-NetFirewallProfile",
            id: "Set-NetFirewallProfile",
            parameters: &[
                positional("Name", 0).or("Profile"),
                values("Enabled"),
                values("DefaultInboundAction"),
                switch("All"),
            ],
            others: &[
                "AllowInboundRules",
                "AllowLocalFirewallRules",
                "AllowLocalIPsecRules",
                "AllowUnicastResponseToMulticast",
                "AllowUserApps",
                "AllowUserPorts",
                "AsJob",
                "CimSession",
                "DefaultOutboundAction",
                "DisabledInterfaceAliases",
                "EnableStealthModeForIPsec",
                "GPOSession",
                "InputObject",
                "LogAllowed",
                "LogBlocked",
                "LogFileName",
                "LogIgnored",
                "LogMaxSizeKilobytes",
                "NotifyOnListen",
                "PassThru",
                "PolicyStore",
                "ThrottleLimit",
            ],
        },
    },
];

pub(super) fn get(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    let firewall = windows.firewall();
    let all = Profile::ALL.map(|profile| object(profile, firewall.profile(profile)));
    query::find(call, "MSFT_NetFirewallProfile", &[query::key("Name")], all.into())
}

pub(super) fn set(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    let enabled = call.word("Enabled", "NetSecurity.GpoBoolean", &["False", "True"])?;
    let actions = ["NotConfigured", "Allow", "Block"];
    let inbound = call.word("DefaultInboundAction", "NetSecurity.Action", &actions)?;
    // What is not configured is as Windows ships.
    let edit = |state: ProfileState| ProfileState {
        enabled: enabled.map_or(state.enabled, |word| word == "True"),
        allows_inbound: inbound.map_or(state.allows_inbound, |word| word == "Allow"),
    };
    // Without a name it is about all three.
    let meant = get(windows, call)?;
    let is_meant =
        |profile: &Profile| meant.iter().any(|object| object.text("Name") == profile.name());
    windows.firewall().set_profiles(Profile::ALL.into_iter().filter(is_meant), edit)?;
    Ok(Vec::new())
}

/// What of a profile is modelled; Windows lists some twenty properties.
fn object(profile: Profile, state: ProfileState) -> Object {
    let inbound = if state.allows_inbound { "Allow" } else { "Block" };
    Object::new(
        Class::FirewallProfile,
        [
            ("Name", Value::from(profile.name())),
            ("Enabled", state.enabled.into()),
            ("DefaultInboundAction", inbound.into()),
            ("DefaultOutboundAction", "Allow".into()),
        ],
    )
}
