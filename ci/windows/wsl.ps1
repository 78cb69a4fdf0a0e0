# WSL 2 on a runner of GitHub's: windows-2025 brings it, windows-2022 a wsl.exe that must be updated
# and makes distros of version 1 unless told otherwise. No distro is made here: the lab imports its own.
$ErrorActionPreference = 'Stop'
$env:WSL_UTF8 = '1'

for ($try = 1; $try -le 5; $try++) {
    wsl.exe --update --web-download
    if ($LASTEXITCODE -eq 0) { break }
    Start-Sleep -Seconds (10 * $try)
}
wsl.exe --set-default-version 2
wsl.exe --version
if ($LASTEXITCODE -ne 0) { throw 'wsl.exe has no version: WSL 2 is not installed' }
