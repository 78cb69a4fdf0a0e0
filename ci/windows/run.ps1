# A part of the catalogue on this machine, which it changes while it runs and puts back. Needs
# bin/xtask.exe and what ci/for-windows made on Linux, in wsl/.
param(
    [Parameter(Mandatory)] [string] $Shard,
    [string] $Out = 'out'
)
$ErrorActionPreference = 'Stop'
$env:REACHLAB_ROOT = $PWD

New-Item -ItemType Directory -Force -Path $Out | Out-Null
$name = $Shard.Replace('/', '-of-')
& bin/xtask.exe run-scenarios --arm windows --yes-change-this-machine --shard $Shard `
    --bundle wsl/bundle --rootfs wsl/rootfs.tar.gz --review "$Out/seen" `
    --report "json=$Out/$name.json"
exit $LASTEXITCODE
