# The questions that only a Windows can answer, asked of this machine, which is put back. Needs
# bin/xtask.exe and what ci/for-windows made on Linux, in wsl/. The answers are also the job's summary.
param([string] $Out = 'out')
$ErrorActionPreference = 'Stop'
$env:REACHLAB_ROOT = $PWD

New-Item -ItemType Directory -Force -Path $Out | Out-Null
& bin/xtask.exe measure --yes-change-this-machine --bundle wsl/bundle --rootfs wsl/rootfs.tar.gz `
    --report "json=$Out/answers.json" | Tee-Object -FilePath "$Out/answers.txt"
$code = $LASTEXITCODE
if ($env:GITHUB_STEP_SUMMARY) {
    '```text', (Get-Content "$Out/answers.txt"), '```' | Add-Content $env:GITHUB_STEP_SUMMARY
}
exit $code
