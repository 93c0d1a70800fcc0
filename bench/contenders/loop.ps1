# PowerShell, one call after the other. BENCH_CALLS holds one address a line.
Get-Content $env:BENCH_CALLS | ForEach-Object { Invoke-RestMethod -Method Delete -Uri $_ | Out-Null }
