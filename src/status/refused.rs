//! Why systemd could not even begin a run: its own exit codes, of systemd.exec(5).

/// The reason, if a service with this result and exit status of its main process never came to its program.
pub fn refused(result: &str, status: i32) -> Option<String> {
    if result != "exit-code" || !(200..=243).contains(&status) {
        return None;
    }
    let (what, name) = match status {
        200 => ("the working directory cannot be entered", "CHDIR"),
        201 => ("its priority cannot be set", "NICE"),
        202 => ("a file descriptor cannot be passed on", "FDS"),
        203 => ("run-job cannot be executed", "EXEC"),
        204 => ("there is not enough memory", "MEMORY"),
        205 => ("a limit cannot be set", "LIMITS"),
        208 => ("its input cannot be set up", "STDIN"),
        209 => ("its output cannot be set up", "STDOUT"),
        211 => ("its I/O priority cannot be set", "IOPRIO"),
        214 => ("its scheduling cannot be set", "SETSCHEDULER"),
        216 => ("the group is missing", "GROUP"),
        217 => ("the user is missing", "USER"),
        218 => ("its capabilities cannot be set", "CAPABILITIES"),
        219 => ("its control group cannot be set up", "CGROUP"),
        222 => ("its errors cannot be written anywhere", "STDERR"),
        224 => ("PAM refuses", "PAM"),
        225 => ("its network cannot be set up", "NETWORK"),
        226 => ("its view of the file system cannot be set up", "NAMESPACE"),
        227 => ("it cannot be kept from new privileges", "NO_NEW_PRIVILEGES"),
        228 => ("its system calls cannot be filtered", "SECCOMP"),
        233 => ("its folder below /run cannot be made", "RUNTIME_DIRECTORY"),
        235 => ("the owner of a file cannot be changed", "CHOWN"),
        238 => ("its state folder cannot be made", "STATE_DIRECTORY"),
        243 => ("a credential cannot be read", "CREDENTIALS"),
        status => return Some(format!("systemd could not start it: exit status {status}, see systemd.exec(5)")),
    };
    Some(format!("systemd could not start it: {what} ({status}/{name})"))
}

#[cfg(test)]
mod tests {
    use super::refused;

    #[test]
    fn only_codes_of_systemd_are_its_refusals() {
        let said = refused("exit-code", 217);
        assert_eq!(said.as_deref(), Some("systemd could not start it: the user is missing (217/USER)"));
        let said = refused("exit-code", 230);
        assert_eq!(said.as_deref(), Some("systemd could not start it: exit status 230, see systemd.exec(5)"));
        for (result, status) in [("exit-code", 1), ("exit-code", 199), ("exit-code", 244), ("timeout", 217), ("", 0)] {
            assert_eq!(refused(result, status), None, "{result} {status}");
        }
    }
}
