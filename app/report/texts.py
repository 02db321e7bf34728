"""The long texts of a report: method, presumptions, limits, glossary. Translated where they are used."""

RULES_IN_ENGLISH = "The texts of rules, laws and remedies are in English: they are quoted as the rule pack states them."
NO_VERDICT_OF_LAW = (
    "Situs reports configuration facts and possible infringements. The legal assessment stays with the controller."
)

METHOD = (
    (
        "Situs reads how a cloud, a cluster or a site is set up, never what the data say. It keeps each answer of a"
        " provider as evidence under its SHA-256 digest. Rules then judge the assets, and the flows of data between"
        " them, against the law as of the date on the cover and against your own policy."
    ),
    (
        "A rule gives one of five verdicts. Failed: the condition of the rule holds. Passed: everything needed was "
        "read, and the condition does not hold. Not checked: something needed was not read, or a decision of yours "
        "is missing; this is never counted as passed. Accepted: it fails, and somebody has decided to live with it,"
        " with a reason and an end date. Not applicable: the rule has nothing to judge here."
    ),
    (
        "Four facts are kept apart for each asset: where it rests, where it is processed, who holds its key, and "
        "which company under which law runs it."
    ),
    (
        "Each flow is reported once. Where a particular rule and a general one both apply, the particular one "
        "stands, and names the rules it stands for. Data of a special category raise the severity by one step. "
        "Where nobody stated the class of data, a finding is one step lower and is called potential."
    ),
)

PRESUMPTIONS = (
    (
        "Use of a region in a third country is presumed to disclose the data to the provider’s company there, and "
        "so to be a transfer. Situs sees places and owners of accounts, not legal entities. You can rebut the "
        "presumption by an acceptance that gives the reason."
    ),
    (
        "An adequacy decision that covers certified recipients only (the United States, Canada) helps once your "
        "register shows that the recipient is covered. Until then the country counts as a third country."
    ),
    "A place whose country is not known is never taken to be in the EEA.",
    (
        "Whether a decision, a set of clauses or a derogation is valid in law is not judged: only that it is "
        "recorded, in date and complete."
    ),
)

OUTSIDE = (
    (
        "6 to 10",
        "A legal basis and consent are decisions, not settings.",
        "Shows where a basis is needed.",
    ),
    (
        "5(1)(a), 11 to 14",
        "Fairness and notices to people live outside the cloud.",
        "The list of transfers and recipients, as input for your notices.",
    ),
    (
        "15, 16, 18 to 22",
        "How requests of people are handled is a process.",
        "The inventory of copies to search; left-over copies for Article 17.",
    ),
    (
        "26 to 28, contracts",
        "The text of contracts and the roles in them.",
        "Compares recipients with your list of processors.",
    ),
    (
        "31, 33, 34, 36",
        "Notices to authorities and people are acts.",
        "Shows whether a breach would be noticed and could be proved.",
    ),
    (
        "35",
        "The assessment itself.",
        "Hints at where an assessment is due.",
    ),
    (
        "37 to 43",
        "Officers, codes and certificates.",
        "Nothing.",
    ),
    (
        "45 to 47, 49",
        "The legal force of a decision, clauses, rules or derogation.",
        "Dates and completeness of your register.",
    ),
    (
        "48",
        "Whether a foreign order was served or obeyed.",
        "Who is exposed to such orders, and what would slow them.",
    ),
    (
        "51 to 99",
        "Authorities, remedies, fines and national law.",
        "Nothing.",
    ),
)

GLOSSARY = (
    (
        "Asset",
        (
            "one thing in a cloud, a cluster or a site: a storage bucket, a group of GPU machines, a key, a "
            "training job."
        ),
    ),
    (
        "Flow",
        "data that move from one asset’s place to another’s.",
    ),
    (
        "Transfer",
        "a flow that leaves the EEA, in the sense of Chapter V of the GDPR.",
    ),
    (
        "EEA",
        "the member states of the European Union with Iceland, Liechtenstein and Norway.",
    ),
    (
        "Adequacy decision",
        "the Commission’s finding that a country protects personal data well enough (Article 45).",
    ),
    (
        "Third country",
        "a country outside the EEA without such a decision on the date of this report.",
    ),
    (
        "Evidence",
        "the provider’s answer, kept unchanged; its SHA-256 digest shows that it is the same.",
    ),
    (
        "Coverage",
        "what was asked, and whether an answer came.",
    ),
    (
        "Policy",
        "your organisation’s own decisions, in a file that you keep.",
    ),
    (
        "Register",
        "your list of transfers with the legal basis of each.",
    ),
)

INVISIBLE = (
    "The contents of objects; data that a program reads without declaring it; what a model has memorised in "
    "its weights; where support staff sit; what a provider does inside its own services; the physical place "
    "behind a host name; encryption between GPUs; services outside the accounts that were read."
)
