"""From a location to countries: what is not listed stays unknown, whatever its name looks like."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.catalogue import STATUS_ORDER, Catalogue, DateTooEarly, Place
from scanners.model import Location, LocationKind

CATALOGUE = Catalogue.load()
NOW = date(2026, 11, 22)
Kind = LocationKind


def at(provider: str, kind: LocationKind, region: str | None = None, **more: object) -> Place:
    return CATALOGUE.place(provider, Location(kind, region, **more), NOW)  # pyright: ignore[reportArgumentType]


def unknown(place: Place) -> bool:
    return place.status == "unknown" and place.country is None and place.countries == () and not place.everywhere


@pytest.mark.parametrize(
    ("provider", "region", "country", "status"),
    [
        ("aws", "eu-central-1", "DE", "eea"),
        ("aws", "eu-central-2", "CH", "adequate"),
        ("aws", "eu-west-2", "GB", "adequate"),
        ("aws", "us-east-1", "US", "adequate_partial"),
        ("aws", "eusc-de-east-1", "DE", "eea"),
        ("aws", "EU", "IE", "eea"),
        ("oci", "fra", "DE", "eea"),
        ("oci", "IAD", "US", "adequate_partial"),
        ("digitalocean", "fra1", "DE", "eea"),
        ("digitalocean", "nyc3", "US", "adequate_partial"),
        ("exoscale", "ch-dk-2", "CH", "adequate"),
        ("exoscale", "at-vie-1", "AT", "eea"),
        ("linode", "it-mil", "IT", "eea"),
        ("linode", "ap-south", "SG", "third_country"),
        ("azure", "West Europe", "NL", "eea"),
        ("azure", "(Europe) West Europe", "NL", "eea"),
        ("azure", "JAPANEAST", "JP", "adequate"),
        ("azure", "West US 2", "US", "adequate_partial"),
        ("azure", "norwayeast", "NO", "eea"),
        ("azure", "taiwannorth", "TW", "third_country"),
        ("azure", "Israel Northwest", "IL", "adequate"),
        ("azure", "southeastus3", "US", "adequate_partial"),
        ("gcp", "europe-west6", "CH", "adequate"),
        ("gcp", "EUROPE-WEST4", "NL", "eea"),
        ("coreweave", "EU-WEST-01", "GB", "adequate"),
        ("nebius", "eu-north2", "IS", "eea"),
        ("lambda", "us-east-1", "US", "adequate_partial"),
        ("alibaba", "eu-west-1", "GB", "adequate"),
        ("oci", "eu-jovanovac-1", "RS", "third_country"),
    ],
)
def test_regions_by_provider_and_spelling(provider: str, region: str, country: str, status: str) -> None:
    place = at(provider, Kind.REGION, region)
    assert (place.country, place.countries, place.status) == (country, (country,), status)
    assert place.source
    assert place.confidence in ("verified", "recalled")
    assert CATALOGUE.country_name(country) in place.name


@pytest.mark.parametrize(
    ("provider", "text"),
    [
        ("aws", "eu-west-9"),
        ("aws", "westeurope"),
        ("azure", "eu-west-1"),
        ("gcp", "Frankfurt"),
        ("nobody", "eu-west-1"),
        ("aws", "eu-isoe-west-1"),
        ("azure", ""),
        ("gcp", "europe-west99"),
        ("aws", "useast1"),
        ("kubernetes", "eu-west-1"),
    ],
)
def test_an_unlisted_region_is_unknown(provider: str, text: str) -> None:
    assert CATALOGUE.canonical_region(provider, text) is None
    place = at(provider, Kind.REGION, text)
    assert unknown(place)
    assert place.name.startswith("unknown place")


@pytest.mark.parametrize(
    ("provider", "region", "zone", "country"),
    [
        ("aws", "eu-central-1", "eu-central-1a", "DE"),
        ("aws", None, "eu-central-1a", "DE"),
        ("aws", "eu-central-1", "euc1-az1", "DE"),
        ("aws", "eu-central-1", "Multiple Availability Zones", "DE"),
        ("azure", "westeurope", "2", "NL"),
        ("azure", "westeurope", "westeurope-3", "NL"),
        ("gcp", None, "europe-west4-a", "NL"),
        ("gcp", "europe-west4", "europe-west4-a", "NL"),
        ("gcp", "us-south1", "us-south1-ai1b", "US"),  # an AI zone: away from the others, inside the region's promise
        ("nebius", "eu-north1", "anything", "FI"),
        ("oci", "iad", "US-ASHBURN-AD-1", "US"),
        ("oci", "us-phoenix-1", "PHX-AD-2", "US"),
    ],
)
def test_ordinary_zones_lie_in_their_region(provider: str, region: str | None, zone: str, country: str) -> None:
    place = at(provider, Kind.ZONE, region, zone=zone)
    assert (place.kind, place.country, place.zone) == (Kind.ZONE, country, zone)


@pytest.mark.parametrize(
    ("region", "zone", "country", "parent"),
    [
        ("us-east-1", "us-east-1-scl-1a", "CL", "US"),
        ("eu-central-1", "eu-central-1-waw-1a", "PL", "DE"),
        ("eu-central-1", "eu-central-1-ist-1a", "TR", "DE"),
        ("eu-north-1", "eu-north-1-hel-1a", "FI", "SE"),
        ("eu-west-3", "eu-west-3-wl1-cmn-wlz-1", "MA", "FR"),
        ("us-east-1", "us-east-1-wl1-nyc-wlz-1", "US", "US"),
        ("us-east-1", "us-east-1-wl1-nyc1", "US", "US"),
        ("us-west-2", "us-west-2-las-1b", "US", "US"),
    ],
)
@pytest.mark.parametrize("kind", [Kind.EDGE, Kind.ZONE])
def test_edge_zones_lie_in_their_own_country(
    kind: LocationKind, region: str, zone: str, country: str, parent: str
) -> None:
    place = at("aws", kind, region, zone=zone)
    assert (place.kind, place.country, place.parent_country) == (Kind.EDGE, country, parent)
    assert place.status == CATALOGUE.jurisdiction(country, NOW).status


@pytest.mark.parametrize(
    ("provider", "kind", "region", "zone", "parent"),
    [
        ("aws", Kind.EDGE, "eu-central-1", "eu-central-1-xyz-1a", "DE"),
        ("aws", Kind.ZONE, "eu-central-1", "eu-central-1-xyz-1a", "DE"),
        ("aws", Kind.ZONE, None, "eu-central-1-xyz-1a", "DE"),
        ("aws", Kind.REGION, "eu-central-1-xyz-1", None, "DE"),
        ("aws", Kind.ZONE, "us-east-1", "use1-scl1-az1", "US"),
        ("aws", Kind.ZONE, "us-east-1", "eu-central-1a", "US"),
        ("aws", Kind.EDGE, "eu-central-1", None, "DE"),
        ("azure", Kind.EDGE, "westus", "microsoftlosangeles1", "US"),
        ("gcp", Kind.ZONE, "us-south1", "us-south1-xyz1", "US"),
    ],
)
def test_an_unlisted_edge_zone_never_takes_its_parents_country(
    provider: str, kind: LocationKind, region: str, zone: str | None, parent: str
) -> None:
    place = at(provider, kind, region, zone=zone)
    assert unknown(place)
    assert place.parent_country == parent


def test_multi_regions_by_service() -> None:
    bucket = at("gcp", Kind.MULTI_REGION, "EU", service="cloud-storage")
    assert bucket.status == "eea"
    assert {"NL", "DE", "FI"} <= set(bucket.countries)
    assert bucket.evidence == "fact"
    assert at("gcp", Kind.MULTI_REGION, "eur5", service="storage").countries == ("BE", "GB")
    assert at("gcp", Kind.MULTI_REGION, "EUR8", service="cloud-storage").status == "adequate"
    assert at("gcp", Kind.MULTI_REGION, "us", service="cloud-storage").country == "US"
    assert unknown(at("gcp", Kind.MULTI_REGION, "EU", service="no-such-service"))
    assert unknown(at("gcp", Kind.MULTI_REGION, "EU"))
    assert unknown(at("azure", Kind.MULTI_REGION, "europe", service="arm"))
    assert unknown(at("azure", Kind.MULTI_REGION, "DataZoneStandard", service="openai"))
    assert set(at("aws", Kind.MULTI_REGION, "eu.", service="bedrock").countries) == {"DE", "ES", "FR", "IE", "IT", "SE"}


def test_multi_region_of_all_member_states_follows_the_date() -> None:
    location = Location(Kind.MULTI_REGION, "europe", service="kms")
    assert "GB" in CATALOGUE.place("gcp", location, date(2019, 1, 1)).countries
    assert "GB" not in CATALOGUE.place("gcp", location, NOW).countries


@pytest.mark.parametrize(
    ("provider", "region", "service"),
    [("aws", None, None), ("gcp", "global", "kms"), ("azure", "global", "arm"), ("aws", "global.", "bedrock")],
)
def test_global_is_anywhere_and_third_country(provider: str, region: str | None, service: str | None) -> None:
    place = at(provider, Kind.GLOBAL, region, service=service)
    assert place.everywhere
    assert (place.countries, place.country, place.status) == ((), None, "third_country")


def test_members_that_the_provider_lists_win_over_the_name() -> None:
    pair = at("gcp", Kind.MULTI_REGION, "EU", service="cloud-storage", members=("europe-west1", "EUROPE-WEST2"))
    assert (pair.countries, pair.status) == (("BE", "GB"), "adequate")
    cosmos = at("azure", Kind.MULTI_REGION, members=("West Europe", "East US"))
    assert (cosmos.countries, cosmos.status) == (("NL", "US"), "adequate_partial")
    holed = at("azure", Kind.MULTI_REGION, members=("West Europe", "Mars North"))
    assert (holed.countries, holed.country, holed.status) == (("NL",), None, "unknown")
    single = at("gcp", Kind.MULTI_REGION, members=("europe-west3", "europe-west10"))
    assert single.country == "DE"


def test_stated_countries() -> None:
    hall = at("on_prem", Kind.ON_PREM, site="Hall 1", country="DE", evidence="declared")
    assert (hall.country, hall.status, hall.evidence) == ("DE", "eea", "declared")
    assert hall.name == "Hall 1, Germany"
    assert unknown(at("on_prem", Kind.ON_PREM, site="Hall 1"))
    assert unknown(at("on_prem", Kind.ON_PREM, site="Hall 1", country="QQ"))
    assert at("azure", Kind.ON_PREM, site="plant 7", country="Germany").country == "DE"  # Arc's field is free text
    assert at("azure", Kind.ON_PREM, site="plant 8", country="UK").country == "GB"
    edge = at("aws", Kind.EDGE, "eu-central-1", zone="eu-central-1-xyz-1a", country="AT")
    assert (edge.country, edge.parent_country) == ("AT", "DE")
    new = at("aws", Kind.REGION, "eu-south-9", country="pt", evidence="declared")
    assert (new.country, new.status, new.evidence) == ("PT", "eea", "declared")


def test_a_stated_country_that_contradicts_the_region_is_not_swallowed() -> None:
    place = at("aws", Kind.REGION, "eu-central-1", country="US")
    assert (place.country, place.countries, place.status) == (None, ("DE", "US"), "adequate_partial")
    assert at("aws", Kind.REGION, "eu-central-1", country="DE").country == "DE"
    holed = at("azure", Kind.MULTI_REGION, members=("West Europe", "Mars North"), country="DE")
    assert (holed.countries, holed.country, holed.status) == (("DE", "NL"), None, "unknown")
    assert at("aws", Kind.GLOBAL, country="DE").everywhere


def test_the_place_of_a_record_is_not_the_place_of_the_thing() -> None:
    record = at("azure", Kind.REGION, "westeurope", evidence="metadata_only")
    assert unknown(record)
    assert (record.parent_country, record.evidence) == ("NL", "metadata_only")
    stated = at("azure", Kind.REGION, "westeurope", evidence="metadata_only", country="US")
    assert (stated.country, stated.parent_country, stated.evidence) == ("US", "NL", "declared")
    rack = at("aws", Kind.ON_PREM, "eu-central-1", site="op-1", evidence="metadata_only")  # an Outpost
    assert unknown(rack)
    assert (rack.parent_country, rack.partition) == ("DE", "aws")
    assert "its record is in Germany" in rack.name
    assert unknown(at("azure", Kind.MULTI_REGION, members=("westeurope",), evidence="metadata_only"))


def test_unknown_locations_are_unknown() -> None:
    assert unknown(CATALOGUE.place("aws", Location.unknown(), NOW))
    assert unknown(at("aws", Kind.REGION))
    assert unknown(at("aws", Kind.ZONE))


def test_status_follows_the_date_and_early_dates_are_refused() -> None:
    location = Location(Kind.REGION, "eu-west-2")
    assert CATALOGUE.place("aws", location, date(2020, 6, 1)).status == "eea"
    assert CATALOGUE.place("aws", location, date(2032, 1, 1)).status == "third_country"
    with pytest.raises(DateTooEarly):
        CATALOGUE.place("aws", location, date(2017, 1, 1))
    with pytest.raises(DateTooEarly):
        CATALOGUE.place("aws", Location.unknown(), date(2017, 1, 1))


@pytest.mark.parametrize(
    ("provider", "group", "countries"),
    [
        ("gcp", "in:europe-west3-locations", ("DE",)),
        ("gcp", "in:us-locations", ("US",)),
        ("gcp", "in:canada-locations", ("CA",)),
        ("gcp", "in:middle-earth-locations", ()),
        ("gcp", "in:europe-west3", ()),
        ("aws", "in:eu-central-1-locations", ()),
    ],
)
def test_groups_of_locations_that_a_guard_names(provider: str, group: str, countries: tuple[str, ...]) -> None:
    place = at(provider, Kind.REGION, group)
    assert place.countries == countries
    assert unknown(place) == (not countries)


def test_a_group_of_the_union_follows_the_date_and_europe_is_more() -> None:
    union = at("gcp", Kind.REGION, "in:eu-locations")
    assert union.countries == tuple(sorted(CATALOGUE.countries("EU", NOW)))
    assert union.status == "eea"
    europe = at("gcp", Kind.REGION, "in:europe-locations")
    assert set(europe.countries) == {*union.countries, "CH", "GB"}


def test_a_list_of_members_is_read_as_a_tuple() -> None:
    location = Location(Kind.MULTI_REGION, members=["europe-west1"])  # pyright: ignore[reportArgumentType]
    assert CATALOGUE.place("gcp", location, NOW).country == "BE"


PROVIDERS = st.sampled_from(["aws", "azure", "gcp", "oci", "coreweave", "on_prem", "kubernetes", "", "Ä"])
WORDS = st.one_of(
    st.text(max_size=30),
    st.from_regex(
        r"(eu|us|europe|ap|west)-?(west|central|north|east)-?[0-9]{1,2}[a-f]?(-[a-z]{3}-[0-9][a-z])?", fullmatch=True
    ),
    st.sampled_from(
        ["global", "EU", "eu-west-1", "West Europe", "eu-central-1a", "us-east-1-scl-1a", "EUR4", "*", "{region}"]
    ),
)
MAYBE = st.none() | WORDS
LOCATIONS = st.builds(
    Location,
    kind=st.sampled_from(list(LocationKind)),
    region=MAYBE,
    zone=MAYBE,
    service=st.none() | st.sampled_from(["cloud-storage", "kms", "bedrock", "openai", "x"]),
    members=st.lists(WORDS, max_size=3).map(tuple),
    site=MAYBE,
    evidence=st.sampled_from(["native", "declared", "metadata_only", "?"]),
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(PROVIDERS, LOCATIONS, st.dates(date(2018, 5, 25), date(2040, 1, 1)))
def test_any_strings_give_a_sound_place(provider: str, location: Location, day: date) -> None:
    place = CATALOGUE.place(provider, location, day)
    assert place.status in STATUS_ORDER
    assert place.countries == tuple(sorted(set(place.countries)))
    assert place.country is None or place.countries == (place.country,)
    assert set(place.countries) <= CATALOGUE.country_codes
    assert place.countries or place.status == ("third_country" if place.everywhere else "unknown")
    assert place.name
    assert len(place.name) <= 400
    assert place.name.isprintable()


@settings(max_examples=400, deadline=None, derandomize=True)
@given(PROVIDERS, WORDS, MAYBE, st.sampled_from([Kind.REGION, Kind.ZONE, Kind.EDGE]))
def test_an_unknown_region_never_gets_a_country(
    provider: str, region: str, zone: str | None, kind: LocationKind
) -> None:
    place = CATALOGUE.place(provider, Location(kind, region, zone), NOW)
    if place.countries and place.kind is not Kind.EDGE:
        assert place.region in CATALOGUE.regions(provider)
        spelled = CATALOGUE.canonical_region(provider, region)
        assert spelled == place.region or (spelled is None and (zone or region).lower().startswith(str(place.region)))
