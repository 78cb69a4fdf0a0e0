//! Texts of systems and tools for what went wrong, in the languages of Windows.

use crate::{evidence::span::Text, outcome::Outcome};

/// Each with a part of its text that no other failure has.
const TEXTS: [(&str, Outcome); 44] = [
    ("actively refused", Outcome::Refused),
    ("Connection refused", Outcome::Refused),
    ("ECONNREFUSED", Outcome::Refused),
    ("积极拒绝", Outcome::Refused),
    ("積極拒絕", Outcome::Refused),
    ("によって拒否された", Outcome::Refused),
    ("Verbindung verweigert", Outcome::Refused),
    ("Verbindungsaufbau abgelehnt", Outcome::Refused),
    ("Connexion refusée", Outcome::Refused),
    ("expressément refusée", Outcome::Refused),
    ("denegó expresamente", Outcome::Refused),
    ("Conexión rehusada", Outcome::Refused),
    ("연결을 거부", Outcome::Refused),
    ("拒绝连接", Outcome::Refused),
    ("接続を拒否", Outcome::Refused),
    ("No route to host", Outcome::NoRoute),
    ("Keine Route zum Zielrechner", Outcome::NoRoute),
    ("没有到主机的路由", Outcome::NoRoute),
    ("Aucun chemin d'accès pour atteindre", Outcome::NoRoute),
    ("Host is down", Outcome::NoRoute),
    ("Network is unreachable", Outcome::NetUnreachable),
    ("Das Netzwerk ist nicht erreichbar", Outcome::NetUnreachable),
    ("网络不可达", Outcome::NetUnreachable),
    ("Cannot assign requested address", Outcome::NetUnreachable),
    ("Permission denied", Outcome::NotPermitted),
    ("Connection reset", Outcome::Dropped),
    ("connection was reset", Outcome::Dropped),
    ("forcibly closed", Outcome::Dropped),
    ("connection was closed", Outcome::Dropped),
    ("Empty reply from server", Outcome::Dropped),
    ("连接被重置", Outcome::Dropped),
    ("基础连接已经关闭", Outcome::Dropped),
    ("Die zugrunde liegende Verbindung wurde", Outcome::Dropped),
    ("Could not resolve host", Outcome::NoName),
    ("unable to resolve host", Outcome::NoName),
    ("Name or service not known", Outcome::NoName),
    ("Temporary failure in name resolution", Outcome::NoName),
    ("bad address '", Outcome::NoName),
    ("remote name could not be resolved", Outcome::NoName),
    ("Connection timed out", Outcome::Timeout),
    ("timed out: Operation now in progress", Outcome::Timeout),
    ("Connection timeout", Outcome::Timeout),
    ("TIMEOUT.", Outcome::Timeout),
    ("连接超时", Outcome::Timeout),
];

/// The failure that a line tells of.
pub(super) fn of(line: Text<'_>) -> Option<Outcome> {
    TEXTS.iter().find(|(text, _)| line.has(text)).map(|(_, outcome)| *outcome)
}
