import ropa

record = ropa.load("kauhajoen-vesihuolto.ttl")
for register in ropa.each(record.registers):
    for category in ropa.each(register.data_categories):
        found = ropa.related(record, f"{register.id}/data_categories/{category.id}", "recipients")
        paired = ", ".join(recipient.id for recipient in found.paired)
        print(f"{category.id}: {paired or 'nobody'}; possibly {len(found.possible)} more")
