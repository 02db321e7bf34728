"""Forms of sentences that are made in English, where no language is known: texts to translate. See `app.said`."""

from typing import Final

FORMS: Final = (
    "{name}: the policy is larger than {n} MB; is it the right file?",
    "this is not UTF-8 text. Save the file as UTF-8 and try again.",
    "{name}: lists or tables are nested too deeply to be a policy.",
    "{name}: there may be more; these come first.",
    "{path}: the policy cannot be read ({reason}).",
    (
        "this is not valid TOML ({what}). “{text}”. Texts stand in quotes, lists in square brackets: name = "
        '"text", names = ["a", "b"].'
    ),
    (
        'this is not valid TOML ({what}). Texts stand in quotes, lists in square brackets: name = "text", '
        'names = ["a", "b"].'
    ),
    "`{name}` is not a setting of the policy.",
    "Did you mean `{name}`?",
    "Did you mean “{name}”?",
    "Did you mean {code} ({country})?",
    "Did you mean {code}?",
    "Known settings: {names}.",
    "Known here: {names}.",
    "`{name}` is missing.",
    "{value} is not a date; write year-month-day, such as 2027-03-31.",
    "{value} is not a data class. Allowed: {names}.",
    "{value} is not a level of key custody. Allowed: {names}.",
    "{value} is not a provider. Allowed: {names}.",
    "{value} is not a word that is allowed here. Allowed: {names}.",
    '{value} must be a text in quotes, such as "{text}".',
    "must be a text of 1 to {n} characters.",
    "{value} must be a whole number of days, without quotes.",
    "{value} must be a level from 0 to 4, without quotes.",
    "{value} must be a share from 0 to 1, such as 0.8, without quotes.",
    "{value} must be a number above 0, without quotes.",
    "{value} must be true or false, without quotes.",
    "{value} is a group; name one country by its code (two letters).",
    "must be a list in square brackets, such as [{value}].",
    "has more than {n} entries.",
    "must be a table: a heading [{name}] with lines below it.",
    "must be a table of {names}.",
    "“{name}” is used twice; each {member} must differ.",
    "{a} days at least is more than {b} days at most.",
    "needs at least one of {names}: which assets?",
    "says nothing about the assets it names: data_class is missing.",
    "“{name}” is not a kind of asset.",
    "“{name}” is not a country code (two letters, ISO 3166) and not EU, EEA or ADEQUATE.",
    "“{name}” may mean more than one country; write {a} ({country}) or {b} ({country_b}).",
    (
        "The as-of date {day} lies before {first}, the day from which the GDPR applied: there is no Chapter "
        "V to judge by. Choose a later date."
    ),
    "There is no acceptance {id} in the store {store}.",
    "The acceptance {id} was revoked on {day} already.",
    "There is no acceptance {id} in force in the store {store}.",
    (
        "The evidence {id} in the store {store} is damaged: its bytes no longer have that digest; restore "
        "the store from a backup."
    ),
    "A store is a file or a postgresql:// address; {scheme}:// is neither.",
    (
        "This Python brings SQLite {version}, but the store needs {wanted} or newer; install a newer Python "
        "(the ones from python.org bring it)."
    ),
    "{store} is a folder; name a file for the store.",
    "There is no store at {store}; import or scan something first, or name another file.",
    "A store on a PostgreSQL server needs the extra parts: install situs[postgresql].",
    "The store {store} has more documents than this program can tell apart.",
    "The database server of the store {store} does not answer: {reason}.",
    "Another Situs was writing to the store {store} at the same moment; nothing was changed. Try again.",
    "The database server refuses to work on the store {store}: {reason}.",
    "The store {store} has no finished scan {n} to begin with.",
    "The store {store} knows no connection {name}.",
    "The store {store} has no judgement {n}.",
    "The store {store} has no scan {n}.",
    "This judgement is over: nothing more can be written to it.",
    "This scan is over: nothing more can be written to it.",
    "The database {store} belongs to another program; name another place for the store.",
    "The file {store} is empty: there is no store in it.",
    "Scan {n} was never finished, so it cannot be judged or reported.",
    "The store {store} is on a server; back it up there (pg_dump).",
    "The store {store} was opened for reading only.",
    "The store {store} is being written already, by this very program.",
    "The folder for the store {store} cannot be made: {reason}.",
    "{name} cannot begin the name of a role: use small letters, digits and _.",
    "Roles are for a store on a PostgreSQL server; a file belongs to whoever can open it.",
    "The disk that holds the store {store} is full; what was stored before is kept. Free some space.",
    "The store {store} is locked by another program; close it or wait, then run again.",
    "The file {store} is not a Situs store (no SQLite database, or an encrypted one); name another file.",
    "The store {store} is damaged; keep the file and restore it from a backup.",
    "The store {store} cannot be written: the file or its folder is read-only for this user.",
    "The store {store} cannot be read or written: this user has no permission.",
    "The store {store} cannot be opened: the folder does not exist, or this user may not use it.",
    (
        "The store {store} cannot be read or written: the disk or network drive reports an error; keep the "
        "store on a disk of this computer."
    ),
    "The store {store} cannot be locked; keep it on a disk of this computer, not on a network drive.",
    "An entry is larger than the store {store} can hold; what was stored before is kept.",
    "{file}: no site is declared in it.",
    ("{file} is a declaration of {n} characters, more than the limit of {most}: nothing was read from it; split it."),
    "there is no column 'site', so this is no table of declared sites; nothing was read from it.",
    "the column {name} is there twice; keep one. Nothing was read from it.",
    "{file} has more than {n} rows; those after it were not read.",
    "only the first {n} columns are read.",
    "{value} is an error of the spreadsheet; it was left out.",
    "{value} stands below no heading; it was not read.",
    "{file} was not read: what these cells hold cannot be told.",
    (
        "Row {n}, column {name}: {cell} is a formula whose result was not saved; open the file in the "
        "spreadsheet, save it, and import it again."
    ),
    ("Row {n}, column {name}: the cells {cells} are merged; undo that, and write into each what belongs there."),
    "{file} is a workbook that cannot be read; nothing was kept of it: save it again as .xlsx.",
    "site {id} was declared at {where} already; skipped.",
    "the column 'site' is empty; the row was skipped.",
    "unknown column {name} (did you mean {other}?); it was not read.",
    "unknown column {name}; it was not read.",
    "unknown member {name} (did you mean {other}?); it was not read.",
    "unknown member {name}; it was not read.",
    "{names} without a name in the column {owner}; it was not read.",
    "{name} is {value} here, but {other} at {where}; the first one counts.",
    "a site needs an id of letters, digits, dots and dashes, not {id}; the site was skipped.",
    "a site needs an id of letters, digits, dots and dashes; the site was skipped.",
    "site {id} has no country, so its place stays unknown; add country: DE or the like.",
    "a cluster needs a name; it was skipped.",
    "a store needs a name; it was skipped.",
    "encrypted is {value}; write yes or no. It was not read.",
    "{name} must be a list, each entry beginning with a dash; it was not read.",
    "an entry of {name} must have named members; it was skipped.",
    "{name} must be a list of words; it was not read.",
    "{name} {value} may mean more than one country; write {a} or {b}; it was not read.",
    (
        "{name} {value} is not a country code (ISO 3166) such as DE or NOR, and no name of a country that is "
        "listed; it was not read."
    ),
    "{name} {value} is not a whole number; it was not read.",
    "{name} {value} is none of {names} (did you mean {other}?); it was not read.",
    "{name} {value} is none of {names}; it was not read.",
    (
        "{file} is not UTF-8; it was read as Windows-1252, as Excel in western Europe writes it. Check line "
        "{n}: {text}. If letters are wrong there, save it as CSV UTF-8."
    ),
    (
        "{file} cannot be read on from line {n}: {reason}; the {kept} rows before it were kept. Save it as "
        "CSV in UTF-8 and import it again."
    ),
    "{file}: line {n} has more cells than the header and was left out.",
    "{file} is empty: nothing was read from it; export it again.",
    "{file} is a binary file, which cannot be read; export it as JSON, CSV, gzip or zip.",
    "{file} changed while it was read: nothing was kept of it.",
    "{file}: {n} further warnings are not shown.",
    "{name} is an archive inside an archive, which is not read: unpack the outer one first.",
    "{name} is a tar archive, which cannot be read: unpack it and import the files in it.",
    "{name} holds {n} files, more than the limit of {most}; split it.",
    (
        "{name} says that it expands to {n} bytes, more than the limit of {most}: nothing was read from it; "
        "unpack it by hand if you trust it, and import the files."
    ),
    "{name} is protected by a password: unpack it and import the file.",
    (
        "{name} expands more than {n} times, as an archive made to do harm would: nothing was read from it; "
        "unpack it by hand if you trust it."
    ),
    "{name} is a workbook of {n} bytes, more than the limit of {most}.",
    "{name} is a zip archive that cannot be opened, damaged or not fully downloaded; fetch it again.",
    "{name} is damaged inside its archive and cannot be read; fetch the archive again.",
    "{name}: {where} is no configuration item and was left out.",
    "{name}: the configuration of {where} (byte {n}) cannot be read; the item was left out.",
    (
        "{name} is a file of AWS Config without any configuration item: nothing was read from it; check that "
        "the recorder is on, and export it again."
    ),
    (
        "{name}: {n} items say neither their resourceType nor an ARN and were left out; select resourceType, "
        "arn, accountId, awsRegion, tags, configuration and supplementaryConfiguration."
    ),
    "{name}: {n} resources had been deleted when AWS Config last saw them and were left out.",
    (
        "{name}: {n} resources are not recorded, or came without their configuration: switch their types on "
        "in the recorder, or select the column configuration in the query."
    ),
    "{name}: {n} items name no region; where they are stays unknown.",
    "{name}: {n} × {kind} without a place; the rules cannot say where they are.",
    "{name}: {n} entries describe something deleted since; left out.",
    "{name}: the export holds no assets.",
    "not an asset (no name or no asset type); skipped.",
    "{name} is {what}, but none of the exports that Situs knows: nothing was read from it.",
    ("{name} is {what}, but none of the exports that Situs knows (it looks like {like}): nothing was read from it."),
    "Known are: {names}.",
    "{name} cannot be read: {reason}; nothing was kept of it, fetch it again.",
    "not a Kubernetes object; skipped.",
    "an object without a kind; skipped.",
    "an object without a usable name; skipped.",
    ("{name} holds {n} objects of kind {kind}: nothing of them was read or kept; leave them out of the export."),
    "{name}: the list holds no objects.",
    (
        "{name}: no node tells its region, so the place of the cluster is unknown; declare a site that names "
        "the cluster {cluster} under kubernetes."
    ),
    "{name} holds no finding that names a resource; nothing was kept of it.",
    "no finding that names a resource; skipped.",
    (
        "{name} ends with a page that is followed by another one, which is not in the file; what it holds "
        "was kept. Export all pages."
    ),
    (
        "{name}: Azure says that the result was cut short (resultTruncated); what it holds was kept. Export "
        "it in parts, or with pages."
    ),
    (
        "{name} holds {n} of the {total} rows of its query; what it holds was kept. Export all pages (az "
        "graph query --first 1000, with --skip-token)."
    ),
    "{name} was not read: the import was stopped.",
    "{name}: {uid} is in the file twice; the later one counts.",
    "{name} was not read to its end: the import was stopped; what was read was kept.",
    "{name} could not be read on: {reason}; what was read before was kept.",
    (
        "this was written by a cmdlet of PowerShell, so only names, places, tags and properties as Azure "
        "writes them are read; export a Resource Graph result."
    ),
    (
        "nested properties were written as text, so their facts are missing; with PowerShell, save with "
        "ConvertTo-Json -Depth 100."
    ),
    "{uid} has no location; keep the column `location` in the query, or its country stays unknown.",
    (
        "this is no Azure resource with an `id`; it was left out. Keep the columns id, type, location, tags, "
        "sku and properties in the query."
    ),
    "{name}: {n} entries without an Azure id were left out.",
    (
        "{name} holds {n} entries and none with an Azure resource id: nothing was kept. Export the result of "
        "a Resource Graph query that keeps the column `id`."
    ),
    "{name}: the list holds no resources.",
    "{name}: of types that Situs does not know, {n} resource was counted and not judged ({shown}).",
    "{name}: of types that Situs does not know, {n} resources were counted and not judged ({shown}).",
    "{name} is not a workbook.",
    "{name} is not UTF-8 text: byte {n} is invalid; nothing was kept of it, save it as UTF-8.",
    ("{name} holds something that is not JSON at byte {n}; the {kept} items before it were kept. Export it again."),
    "{name}: the member {member} is not valid JSON and was left out.",
)
