# Runs a command that installs packages, and keeps them from starting a service on this machine.
#
#   sh -c "$(cat guard.sh)" guard POLICY UNIT COMMAND [ARGUMENT...]
#
# POLICY is where a policy-rc.d forbids starts while COMMAND runs (Debian; empty: none). One that is
# there already stays as it is. UNIT is a systemd unit to stop and disable afterwards (empty: none).
# Whatever ends COMMAND or this shell short of SIGKILL, both are seen to, and the exit status is that
# of COMMAND. A shell and not the lab's own code, because the lab may be killed meanwhile.
policy=$1 unit=$2 marker='reachlab: removed when its install ends'
shift 2
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export PATH

ours=
clean_up() {
    status=$?
    trap '' HUP INT TERM
    if [ -n "$unit" ] && command -v systemctl >/dev/null; then
        if [ -d /run/systemd/system ]; then now=--now; else now=; fi
        # The unit may not be there, when the install failed before it.
        systemctl disable $now "$unit" || :
    fi
    if [ -n "$ours" ]; then rm -f "$policy"; fi
    exit "$status"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -n "$policy" ]; then
    if grep -qs "$marker" "$policy"; then
        ours=1 # left by a guard that was killed
    elif [ ! -e "$policy" ]; then
        ours=1
        # noclobber: never over one that another program puts there at this moment
        (set -C; printf '#!/bin/sh\n# %s\nexit 101\n' "$marker" >"$policy") || ours=
        if [ -n "$ours" ]; then chmod 755 "$policy"; fi
    fi
fi

"$@"
