import ropa

agency = ropa.Recipient(name="Perintätoimisto", concepts=("ropa:DebtCollectionAgency",))
record = ropa.Record(
    id="https://example.org/ropa/esimerkkilan-vesi",
    language="fi",
    controller=ropa.Controller(name="Esimerkkilän Vesi", email="vesi@example.org"),
    registers=(ropa.Register(name="Asiakasrekisteri", recipients=(agency,), transfers=()),),
)
changed = ropa.replace(record, "asiakasrekisteri/recipients/perintatoimisto", countries=("loc:FI",))
print(ropa.get(changed, "asiakasrekisteri/recipients/perintatoimisto/countries"))
