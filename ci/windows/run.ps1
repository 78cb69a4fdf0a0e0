# A part of the catalogue on this machine, which it changes while it runs and puts back. Needs
# bin/xtask.exe, wsl/reachlab-agent (ci/wsl-agent) and wsl/rootfs.tar.gz (ci/wsl-rootfs).
param(
    [Parameter(Mandatory)] [string] $Shard,
    [string] $Out = 'out'
)
$ErrorActionPreference = 'Stop'

New-Item -ItemType Directory -Force -Path $Out | Out-Null
$name = $Shard.Replace('/', '-of-')
& bin/xtask.exe run-scenarios --arm windows --yes-change-this-machine --shard $Shard `
    --agent wsl/reachlab-agent --rootfs wsl/rootfs.tar.gz --seen "$Out/seen" `
    --report "json=$Out/$name.json"
exit $LASTEXITCODE
