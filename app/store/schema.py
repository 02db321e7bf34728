"""The tables of `tables.py` as SQLite makes them: a new store then need not load SQLAlchemy, which takes half a second.

A test holds this text against `tables.py`, and shows what it has to be after a change there.
"""

from typing import Final

SQLITE: Final = """
CREATE TABLE acceptance (
    id INTEGER NOT NULL,
    rule VARCHAR NOT NULL,
    asset VARCHAR,
    flow VARCHAR,
    why VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,
    until VARCHAR NOT NULL,
    second_person VARCHAR,
    made VARCHAR NOT NULL,
    revoked VARCHAR,
    revoked_by VARCHAR,
    revoked_why VARCHAR,
    PRIMARY KEY (id)
);
CREATE TABLE account (
    id INTEGER NOT NULL,
    provider VARCHAR NOT NULL,
    account VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE asset_version (
    id INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    until INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX asset_version_scope ON asset_version (scope, until);
CREATE TABLE attachment (
    owner VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    size INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (owner, name)
);
CREATE TABLE coverage (
    id INTEGER NOT NULL,
    connection INTEGER NOT NULL,
    account INTEGER NOT NULL,
    region INTEGER NOT NULL,
    service INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    count INTEGER NOT NULL,
    detail VARCHAR NOT NULL,
    first INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE decision (
    id INTEGER NOT NULL,
    body VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE evidence (
    id INTEGER NOT NULL,
    digest BLOB NOT NULL,
    block BIGINT NOT NULL,
    start INTEGER NOT NULL,
    size INTEGER NOT NULL,
    operation INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    seen_at VARCHAR,
    PRIMARY KEY (id),
    UNIQUE (digest)
);
CREATE TABLE evidence_block (
    id INTEGER NOT NULL,
    size INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE finding (
    id INTEGER NOT NULL,
    outcome BIGINT NOT NULL,
    node BIGINT,
    flow BIGINT,
    why BIGINT NOT NULL,
    acceptance VARCHAR,
    evidence BLOB,
    PRIMARY KEY (id)
);
CREATE TABLE flow (
    id INTEGER NOT NULL,
    "key" VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    source BIGINT,
    target BIGINT,
    body BLOB,
    PRIMARY KEY (id)
);
CREATE TABLE judgement (
    id INTEGER NOT NULL,
    scan INTEGER NOT NULL,
    as_of VARCHAR NOT NULL,
    made VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    program VARCHAR NOT NULL,
    pack VARCHAR NOT NULL,
    catalogue VARCHAR NOT NULL,
    policy VARCHAR,
    summary VARCHAR NOT NULL,
    marks VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE meta (
    "key" VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    PRIMARY KEY ("key")
);
CREATE TABLE node (
    id INTEGER NOT NULL,
    uid VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (uid)
);
CREATE TABLE outcome (
    id INTEGER NOT NULL,
    judgement INTEGER NOT NULL,
    rule VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    potential BOOLEAN NOT NULL,
    profile VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_outcome_judgement ON outcome (judgement);
CREATE TABLE relation_version (
    id INTEGER NOT NULL,
    source BIGINT NOT NULL,
    type INTEGER NOT NULL,
    target BIGINT NOT NULL,
    scope INTEGER NOT NULL,
    evidence BIGINT,
    body BLOB,
    first INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_relation_version_source ON relation_version (source);
CREATE INDEX ix_relation_version_target ON relation_version (target);
CREATE TABLE scan (
    id INTEGER NOT NULL,
    started VARCHAR NOT NULL,
    ended VARCHAR,
    state VARCHAR NOT NULL,
    program VARCHAR NOT NULL,
    connections VARCHAR NOT NULL,
    accounts VARCHAR NOT NULL,
    counts VARCHAR NOT NULL,
    warnings VARCHAR NOT NULL,
    manifest VARCHAR,
    marks VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE scope (
    id INTEGER NOT NULL,
    account INTEGER NOT NULL,
    region VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE stale (
    node BIGINT NOT NULL,
    first INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (node, first)
);
CREATE TABLE transfer (
    id INTEGER NOT NULL,
    flow VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE why (
    id INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE witness (
    scope INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    service INTEGER NOT NULL,
    PRIMARY KEY (scope, origin, service)
);
CREATE TABLE word (
    id INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (text)
);
"""
