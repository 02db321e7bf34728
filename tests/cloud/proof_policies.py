"""Policies that simulated estates are proved by: of an organisation that decided well, and of one that did not."""

_CLASSES = """
[tag_map.data-classification]
personal = "personal"
health = "special_category"
pseudonymised = "pseudonymised"
anonymous = "anonymous"
public = "public"
"""

GOOD = (
    """
allowed_countries = ["EEA", "US"]
trusted_accounts = []
key_operators = [{match = "*", name = "Own operator", country = "NL", owner_third_country = false}]
approved_ai_services = ["microsoft.cognitiveservices", "microsoft.machinelearningservices", "aiplatform", "notebooks"]
reid_tag = "reid"
confidential_required_for = ["special_category"]
operator_approval_required = true
zero_retention_required = true
sovereign_level = 2
external_key_classes = []
max_provider_share = 1.0
max_foreign_share = 1.0
criticality_metric = "assets"
facts_max_age_days = 3650
[required_boundary]
[required_custody]
personal = "customer"
special_category = "customer"
[retention_days]
personal = 730
special_category = 730
"""
    + _CLASSES
)
"""Everything that can be decided without naming what an estate has."""

BAD = (
    """
allowed_countries = ["EEA"]
transfer_register = []
processors = []
key_operators = []
ropa = []
anonymity_assessments = []
exit_plans = []
trusted_accounts = []
accounts = []
sovereign_level = 4
operator_approval_required = true
zero_retention_required = true
confidential_required_for = ["personal", "special_category"]
external_key_classes = ["special_category"]
approved_ai_services = []
reid_tag = "reid"
criticality_metric = "assets"
facts_max_age_days = 1
[required_custody]
personal = "external"
special_category = "external"
pseudonymised = "external"
[retention_days]
personal = 100
special_category = 100
[required_boundary]
azure = ["sovereign"]
gcp = ["EU_REGIONS_AND_SUPPORT"]
"""
    + _CLASSES
)


def entry(name: str, tool: str, **more: str) -> str:
    """A line of the register of transfers, as TOML."""
    lines = [
        "[[transfer_register]]",
        f'id = "{name}"',
        'importer = "Lab Inc."',
        'country = "US"',
        f'tool = "{tool}"',
        'data_classes = ["personal", "pseudonymised", "special_category"]',
        *(f"{k} = {v}" for k, v in more.items()),
    ]
    return "\n".join(lines) + "\n"
