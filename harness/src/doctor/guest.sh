# Which of these a distro has: a user, then programs. Then what distro it is. Runs in any shell.
user=$1
shift
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/lib/systemd:/lib/systemd
if id -u "$user" >/dev/null 2>&1; then echo "user $user"; fi
for name in "$@"; do
    if command -v "$name" >/dev/null 2>&1; then echo "program $name"; fi
done
cat /etc/os-release 2>/dev/null || true
