import ropa

for path, result in ropa.load_all("rekisterit"):
    findings = result.findings if isinstance(result, ropa.ReadError) else ropa.check(path)
    for finding in findings:
        print(f"{finding.file}:{finding.line} {finding.path}")
        print(f"    {finding.hint or finding.message}")
