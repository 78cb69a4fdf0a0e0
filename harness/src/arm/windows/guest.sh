# The guest's disk, kept and put back. Runs in the lab's own distro and nowhere else.
set -eu
cd /
here=/root/.reachlab
kept=""
for directory in etc root home var/log; do
    if [ -w "$directory" ]; then kept="$kept $directory"; fi
done
list() {
    find $kept \( -path root/.reachlab -o -path root/.cache \) -prune -o -print | sort
}
case "$1" in
keep)
    list >"$here/list"
    # What WSL writes at each boot is written anew.
    tar --exclude=root/.reachlab --exclude=root/.cache -cpf "$here/disk.tar" $kept
    ;;
restore)
    list >"$here/now"
    comm -13 "$here/list" "$here/now" | while IFS= read -r path; do
        rm -rf "/$path"
    done
    tar -xpf "$here/disk.tar"
    ;;
esac
