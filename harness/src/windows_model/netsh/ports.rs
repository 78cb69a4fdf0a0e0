//! `netsh interface ipv4 show excludedportrange` and `show dynamicport`: what Windows keeps for
//! itself, and what it hands out.
//!
//! The modelled machine reserves no range, so its table has none; it never refuses a port either.

use super::Problem;

/// The dynamic range of a fresh Windows: first port and how many.
const DYNAMIC: (u16, u16) = (49152, 16384);

/// `show excludedportrange protocol=tcp`, `show dynamicport tcp`; for IPv4 and IPv6 alike.
pub(super) fn show(command: &[String]) -> Result<String, Problem> {
    let words: Vec<String> = command.iter().map(|word| word.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [verb, what, protocol] = words.as_slice() else { return Err(Problem::NotModelled) };
    if *verb != "show" && *verb != "sh" {
        return Err(Problem::NotModelled);
    }
    let protocol = protocol.strip_prefix("protocol=").unwrap_or(protocol);
    if !["tcp", "udp"].contains(&protocol) {
        return Err(Problem::NotModelled);
    }
    match *what {
        "excludedportrange" => Ok(format!(
            "\nProtocol {protocol} Port Exclusion Ranges\n\n\
             Start Port    End Port      \n\
             ----------    --------      \n\n\
             * - Administered port exclusions.\n\n"
        )),
        "dynamicport" | "dynamicportrange" => Ok(format!(
            "\nProtocol {protocol} Dynamic Port Range\n\
             ---------------------------------\n\
             Start Port      : {}\n\
             Number of Ports : {}\n\n",
            DYNAMIC.0, DYNAMIC.1
        )),
        _ => Err(Problem::NotModelled),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn shown(line: &str) -> Result<String, Problem> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        show(&words)
    }

    #[rstest]
    #[case::excluded("show excludedportrange protocol=tcp", "Protocol tcp Port Exclusion Ranges")]
    #[case::positional("show excludedportrange udp", "Protocol udp Port Exclusion Ranges")]
    #[case::dynamic("show dynamicport tcp", "Start Port      : 49152")]
    fn what_is_modelled(#[case] line: &str, #[case] has: &str) {
        assert!(shown(line).unwrap().contains(has));
    }

    #[rstest]
    #[case("show excludedportrange")]
    #[case("show excludedportrange icmp")]
    #[case("add excludedportrange protocol=tcp")]
    #[case("show interfaces tcp")]
    fn what_is_not(#[case] line: &str) {
        assert!(matches!(shown(line), Err(Problem::NotModelled)));
    }
}
