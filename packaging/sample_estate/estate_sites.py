"""The company's own hall in Leipzig, as a declaration in YAML."""

from identity import Scan

_TEXT = """\
# What no cloud tells of: the hall of Lumenar Imaging SE (an invented company) in Leipzig.
sites:
  - id: leipzig-hall-1
    name: Leipzig, hall 1
    country: DE
    city: Leipzig
    operator: Lumenar Imaging SE
    operator_country: DE
    arc: [leipzig-store-1, leipzig-store-2]
    clusters:
      - name: atlas
        nodes: {nodes}
        gpus:
          - model: NVIDIA H100 80GB
            count: {gpus}
        stores:
          - name: studies
            kind: filesystem
            data_class: pseudonymised
            encrypted: yes
            custody: dedicated_hsm
          - name: scratch
            kind: volume
            data_class: pseudonymised
            encrypted: yes
            custody: dedicated_hsm
        reads: ["s3://lumenar-studies-pet"]
        writes: ["s3://lumenar-checkpoints-segmentation"]
    stores:
      - name: key-backup
        kind: volume
        data_class: unclassified
        encrypted: yes
        custody: dedicated_hsm
"""


def declaration(scan: Scan) -> str:
    """The text of sites.yaml; the hall grew by two machines between the scans."""
    nodes = 6 if scan.second else 4
    return _TEXT.format(nodes=nodes, gpus=nodes * 8)
